"""A crowd that listens to tokens: thousands of streams of the proxy at the pace of a large model."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from . import load, programs
from .idle import make_room
from .rounds import interleaved
from .servers import BarePaced, Server, Suite
from .table import Row, size

STREAMS = 5_000
GAP = 50  # milliseconds: 20 tokens a second
WORDS = 400


ROUNDS = 3


def streams():
    """By how much the time between two tokens is not what it should be, and what one costs, once all streams run.

    The pace is the proxy's own (`between_tokens`), as a configuration asks for it. Beside it the least server of such
    streams: what the machine, its network and the one who listens take of the time, and there is more of that than of ours.
    """
    make_room(STREAMS)
    chat = {"model": "gpt-4o", "stream": True, "messages": [{"role": "user", "content": "Go on."}]}
    asked = load.request("POST", "/v1/chat/completions", json.dumps(chat).encode())
    config = {
        "model_list": [{"model_name": "gpt-4o", "litellm_params": {"model": "openai/gpt-4o"}}],
        "general_settings": {"dangerously_permit_weak_or_unset_master_key": True},
        "understudy": {"between_tokens": GAP / 1000, "answers": "word " * WORDS},
    }

    def heard(server: Server, port: int) -> Heard:
        before = server.resident
        # One at a time first: what a server does once is no part of any wait.
        command = [str(programs.pacing()), "gaps", str(port), str(GAP)]
        load.run([*command, "1"], given=asked)
        spent = server.processor_seconds
        _, middle, high, most, tokens = (int(word) for word in load.run([*command, str(STREAMS)], given=asked).split())
        spent = server.processor_seconds - spent
        return Heard(high / 1000, middle / 1000, most / 1000, spent / tokens, (server.resident - before) / STREAMS)

    def ours(settings: Path, control: str) -> Heard:
        with Suite("--only", "litellm", "--settings", str(settings), "--control", control) as suite:
            return heard(suite, suite.fakes["litellm"])

    def bare() -> Heard:
        with BarePaced(GAP) as server:
            return heard(server, server.port)

    with tempfile.TemporaryDirectory(prefix="understudy-bench-") as folder:
        file = Path(folder, "config.yaml")
        file.write_text(json.dumps(config))
        settings = Path(folder, "understudy.yaml")
        settings.write_text(json.dumps({"litellm": {"config": str(file)}}))
        results = interleaved({
            "with journal": lambda: ours(settings, "0"), "without": lambda: ours(settings, "off"), "bare": bare}, ROUNDS)
    beside = median(results.pop("bare"))
    for name, rounds in results.items():
        result = median(rounds)
        yield Row(
            f"{STREAMS:,} streams of 20 tokens/s, {name}: off, p99", str(result), f"least server {beside}",
            f"{result.high / beside.high:.2f}", "≤ 5 ms", result.high <= 5)
        yield Row(
            f"{STREAMS:,} streams, {name}: a token", f"{result.cost * 1e6:.1f} µs of processor",
            f"least server {beside.cost * 1e6:.1f} µs", target="≤ 10 µs", met=result.cost <= 1e-5)
    # With a journal it would be the journal's memory, which has bounds of its own.
    held = median(result.held for result in results["without"])
    yield Row(f"{STREAMS:,} streams: memory of one", size(held), target="≤ 64 KB", met=held <= 64 * 1024)


@dataclass(order=True)
class Heard:
    """What the crowd has heard: how much the gaps were off, in milliseconds, and what that took of the server."""

    high: float
    middle: float
    most: float
    cost: float
    held: float

    def __str__(self) -> str:
        return f"{self.high:.2f} ms (p50 {self.middle:.2f}, most {self.most:.0f})"
