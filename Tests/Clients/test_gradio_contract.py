"""The contract of Gradio apps: valid as a document, kept by what the real server was recorded to say and by everything that
the fake says, and nothing in it that the fake does not have.
"""

import json
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from contract import CONTRACTS, Contract, load
from gradio_flows import play_everything
from held import held
from tap import Exchange

FOLDER = CONTRACTS / "gradio"
HERE = Path(__file__).parent
APPS = HERE.parent / "Recordings" / "gradio"
RECORDINGS = CONTRACTS.parents[1] / "shared" / "recordings" / "gradio"
# What stands in recordings for what differs from run to run.
REPLACED = {"<BASE>": "http://127.0.0.1:7860", "<TMP>": "/tmp/gradio"}


@pytest.fixture(scope="module")
def contract():
    return Contract(FOLDER)


# As a document.


def test_the_description_is_valid():
    validator = OpenAPIV31SpecValidator(load("openapi.yaml", FOLDER), base_uri=(FOLDER / "openapi.yaml").as_uri())

    assert [error.message for error in validator.iter_errors()] == []


# Held against what the real server said.


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"there are no recordings in {RECORDINGS}")
def test_the_real_server_keeps_the_contract():
    contract, complaints, count = Contract(FOLDER), [], 0
    for file in sorted(RECORDINGS.glob("v6-*.json")):
        text = file.read_text()
        for name, value in REPLACED.items():
            text = text.replace(name, value)
        for said in recorded(json.loads(text)):
            count += 1
            complaints += [f"{file.name}: {complaint}" for complaint in contract.complaints(said)]

    assert complaints == []
    assert count > 200


def recorded(recording: dict):
    """The exchanges of a recording, but for those of which only a part was written down."""
    for exchange in recording["exchanges"]:
        asked, answered = exchange["request"], exchange["response"]
        fields = {name.lower(): value for name, value in answered["headers"]}
        is_json = "json" in fields.get("content-type", "")
        if answered["status"] == 0 or is_json and is_shortened(answered.get("body")):
            continue
        body = answered.get("raw_text")
        if body is None and "events" in answered:
            body = "".join(
                (f"event: {event['event']}\n" if "event" in event else "") + f"data: {data_of(event)}\n\n"
                for event in answered["events"])
        elif body is None:
            body = answered.get("body")
            body = json.dumps(body) if is_json or not isinstance(body, str | None) else body or ""
        target = asked["path"] + ("?" + urlencode(asked["query"]) if asked.get("query") else "")
        # Dates are not recorded.
        yield Exchange(
            asked["method"], target, {name.lower(): value for name, value in asked["headers"].items()},
            (asked.get("raw_text") or "").encode(), answered["status"], {"date": "", **fields}, body.encode())


def data_of(event: dict) -> str:
    return "ALIVE" if event["data"] == "ALIVE" else json.dumps(event["data"])


def is_shortened(body) -> bool:
    """A few of the keys, or a word in parentheses, stand for the whole where that is large."""
    return isinstance(body, str) and body.startswith("(") or isinstance(body, dict) and any(
        key.endswith("_keys") for key in body)


# Held against the fake.


@contextmanager
def fakes(contract: Contract):
    """A fake for each of the recorded apps, as a client of its own and with what is wrong with it so far."""
    with ExitStack() as stack:
        all_held = SimpleNamespace(servers=[])
        for name, arguments in (
            ("core", []), ("faults", ["--option", "SHOW_ERROR=true"]), ("locked", []), ("media", []), ("queues", []),
            ("streams", ["--option", "CHAT=1"]), ("closed", []),
        ):
            app = HERE / "gradio-closed.yaml" if name == "closed" else APPS / f"{name}.yaml"
            # Queues wait for as long as they say: what is cancelled must not have ended before.
            speed = "1x" if name == "queues" else "10x"
            server = stack.enter_context(contextmanager(held)(
                contract, "--app", str(app), "--speed", speed, *arguments, executable="fake-gradio"))
            all_held.servers.append(server)
            setattr(all_held, name, stack.enter_context(httpx.Client(base_url=server.url, timeout=20)))
        yield all_held


@pytest.fixture(scope="module")
def met(contract):
    """All that was come upon after everything was played."""
    with fakes(contract) as all:
        play_everything(all)
    assert "\n".join(complaint for server in all.servers for complaint in server.complaints()) == ""
    return contract.met


def test_every_route_of_the_contract_gives_every_answer_that_it_says(met, contract):
    assert [
        f"{method} {path} {status}" for (path, method), operation in contract.operations.items()
        for status in operation["responses"] if ("paths", path, method, int(status)) not in met] == []


def test_every_kind_of_message_in_the_contract_is_sent(met, contract):
    """Of those that take no fifteen seconds, or a stream of media."""
    place = ("paths", "/gradio_api/queue/data", "get", "responses", "200", "content", "text/event-stream", "x-events")
    kinds = {met_at[len(place)] for met_at in met if met_at[:len(place)] == place and len(met_at) > len(place)}

    assert kinds == {
        "estimation", "process_starts", "progress", "log", "process_generating", "process_completed", "close_stream",
        "unexpected_error"}


def test_every_parameter_of_the_contract_is_one_that_was_used(met, contract):
    described = {
        ("paths", path, method, parameter["name"])
        for (path, method), operation in contract.operations.items()
        for parameter in operation.get("parameters", []) if parameter.get("in") == "query"
        and "200" in operation["responses"] and not path.endswith("/")}

    assert described - met == set()
