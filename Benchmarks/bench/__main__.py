"""python3 Benchmarks/bench: measures the optimised build and prints a table of ratios.

Needs .build/release (make bench builds it), wrk, gcc; nginx where there is one. Everything listens on loopback, on
free ports, and is ended by its process id. Exit status 1 if a target is missed and --strict was given."""

import argparse
import os
import platform
import sys
import time as clock
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import comfyui, gradio, load, measured, paced, programs, rivals, scripted, table  # noqa: E402
from bench.servers import Floor, Suite  # noqa: E402

GETS = {"comfyui": "/prompt", "litellm": "/health/liveliness", "wan2gp": "/gradio_api/startup-events"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.5, help="of each measurement (default: 1.5)")
    parser.add_argument("--rounds", type=int, default=3, help="of each comparison (default: 3)")
    parser.add_argument("--only", default="", help="rows whose name contains this")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a target is missed")
    arguments = parser.parse_args()
    # wrk counts whole seconds.
    whole = max(1, round(arguments.seconds))

    if not programs.installed("wrk"):
        print("bench: wrk is missing: apt-get install wrk", file=sys.stderr)
        return 2
    begun = clock.monotonic()
    rows: list[table.Row] = []

    def take(name: str, measure):
        if arguments.only not in name:
            return
        print(f"{clock.monotonic() - begun:6.1f} s  {name}", file=sys.stderr)
        try:
            rows.extend(measure())
        except (RuntimeError, OSError) as error:
            rows.append(table.Row(name, f"failed: {error}", met=False))

    with ExitStack() as stack:
        floor = stack.enter_context(Floor())
        get = (arguments.seconds, arguments.rounds)
        take("floor GET", lambda: measured.small_answers("floor", floor, floor.port, "/", whole, arguments.rounds))
        stream = load.request("GET", "/events?count=200000")
        take("floor events", lambda: measured.events("floor", floor.port, stream, *get))
        take("floor echo", lambda: measured.echoes(*get))
        try:
            # Without control server there is no journal; what the journal costs has rows of its own.
            suite = stack.enter_context(Suite("--control", "off"))
        except (RuntimeError, TypeError, FileNotFoundError) as error:
            print(f"bench: the suite does not start: {error}", file=sys.stderr)
            suite = None
        if suite:
            for name, path in GETS.items():
                port = suite.fakes.get(name)
                if port:
                    take(
                        f"{name} GET",
                        lambda: measured.small_answers(name, suite, port, path, whole, arguments.rounds))
            if port := suite.fakes.get("litellm"):
                take("litellm POST", lambda: measured.chat(suite, port, whole, arguments.rounds))
                asked = load.request("POST", "/v1/chat/completions", measured.STREAM)
                take("litellm loops", lambda: measured.loops(whole, rounds=arguments.rounds))
                take("litellm events", lambda: measured.events("litellm", port, asked, *get))
                take("litellm rivals", lambda: rivals.chats(port, whole, arguments.rounds))
            take("litellm paced streams", paced.streams)
            if "comfyui" in suite.fakes:
                take("comfyui idle memory", lambda: measured.idle_memory("comfyui", suite, "/ws"))
            take("comfyui POST", lambda: comfyui.prompts(whole, arguments.rounds))
            take("comfyui crowd", comfyui.crowd)
            take("gradio joins", lambda: gradio.joins(whole, arguments.rounds))
            take("gradio sessions", gradio.sessions)
            take("starts", lambda: measured.starts(9))
            take("overheads", lambda: scripted.overheads(whole, arguments.rounds))
            take("pacing", scripted.pacing)
            take("fresh by control", scripted.fresh_by_control)
        take("fresh", measured.fresh)

    print(f"\n{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
          f"{clock.monotonic() - begun:.0f} s\n")
    print(table.rendered(rows))
    missed = [row.what for row in rows if row.met is False]
    if missed:
        print(f"\n{len(missed)} missed: " + "; ".join(missed))
    return 1 if missed and arguments.strict else 0


sys.exit(main())
