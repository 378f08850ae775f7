#!/usr/bin/env python3
"""Replays a folder of recordings against fakes in every setup that they need, and adds up the scores.

Which setup a recording needs is told by `replay.py --list`; what the setups are for the fakes stands in the folders beside
this file. For each setup a fresh fake is started on a free port, `replay.py` is run against it, and its last `score:` line is
printed; the last line is that of all setups together. A setup without a definition is named, and its recordings count with
nothing right.
"""
import argparse
import json
import re
import shlex
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Nobody listens on the discard port of this machine: what is replayed there is counted, and nothing of it is right.
NOBODY = "http://127.0.0.1:9"


class MissingDefinition(Exception):
    """A setup that nobody has written down for the fakes."""


@dataclass
class Score:
    """What a `score:` line says."""

    exchanges: list = field(default_factory=lambda: [0, 0])
    messages: list = field(default_factory=lambda: [0, 0])
    scenarios: list = field(default_factory=lambda: [0, 0])

    @classmethod
    def read(cls, text):
        """The last score line of an output, or None."""
        lines = re.findall(r"^score: .*exchanges (\d+)/(\d+) messages (\d+)/(\d+) scenarios (\d+)/(\d+)$", text, re.M)
        if not lines:
            return None
        numbers = [int(n) for n in lines[-1]]
        return cls(numbers[0:2], numbers[2:4], numbers[4:6])

    def __add__(self, other):
        pairs = ((getattr(self, k), getattr(other, k)) for k in ("exchanges", "messages", "scenarios"))
        return Score(*([a + b for a, b in zip(mine, theirs)] for mine, theirs in pairs))

    def __str__(self):
        right, of = (self.exchanges[i] + self.messages[i] for i in (0, 1))
        share = 100 * right / of if of else 0
        return ("score: {:.1f}% exchanges {}/{} messages {}/{} scenarios {}/{}"
                .format(share, *self.exchanges, *self.messages, *self.scenarios))


class Fake:
    """One fake on a free port, ended with the `with` block."""

    def __init__(self, command, log):
        self.command, self.log = [str(word) for word in command], log

    def __enter__(self):
        self.process = subprocess.Popen([*self.command, "--port", "0", "--json"], stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line:
            self.__exit__()
            raise MissingDefinition(f"{shlex.join(self.command)} did not start: exit status {self.process.returncode}")
        self.url = json.loads(line)["fakes"][0]["url"]
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                print(f"warning: {self.command[0]} had to be killed", file=sys.stderr)
        self.process.stdout.close()


def defined(path):
    """A file that defines a setup."""
    if not path.exists():
        raise MissingDefinition(f"no {path.relative_to(HERE.parent.parent)}")
    return path


def comfyui(setup, bin):
    """The options of the real server's start, and the node classes that it had besides its own."""
    options = [] if setup == "default" else shlex.split(setup)
    # The recorded server was just installed, on a machine without a graphics card.
    options += ["--profile", "strict", "--no-models"] + ([] if "--cpu" in options else ["--cpu"])
    nodes = [defined(HERE / "comfyui/probe.json")]
    if "--cache-classic" in options:
        nodes.append(defined(HERE / "comfyui/testing-pack.json"))
    return [(None, [bin / "fake-comfyui", *(word for node in nodes for word in ("--nodes", node)), *options])]


def litellm(setup, bin):
    """The names of proxy configurations; `a+b` needs both, by name."""
    return [(name, [bin / "fake-litellm", "--config", defined(HERE / f"litellm/{name}.yaml")]) for name in setup.split("+")]


def gradio(setup, bin):
    """`gradio MAJOR app NAME [OPTION=VALUE…]`; the app's file knows its options."""
    words = setup.split()
    if len(words) < 4 or words[0] != "gradio" or words[2] != "app":
        raise MissingDefinition("expected \"gradio MAJOR app NAME [OPTION=VALUE]\"")
    options = [word for option in words[4:] for word in ("--option", option)]
    return [(None, [bin / "fake-gradio", "--app", defined(HERE / f"gradio/{words[3]}.yaml"), "--major", words[1], *options])]


SETUPS = {"comfyui": comfyui, "litellm": litellm, "gradio": gradio}


def listed(args, folder):
    """{setup: number of recordings}, in the order of the recordings."""
    out = subprocess.run([sys.executable, args.replay, "--backend", args.backend, "--list", folder], capture_output=True, text=True)
    if out.returncode:
        sys.exit(f"replay: {args.replay} cannot list {folder}: {out.stderr.strip()}")
    setups = {}
    for line in out.stdout.splitlines():
        name, _, rest = line.partition(" ")
        setup = re.split(r"  (?:needs|skip): ", rest.strip())[0].strip()
        setups[setup] = setups.get(setup, 0) + 1
    return setups


def replay(args, folder, setup, urls, *more):
    """Runs the tool for one setup -> its output."""
    command = [sys.executable, args.replay, "--backend", args.backend, "--setup", setup, "--verbose", *more]
    for only in args.only:
        command += ["--only", only]
    for name, url in urls:
        command += ["--url", f"{name}={url}" if name else url]
    done = subprocess.run([*command, folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout


def play(args, folder, setup):
    """Starts what the setup needs and replays it -> (complaint or None, score, output)."""
    name = re.sub(r"[^A-Za-z0-9.=+-]+", "_", f"{folder.name}-{setup}")
    log = args.reports / f"{name}.log"
    fakes = []
    with open(args.reports / f"{name}.fake.log", "w") as fake_log:
        try:
            commands = SETUPS[args.backend](setup, args.bin)
            for label, command in commands:
                fakes.append((label, Fake(command, fake_log).__enter__()))
            complaint = None
            output = replay(args, folder, setup, [(label, fake.url) for label, fake in fakes])
            died = [fake for _, fake in fakes if fake.process.poll() is not None]
            if died:
                complaint = f"{died[0].command[0]} ended by itself with status {died[0].process.returncode}"
        except MissingDefinition as missing:
            complaint = f"MISSING {missing}"
            output = ""
        finally:
            for _, fake in fakes:
                fake.__exit__()
    score = Score.read(output)
    if score is None:
        complaint = complaint or f"replay.py gave no score, see {log}"
        urls = [(label, NOBODY) for label in setup.split("+")] if args.backend == "litellm" else [(None, NOBODY)]
        output += replay(args, folder, setup, urls, "--max-idle", "0", "--patience", "0.1")
        score = Score.read(output) or Score()
        score = Score([0, score.exchanges[1]], [0, score.messages[1]], [0, score.scenarios[1]])
    log.write_text(output)
    return complaint, score, output


def folders(paths):
    """The folders with recordings: those given, or where one holds none itself, the folders in it."""
    for path in paths:
        if not path.is_dir():
            sys.exit(f"replay: no folder {path}; give one with RECORDINGS=DIR")
        inside = [path] if any(path.glob("*.json")) else [d for d in sorted(path.iterdir()) if d.is_dir() and any(d.glob("*.json"))]
        if not inside:
            sys.exit(f"replay: no recordings in {path}")
        yield from inside


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--backend", required=True, choices=SETUPS)
    p.add_argument("--recordings", type=Path, nargs="+", required=True, metavar="DIR")
    p.add_argument("--replay", type=Path, required=True, metavar="PATH/replay.py")
    p.add_argument("--bin", type=Path, required=True, metavar="DIR", help="where the fakes' executables are")
    p.add_argument("--reports", type=Path, default=Path("reports/replay"), help="where the differences are written (%(default)s)")
    p.add_argument("--only", action="append", default=[], help="only recordings whose name contains this")
    p.add_argument("--verbose", action="store_true", help="print every difference, not only what differs")
    p.add_argument("--jobs", type=int, default=3, help="how many setups at once (%(default)s)")
    args = p.parse_args()
    if not args.replay.is_file():
        sys.exit(f"replay: no {args.replay}; give it with REPLAY=PATH/replay.py")
    args.reports = args.reports / args.backend
    args.reports.mkdir(parents=True, exist_ok=True)

    work = [(folder, setup, count) for folder in folders(args.recordings) for setup, count in listed(args, folder).items()]
    total = Score()
    with ThreadPoolExecutor(args.jobs) as pool:
        results = pool.map(lambda item: play(args, *item[:2]), work)
        for (folder, setup, count), (complaint, score, output) in zip(work, results):
            print(f"\n== {setup} ({count} recording{'s' * (count > 1)} of {folder})")
            if complaint:
                print(f"{complaint}: its recordings count as failed" if complaint.startswith("MISSING") else complaint)
            shown = output.splitlines() if args.verbose else re.findall(r"^(?:DIFF|skip) .*", output, re.M)
            print("\n".join(line for line in shown if not line.startswith("score: ")))
            print(score, flush=True)
            total += score
    print(f"\n== all, {len(work)} setups of {args.backend} (differences: {args.reports})\n{total}")


if __name__ == "__main__":
    main()
