"""Gradio under load: joins and events a second, and five hundred sessions in one line."""

import json
from pathlib import Path
from statistics import median

from . import load
from .rounds import Effort, interleaved, ratio
from .servers import Bare, Suite
from .sessions import Sessions
from .table import Row, rate, size

APP = Path(__file__).with_name("sessions.yaml")
ECHO, SESSIONS, ROUNDS = 2, 500, 3


def joins(seconds: float, rounds: int):
    """`POST /queue/join` of a function that answers at once, its run included, beside the bare server that reads as much and gives
    the same answer."""
    with Suite("--control", "off", "--only", "wan2gp", "--app", str(APP)) as server:
        port = server.fakes["sessions"]
        path = "/gradio_api/queue/join"
        body = json.dumps({"data": ["hello"], "fn_index": ECHO, "session_hash": "bench"}).encode()
        answer = load.answer(port, load.request("POST", path, body))
        with Bare(answer) as bare:
            efforts = {"ours": Effort(server), "bare": Effort(bare)}
            measures = {
                name: lambda name=name, port=port: efforts[name].during(
                    lambda: load.answers(port, path, seconds, body), seconds)
                for name, port in (("ours", port), ("bare", bare.port))}
            results = interleaved(measures, rounds)
    yield Row(
        "gradio joins, each run", f"{rate(median(results['ours']))} ({efforts['ours']})",
        f"bare lws {rate(median(results['bare']))} ({efforts['bare']})", f"{ratio(results, 'ours', 'bare'):.2f}")


def sessions():
    """Five hundred sessions that wait in one line, again and again: are their positions right, does memory grow?"""
    amiss, held, rates = [], [], []
    with Suite("--control", "off", "--only", "wan2gp", "--app", str(APP)) as server:
        for _ in range(ROUNDS):
            with Sessions(server.fakes["sessions"], SESSIONS) as all_of_them:
                found, count, took = all_of_them.run()
            amiss += found
            rates.append(count / took)
            held.append(server.resident)
    grown = (held[-1] - held[0]) / (ROUNDS - 1)
    yield Row(
        f"gradio, {SESSIONS} sessions in one line: amiss", amiss[0] if amiss else "nothing", target="nothing", met=not amiss)
    yield Row("  events", f"{rate(median(rates))} (as fast as they are read)")
    yield Row(
        "  memory after each crowd", size(held[-1]), f"after the first {size(held[0])}", "", "≤ 1 MB more", grown <= 1e6)
