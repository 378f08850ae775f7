"""The programs that are measured and those that measure: found, or compiled into .build/bench."""

import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent
RELEASE = ROOT / ".build" / "release"
OUTPUT = ROOT / ".build" / "bench"


def compiled(name: str, source: str, *packages: str) -> Path:
    """A C program of this folder, compiled if its source is newer."""
    program, path = OUTPUT / name, HERE / source
    if not program.exists() or program.stat().st_mtime < path.stat().st_mtime:
        OUTPUT.mkdir(parents=True, exist_ok=True)
        asked = ["pkg-config", "--cflags", "--libs", *packages]
        flags = subprocess.check_output(asked, text=True).split() if packages else []
        subprocess.check_call(["gcc", "-O2", "-Wall", "-Wextra", "-o", str(program), str(path), *flags, "-lm"])
    return program


def bare() -> Path:
    return compiled("bare", "baseline/bare.c", "libwebsockets", "libuv")


def bare_paced() -> Path:
    return compiled("bare-paced", "baseline/paced.c")


def load() -> Path:
    return compiled("load", "load/load.c")


def pacing() -> Path:
    return compiled("pacing", "load/pacing.c")


def released(name: str) -> Path | None:
    """An optimised program of the package, None if it has not been built."""
    program = RELEASE / name
    return program if program.exists() else None


def installed(name: str) -> str | None:
    """A program of the system; Debian keeps servers out of an ordinary user's path."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
