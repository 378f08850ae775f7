"""The contract of the LiteLLM proxy: valid as a document, kept by what the real one was recorded to say and by everything
that the fake says, and nothing in it that the fake does not have.
"""

import json
import re
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from contract import CONTRACTS, METHODS, Contract, load
from held import held
from litellm_flows import asking, play_everything
from tap import Exchange

FOLDER = CONTRACTS / "litellm"
CONFIGURATIONS = Path(__file__).parents[1] / "Recordings" / "litellm"
RECORDINGS = CONTRACTS.parents[1] / "shared" / "recordings" / "litellm"
MASTER = {"authorization": "Bearer sk-master-0123456789abcdef"}


@pytest.fixture(scope="module")
def contract():
    return Contract(FOLDER)


def nameless(path: str) -> str:
    """Parameters go by place: their names are the contract's business."""
    return re.sub(r"{[^}]*}", "{}", path)


# As a document.


def test_the_description_is_valid():
    validator = OpenAPIV31SpecValidator(load("openapi.yaml", FOLDER), base_uri=(FOLDER / "openapi.yaml").as_uri())

    assert [error.message for error in validator.iter_errors()] == []


# Held against what the real proxy said.


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"there are no recordings in {RECORDINGS}")
def test_the_real_proxy_keeps_the_contract():
    contract, complaints, count = Contract(FOLDER), [], 0
    for file in sorted(RECORDINGS.glob("*.json")):
        for said in recorded(json.loads(file.read_text())):
            count += 1
            complaints += [f"{file.name}: {complaint}" for complaint in contract.complaints(said)]

    assert complaints == []
    assert count > 250


def recorded(recording: dict):
    """The exchanges of a recording, but for bodies of which it has not all."""
    for exchange in recording["exchanges"]:
        asked, answered = exchange["request"], exchange["response"]
        if "body_truncated_from" in answered or answered["status"] == 0:
            continue
        body = answered.get("body_raw", answered.get("body"))
        if "events" in answered:
            body = "".join(
                (f"event: {event['event']}\n" if "event" in event else "") + f"data: {event['data']}\n\n"
                for event in answered["events"])
        elif not isinstance(body, str | None):
            body = json.dumps(body)
        yield Exchange(
            asked["method"], asked["path"], {name.lower(): value for name, value in asked["headers"]},
            as_bytes(asked["body"]), answered["status"],
            {name.lower(): value for name, value in answered["headers"]}, (body or "").encode())


def as_bytes(body) -> bytes:
    return b"" if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()


# Held against the fake.


@contextmanager
def fakes(contract: Contract):
    """Fakes in every state, each as a client that has its master key and with what is wrong with it so far."""
    with ExitStack() as stack:
        all_held = SimpleNamespace(servers=[])
        for name, configuration, fields in (
            ("desk", None, {}), ("keyed", "keys", MASTER), ("opened", "open", {}), ("locked", "small", MASTER),
            ("ill", "small-open", {}), ("cached", "cached", MASTER), ("wild", "wildcard", {}),
        ):
            arguments = ["--speed", "10x"]
            if configuration:
                arguments += ["--config", str(CONFIGURATIONS / f"{configuration}.yaml")]
            server = stack.enter_context(contextmanager(held)(contract, *arguments, executable="fake-litellm"))
            all_held.servers.append(server)
            setattr(all_held, name, stack.enter_context(asking(server.url, **fields)))
        yield all_held


@pytest.fixture(scope="module")
def met(contract):
    """All that was come upon after everything was played."""
    with fakes(contract) as all:
        play_everything(contract, all)
        assert [complaint for server in all.servers for complaint in server.complaints()] == []
        contract.listed = all.desk.get("/openapi.json").json()["paths"]
    return contract.met


def test_the_contract_has_every_route_and_no_other(met, contract):
    """The fake lists its routes, but for methods that only look, and for those that stand behind a model's name."""
    listed = {(nameless(path.replace("...", "")), method) for path, item in contract.listed.items() for method in item}
    described = {
        (nameless(path), method) for path, method in contract.operations
        if method not in ("head", "options") and not path.startswith(("/engines/", "/openai/deployments/"))}

    assert described == listed


def test_every_route_of_the_contract_gives_every_answer_that_it_says(met, contract):
    """Answers that routes share count for all of them."""
    def is_met(path: str, method: str, status: str, answer: dict) -> bool:
        shared = tuple(answer["$ref"].removeprefix("#/").split("/")) if "$ref" in answer else None
        return ("paths", path, method, int(status)) in met or shared in met

    assert [
        f"{method} {path} {status}" for (path, method), operation in contract.operations.items()
        for status, answer in operation["responses"].items() if not is_met(path, method, status, answer)] == []


def test_every_kind_of_content_and_of_events_in_the_contract_is_sent(met, contract):
    described = {
        ("paths", path, method, "responses", status, kind)
        for (path, method), operation in contract.operations.items()
        for status, answer in operation["responses"].items() for kind in answer.get("content", {})}

    assert described - met == set()


def test_every_parameter_of_the_contract_is_one_that_was_used(met, contract):
    described = {
        ("paths", path, method, parameter["name"])
        for (path, method), operation in contract.operations.items()
        for parameter in operation.get("parameters", []) if parameter.get("in") == "query" and method in METHODS
        and "200" in operation["responses"]}

    assert described - met == set()
