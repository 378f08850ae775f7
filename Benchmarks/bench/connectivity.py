"""python3 -m bench.connectivity: what the client library costs, beside AsyncHTTPClient used bare and Python's clients.

Needs .build/release (make bench-connectivity builds it), and aiohttp and websockets in the Python that runs it. All
speak to the same fakes, in turn. Exit status 1 if a target is missed and --strict was given."""

import argparse
import os
import platform
import subprocess
import sys
import time as clock
from pathlib import Path
from statistics import median

from . import cores, programs, scripted, table
from .rounds import interleaved, ratio
from .servers import Suite

# What is measured, and whom it is measured beside.
OPERATIONS = {
    "discovery": ("discovery of five services", ("bare", "aiohttp")),
    "lease": ("acquire and release", ("asyncio.LifoQueue",)),
    "models": ("request, GET /v1/models", ("bare", "aiohttp")),
    "chat": ("request, POST a chat", ("bare", "aiohttp")),
    "first": ("first token of a stream", ("bare", "aiohttp")),
    "stream": ("one event of a long stream", ("bare", "aiohttp")),
    "reconnect": ("from a reset to the next greeting", ("websockets",)),
}
SERVICES = ["comfyui", "wan2gp", "litellm", "rvc", "audioldm"]


def measured(command: list[str]) -> float:
    """Seconds of one operation, as a program says; it runs on the cores that the servers leave."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, preexec_fn=cores.on(cores.LOAD))
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout).strip()[-300:])
    return float(done.stdout.split()[1])


def rows(operation: str, urls: list[str], seconds: float, rounds: int):
    what, others = OPERATIONS[operation]
    ours = str(programs.released("connectivity-bench"))
    python = [sys.executable, str(Path(__file__).parent / "python_clients.py"), operation, str(seconds), *urls]
    measures = {"ours": lambda: measured([ours, "ours", operation, str(seconds), *urls])}
    for other in others:
        command = [ours, "bare", operation, str(seconds), *urls] if other == "bare" else python
        measures[other] = lambda command=command: measured(command)
    results = interleaved(measures, rounds)
    for place, other in enumerate(others):
        target = operation == "lease"
        mine = median(results["ours"])
        yield table.Row(
            what if place == 0 else "", told(mine) if place == 0 else "",
            f"{'AsyncHTTPClient, bare' if other == 'bare' else other} {told(median(results[other]))}",
            f"{ratio(results, 'ours', other):.2f}", "≤ 10 µs" if target else "", mine <= 10e-6 if target else None)


def told(seconds: float) -> str:
    return table.time(seconds) if seconds >= 0.001 else f"{seconds * 1e6:.1f} µs"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench-connectivity", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.5, help="of each measurement (default: 1.5)")
    parser.add_argument("--rounds", type=int, default=3, help="of each comparison (default: 3)")
    parser.add_argument("--only", default="", help="operations whose name contains this")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a target is missed")
    arguments = parser.parse_args()
    begun = clock.monotonic()
    taken: list[table.Row] = []
    greeting = {"on": "comfyui opens /ws", "drop": {"how": "reset", "after_messages": 1}}
    with Suite("--control", "off") as suite, scripted.suite([greeting], "comfyui") as dropping:
        for operation in OPERATIONS:
            if arguments.only not in operation:
                continue
            print(f"{clock.monotonic() - begun:6.1f} s  {operation}", file=sys.stderr)
            if operation == "discovery":
                ports = [suite.fakes[name] for name in SERVICES]
            elif operation == "reconnect":
                ports = [dropping.fakes["comfyui"]]
            else:
                ports = [] if operation == "lease" else [suite.fakes["litellm"]]
            try:
                taken += rows(
                    operation, [f"http://127.0.0.1:{port}" for port in ports], arguments.seconds, arguments.rounds)
            except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
                taken.append(table.Row(OPERATIONS[operation][0], f"failed: {str(error)[:60]}", met=False))
    print(f"\n{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
          f"{clock.monotonic() - begun:.0f} s; seconds of one operation, and ours as a multiple of theirs\n")
    print(table.rendered(taken))
    missed = [row.what for row in taken if row.met is False]
    if missed:
        print(f"\n{len(missed)} missed: " + "; ".join(missed))
    return 1 if missed and arguments.strict else 0


if __name__ == "__main__":
    sys.exit(main())
