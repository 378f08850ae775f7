"""Server and load on cores of their own, so that they do not take turns on one."""

import os

_allowed = sorted(os.sched_getaffinity(0))
SERVER = {_allowed[0]}
LOAD = {_allowed[-1]}


def on(cores: set[int]):
    """For Popen's preexec_fn."""
    return lambda: os.sched_setaffinity(0, cores)
