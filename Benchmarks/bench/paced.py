"""A crowd that listens to tokens: thousands of streams of the proxy at the pace of a large model."""

import json
import tempfile
from pathlib import Path

from . import load, programs
from .idle import make_room
from .servers import Suite
from .table import Row, size

STREAMS = 5_000
GAP = 50  # milliseconds: 20 tokens a second
WORDS = 400


def streams():
    """By how much the time between two tokens is not what it should be, and what one costs.

    The pace is the proxy's own (`between_tokens`), as a configuration asks for it; the journal is on, as it is unless
    somebody turns it off.
    """
    make_room(STREAMS)
    chat = {"model": "gpt-4o", "stream": True, "messages": [{"role": "user", "content": "Go on."}]}
    asked = load.request("POST", "/v1/chat/completions", json.dumps(chat).encode())
    config = {
        "model_list": [{"model_name": "gpt-4o", "litellm_params": {"model": "openai/gpt-4o"}}],
        "general_settings": {"dangerously_permit_weak_or_unset_master_key": True},
        "understudy": {"between_tokens": GAP / 1000, "answers": "word " * WORDS},
    }
    with tempfile.TemporaryDirectory(prefix="understudy-bench-") as folder:
        file = Path(folder, "config.yaml")
        file.write_text(json.dumps(config))
        settings = Path(folder, "understudy.yaml")
        settings.write_text(json.dumps({"litellm": {"config": str(file)}}))
        for name, flags in {"with journal": ["--control", "0"], "without": ["--control", "off"]}.items():
            with Suite("--only", "litellm", "--settings", str(settings), *flags) as suite:
                before = suite.resident
                # One at a time first: what a server does once is no part of any wait.
                command = [str(programs.pacing()), "gaps", str(suite.fakes["litellm"]), str(GAP)]
                load.run([*command, "1"], given=asked)
                spent = suite.processor_seconds
                seen, middle, high, most = (int(word) for word in load.run([*command, str(STREAMS)], given=asked).split())
                spent = suite.processor_seconds - spent
                held = (suite.resident - before) / STREAMS
            yield Row(
                f"{STREAMS:,} streams of 20 tokens/s, {name}: off, p99",
                f"{high / 1000:.2f} ms (p50 {middle / 1000:.2f}, most {most / 1000:.0f})", target="≤ 5 ms",
                met=high <= 5000)
            yield Row(
                f"{STREAMS:,} streams, {name}: a token", f"{spent / seen * 1e6:.1f} µs of processor", target="≤ 10 µs",
                met=spent / seen <= 1e-5)
            yield Row(
                f"{STREAMS:,} streams, {name}: memory of one", size(held), target="≤ 64 KB", met=held <= 64 * 1024)
