"""What is measured: each function gives rows for the table. Targets: the design's budget."""

import json
from contextlib import ExitStack
from statistics import median

from . import load, programs
from .idle import IdleSockets
from .rounds import Effort, interleaved, ratio
from .servers import Bare, Floor, Nginx, Server, Suite
from .table import Row, rate, size, time

CHAT = json.dumps({
    "model": "gpt-4o",
    "messages": [
        {"role": "system", "content": "You are a helpful assistant that answers in one short sentence."},
        {"role": "user", "content": "What is the capital of France, and since when has it been so?"},
    ],
    "temperature": 0.7, "max_tokens": 64, "user": "bench", "metadata": {"run": 1}, "stop": ["\n\n"],
}).encode()

# A long answer of its own, streamed: as many events as words, without a pause between them.
STREAM = json.dumps({
    "model": "gpt-4o", "stream": True, "messages": [{"role": "user", "content": "Go on."}],
    "mock_response": "word " * 20_000,
}).encode()

IDLE = 4000


def small_answers(name: str, server: Server, port: int, path: str, seconds: float, rounds: int):
    """A small JSON answer beside the bare server's same bytes and nginx's same body."""
    yield from beside_bare(f"{name} GET {path}", server, port, path, b"", seconds, rounds, 0.8)


def chat(server: Server, port: int, seconds: float, rounds: int):
    """A chat request, parsed and answered, beside the bare server that reads it and gives the same bytes."""
    path = "/v1/chat/completions"
    yield from beside_bare(f"litellm POST {path}", server, port, path, CHAT, seconds, rounds, 0.5)


def loops(seconds: float, rounds: int):
    """How many chat answers a second the busiest thread could give, by the time that it computes for one: two loops and the
    load want more cores than many a machine has."""
    path = "/v1/chat/completions"

    def could(suite: Suite) -> float:
        port = suite.fakes["litellm"]
        before = suite.thread_seconds
        count = load.answers(port, path, seconds, CHAT) * seconds
        return count / max(spent - before.get(thread, 0) for thread, spent in suite.thread_seconds.items())

    with ExitStack() as stack:
        suites = {
            count: stack.enter_context(Suite("--control", "off", environment={"UNDERSTUDY_LITELLM_LOOPS": str(count)}))
            for count in (1, 2)}
        results = interleaved({f"{count}": lambda suite=suite: could(suite) for count, suite in suites.items()}, rounds)
    gain = ratio(results, "2", "1")
    yield Row(
        "litellm POST, --loops 2, by its busiest thread", rate(median(results["2"])),
        f"one loop {rate(median(results['1']))}", f"{gain:.2f}", "≥ 1.8", gain >= 1.8)


def beside_bare(
    what: str, server: Server, port: int, path: str, body: bytes, seconds: float, rounds: int, target: float):
    """Answers a second, and the processor time of one in brackets."""
    whole = load.answer(port, load.request("POST" if body else "GET", path, body))

    def measured(effort: Effort, port: int):
        return lambda: effort.during(lambda: load.answers(port, path, seconds, body), seconds)

    with ExitStack() as stack:
        bare = stack.enter_context(Bare(whole))
        efforts = {"ours": Effort(server), "bare": Effort(bare)}
        measures = {"ours": measured(efforts["ours"], port), "bare": measured(efforts["bare"], bare.port)}
        if programs.installed("nginx") and not body:
            nginx = stack.enter_context(Nginx(whole.partition(b"\r\n\r\n")[2]))
            efforts["nginx"] = Effort(nginx)
            measures["nginx"] = measured(efforts["nginx"], nginx.port)
        results = interleaved(measures, rounds)
    rates = {name: f"{rate(median(results[name]))} ({efforts[name]})" for name in results}
    share = ratio(results, "ours", "bare")
    yield Row(what, rates["ours"], f"bare lws {rates['bare']}", f"{share:.2f}", f"≥ {target}", share >= target)
    if "nginx" in results:
        yield Row("", "", f"nginx {rates['nginx']}", f"{ratio(results, 'ours', 'nginx'):.2f}")


def events(name: str, port: int, asked: bytes, seconds: float, rounds: int):
    """Events of one stream, as fast as they come; the server has one core to itself."""
    measured = median(load.events(port, asked, seconds) for _ in range(rounds))
    yield Row(
        f"{name} events, one stream, unpaced", rate(measured), target="≥ 500k/s", met=measured >= 500_000)


def echoes(seconds: float, rounds: int):
    """A WebSocket echo on two floors, one of which holds thousands of silent sockets besides."""
    with Floor() as quiet, Floor() as crowded, Bare(b"") as bare:
        before = crowded.resident
        with IdleSockets(crowded.port, "/", IDLE):
            each = (crowded.resident - before) / IDLE
            results = interleaved({
                "quiet": lambda: load.echoes(quiet.port, "/", seconds),
                "crowded": lambda: load.echoes(crowded.port, "/", seconds),
                "bare": lambda: load.echoes(bare.port, "/", seconds, protocol="echo"),
            }, rounds)
    share = ratio(results, "crowded", "quiet")
    yield Row(
        f"floor WebSocket echo beside {IDLE:,} idle", rate(median(results["crowded"])),
        f"beside none {rate(median(results['quiet']))}", f"{share:.2f}", "≥ 0.9", share >= 0.9)
    yield Row(
        "", "", f"bare lws {rate(median(results['bare']))}", f"{ratio(results, 'quiet', 'bare'):.2f}")
    yield Row("floor memory of an idle WebSocket", size(each), target="≤ 8 KB", met=each <= 8 * 1024)


def idle_memory(name: str, suite: Suite, path: str, count: int = 1000):
    """What an idle WebSocket of a fake costs, the first ones left out: they also touch what is shared."""
    with IdleSockets(suite.fakes[name], path, 100):
        before = suite.resident
        with IdleSockets(suite.fakes[name], path, count):
            each = (suite.resident - before) / count
    yield Row(f"{name} memory of an idle WebSocket", size(each), target="≤ 8 KB", met=each <= 8 * 1024)


def starts(count: int):
    """From the process's begin to the ready line of all fakes, and what they hold then."""
    times, sizes, fakes = [], [], 0
    for _ in range(count):
        with Suite(pinned=False) as suite:
            times.append(suite.start_seconds)
            sizes.append(suite.resident)
            fakes = len(suite.fakes)
    begun, held = median(times), median(sizes)
    yield Row(f"start to ready, {fakes} fakes", time(begun), target="≤ 50 ms", met=begun <= 0.05)
    yield Row(f"memory of {fakes} idle fakes", size(held), target="≤ 20 MB", met=held <= 20e6)


def fresh():
    """A fake made, listening and gone again, inside of one process."""
    program = programs.released("fresh-fake")
    if program is None:
        return
    for line in load.run([str(program)]).splitlines():
        result = json.loads(line)
        seconds = result["milliseconds"] / 1000
        yield Row(
            f"a fresh {result['kind']}, {result['where']}", time(seconds),
            target="≤ 2 ms" if result["where"] == "on a living loop" else "",
            met=seconds <= 0.002 if result["where"] == "on a living loop" else None)
