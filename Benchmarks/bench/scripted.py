"""What scenario and journal cost, and how well what they ask for is kept: rows for the table."""

import http.client
import json
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from . import load, programs
from .rounds import Effort, interleaved, ratio
from .servers import Bare, Suite
from .table import Row, rate, time

WAITING = 1000
DELAY, GAP = 500, 50  # milliseconds

# Rules that look at the request and never act on it: the last condition of each is not met.
NO_MATCH = {"header": {"x-bench": "no"}}


@contextmanager
def suite(rules: list[dict], only: str):
    """A suite that plays these rules."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"version": 1, "scenario": "bench", "rules": rules}, file)
        file.flush()
        with Suite("--scenario", str(Path(file.name)), "--only", only) as server:
            yield server


def overheads(seconds: float, rounds: int):
    """The journal beside none; a scenario without an effect, and one of a hundred rules, beside the journal alone."""
    gets = "comfyui GET /prompt"
    places = ["POST /prompt", "GET /history/{prompt_id}", "GET /view", "GET /queue", "GET /object_info/{node_class}",
              "POST /upload/image", "POST /interrupt", "POST /free", "sends progress", "sends executing", "receives execute",
              "opens /ws", "GET /system_stats"]
    # Spread over the fake as the rules of a long scenario are; some look at the request that is measured.
    hundred = [{"name": f"rule {index}", "on": f"comfyui {places[index % len(places)]}", "delay": "1s"}
               for index in range(97)]
    hundred += [{"name": f"here {index}", "on": "comfyui GET /prompt", "when": NO_MATCH, "delay": "1s"}
                for index in range(3)]
    elsewhere = [{"on": "comfyui POST /free", "delay": "1s"}]
    with Suite("--control", "off", "--only", "comfyui,litellm") as plain, \
            Suite("--only", "comfyui,litellm") as noted, \
            suite(elsewhere, "comfyui") as other, suite(hundred, "comfyui") as ruled:
        ask = "/prompt"
        yield compared(f"{gets}, journal", (noted, "comfyui"), "none", (plain, "comfyui"), ask, b"", seconds, rounds, 0.9)
        chat = "/v1/chat/completions"
        from .measured import CHAT
        yield compared(
            "litellm POST chat, journal", (noted, "litellm"), "none", (plain, "litellm"), chat, CHAT, seconds, rounds, 0.9)
        yield compared(
            f"{gets}, rule elsewhere", (other, "comfyui"), "no rule", (noted, "comfyui"), ask, b"", seconds, rounds, 0.97)
        yield compared(
            f"{gets}, 100 rules", (ruled, "comfyui"), "no rule", (noted, "comfyui"), ask, b"", seconds, rounds, 0.95)


def compared(what, one, beside, other, path, body, seconds, rounds, target) -> Row:
    """Answers a second of two suites, and the processor time of one in brackets."""
    efforts = {"one": Effort(one[0]), "other": Effort(other[0])}
    ports = {"one": one[0].fakes[one[1]], "other": other[0].fakes[other[1]]}

    def measured(name):
        return lambda: efforts[name].during(lambda: load.answers(ports[name], path, seconds, body), seconds)

    results = interleaved({name: measured(name) for name in efforts}, rounds)
    share = ratio(results, "one", "other")
    return Row(
        what, f"{rate(median(results['one']))} ({efforts['one']})",
        f"{beside} {rate(median(results['other']))} ({efforts['other']})", f"{share:.2f}", f"≥ {target}", share >= target)


def pacing(rounds: int = 5):
    """A thousand answers that wait at once, and a thousand streams whose events do, seen by another process.

    Beside a bare server that waits as long: a machine that stands still for some milliseconds now and then, as rented
    ones do, makes both late. Late by more than 2 ms may be only what the bare one is, too.
    """
    chat = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Go on."}], "mock_response": "word " * 400}
    on = "litellm POST /v1/chat/completions"
    plain = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
    stream = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    cases = [
        ("delays", DELAY, f"{WAITING:,} delayed answers", [{"on": on, "delay": f"{DELAY}ms"}], chat, (plain, DELAY)),
        ("gaps", GAP, f"{WAITING:,} streams, tokens {GAP} ms apart",
         [{"on": on, "delay": {"between_tokens": f"{GAP}ms"}}], chat | {"stream": True}, (stream, GAP, 400)),
    ]
    for mode, milliseconds, what, rules, body, answer in cases:
        with suite(rules, "litellm") as server, Bare(*answer) as bare:
            asked = load.request("POST", "/v1/chat/completions", json.dumps(body).encode())

            def errors(port, count):
                command = [str(programs.pacing()), mode, str(port), str(milliseconds), str(count)]
                return [int(word) for word in load.run(command, given=asked).split()]

            ports = {"ours": server.fakes["litellm"], "bare": bare.port}
            # What a server does once, for its first request, is no part of any wait.
            for port in ports.values():
                errors(port, 2)
            runs = interleaved({name: partial(errors, port, WAITING) for name, port in ports.items()}, rounds)
        # Of the runs the one in the middle.
        late = {name: sorted(runs[name], key=lambda run: run[2])[rounds // 2] for name in runs}
        _, middle, high, _, _ = late["ours"]
        _, others_middle, others_high, _, _ = late["bare"]
        yield Row(
            f"{what}: late, p99", f"{high / 1000:.2f} ms (p50 {middle / 1000:.2f})",
            f"bare lws {others_high / 1000:.2f} ms (p50 {others_middle / 1000:.2f})", f"{high / others_high:.2f}",
            "≤ 2 ms, or bare's", high <= max(2000, others_high))


def fresh_by_control(count: int = 300):
    """A fake made and gone again by two requests to the control server."""
    with Suite() as server:
        control = http.client.HTTPConnection("127.0.0.1", server.control, timeout=10)
        for kind in ("comfyui", "litellm", "gradio"):
            body = json.dumps({"kind": kind} | ({"app": "echo"} if kind == "gradio" else {}))
            times = []
            for _ in range(count):
                begun = perf_counter()
                control.request("POST", "/fakes", body, {"Content-Type": "application/json"})
                answer = control.getresponse()
                made = json.loads(answer.read())
                times.append(perf_counter() - begun)
                if answer.status != 201:
                    raise RuntimeError(f"POST /fakes answered {answer.status}: {made}")
                control.request("DELETE", f"/fakes/{made['id']}")
                control.getresponse().read()
            middle = median(times)
            yield Row(f"a fresh {kind}, by the control server", time(middle), target="≤ 2 ms", met=middle <= 0.002)
