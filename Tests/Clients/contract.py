"""The contracts of the fake ComfyUI, and whether what was heard on a line keeps them.

`contracts/comfyui/openapi.yaml` speaks of exchanges, `asyncapi.yaml` of messages. Parts of them that no tool of theirs
knows begin with `x-`: what holds for every path, header fields of every answer, how binary messages are cut.
"""

import json
import re
import struct
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tap import Exchange, Message

FOLDER = Path(__file__).resolve().parents[2] / "contracts" / "comfyui"
METHODS = ("get", "post", "put", "patch", "delete")
PICTURES = {1: b"\xff\xd8\xff", 2: b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG"}


def load(name: str) -> dict:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((FOLDER / name).read_text(), loader)


class Contract:
    """`complaints(said)` says what is wrong with an exchange or a message; `met` is all that was come upon so far."""

    def __init__(self):
        self.http, self.socket = load("openapi.yaml"), load("asyncapi.yaml")
        self._registry = Registry().with_resources(
            (f"file:///{name}", DRAFT202012.create_resource(document))
            for name, document in (("openapi.yaml", self.http), ("asyncapi.yaml", self.socket)))
        self._validators: dict[str, Draft202012Validator] = {}
        self.met: set[tuple] = set()

    def complaints(self, said: Exchange | Message) -> list[str]:
        if isinstance(said, Message):
            return [f"message {shown(said.content)}: {text}" for text in self._of_message(said)]
        return [f"{said}: {text}" for text in self._of_exchange(said)]

    # Exchanges.

    @cached_property
    def operations(self) -> dict[tuple[str, str], dict]:
        """Those of the paths, by path and method."""
        return {
            (path, method): operation
            for path, item in self.http["paths"].items() for method, operation in item.items() if method in METHODS}

    @cached_property
    def _routes(self) -> list[tuple[re.Pattern, str]]:
        routes = []
        for path, item in self.http["paths"].items():
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))
            prefixes = {urlsplit(server["url"]).path for server in item.get("servers", self.http["servers"])}
            routes.append((re.compile(f"({'|'.join(map(re.escape, prefixes))}){pattern}"), path))
        # A path without braces is meant before one whose braces would take it in.
        return sorted(routes, key=lambda route: "{" in route[1])

    def _operation(self, exchange: Exchange) -> tuple[tuple[str, ...], dict]:
        """Where in the document the operation is, and what it says."""
        method = "get" if exchange.method == "HEAD" else exchange.method.lower()
        path = urlsplit(exchange.target).path
        if method in METHODS:
            for pattern, template in self._routes:
                if pattern.fullmatch(path) and method in self.http["paths"][template]:
                    return ("paths", template, method), self.http["paths"][template][method]
        place = method if method in ("get", "options") else "other"
        return ("x-every-path", place), self.http["x-every-path"][place]

    def _of_exchange(self, exchange: Exchange) -> Iterator[str]:
        place, operation = self._operation(exchange)
        answer = operation["responses"].get(str(exchange.status))
        if answer is None:
            yield f"{exchange.status} is not in the contract of {' '.join(place[1:])}: {shown(exchange.answer)}"
            return
        self.met.add((*place, exchange.status))
        pointer = (*place, "responses", str(exchange.status))
        if "$ref" in answer:
            pointer = tuple(answer["$ref"].removeprefix("#/").split("/"))
            answer = self.http["components"]["responses"][pointer[-1]]
        yield from self._of_fields(exchange, answer, pointer)
        yield from self._of_answer(exchange, answer, pointer)
        if exchange.status in (101, 200) and place[0] == "paths":
            yield from self._of_request(exchange, place, operation)

    def _of_fields(self, exchange: Exchange, answer: dict, pointer: tuple) -> Iterator[str]:
        described = answer.get("headers", {})
        known = {name.lower() for name in [*described, *self.http["x-every-answer"]["headers"]]}
        for name in exchange.answer_fields.keys() - known:
            yield f"the header field {name} is not in the contract"
        for name, header in described.items():
            value = exchange.answer_fields.get(name.lower())
            if value is not None:
                yield from self._faults(value, "openapi.yaml", (*pointer, "headers", name, "schema"))
            elif header.get("required"):
                yield f"the header field {name} is missing"

    def _of_answer(self, exchange: Exchange, answer: dict, pointer: tuple) -> Iterator[str]:
        content, kind = answer.get("content", {}), exchange.answer_fields.get("content-type")
        if kind is None:
            if exchange.answer:
                yield f"there is a body without a type: {shown(exchange.answer)}"
            if content and "*/*" not in content and not answer.get("x-may-be-empty"):
                yield "there is no body"
            return
        name = kind.split(";")[0].strip()
        if name not in content and "*/*" in content:
            return
        if name not in content:
            yield f"{name} is not in the contract"
        elif exchange.method != "HEAD":
            value = exchange.answer.decode()
            if name == "application/json":
                value = json.loads(value)
                self._note_faults(value)
            yield from self._faults(value, "openapi.yaml", (*pointer, "content", name, "schema"))

    def _note_faults(self, value) -> None:
        """Which kinds of faults of prompts have been come upon."""
        if not isinstance(value, dict) or not isinstance(value.get("node_errors"), dict):
            return
        nodes = [fault for node in value["node_errors"].values() for fault in node["errors"]]
        self.met |= {("fault", fault["type"]) for fault in [value.get("error"), *nodes] if fault}

    def _of_request(self, exchange: Exchange, place: tuple, operation: dict) -> Iterator[str]:
        """What was taken is what may be said."""
        query = dict(parse_qsl(urlsplit(exchange.target).query, keep_blank_values=True))
        item = self.http["paths"][place[1]]
        for group, owner in ((item.get("parameters", []), place[:2]), (operation.get("parameters", []), place)):
            for index, parameter in enumerate(group):
                pointer = (*owner, "parameters", str(index))
                if "$ref" in parameter:
                    pointer = tuple(parameter["$ref"].removeprefix("#/").split("/"))
                    parameter = self.http["components"]["parameters"][pointer[-1]]
                value = query.get(parameter["name"])
                if parameter["in"] != "query" or value is None:
                    continue
                self.met.add((*place, parameter["name"]))
                if parameter["schema"].get("type") == "integer":
                    value = int(value)
                yield from self._faults(value, "openapi.yaml", (*pointer, "schema"))
        body = operation.get("requestBody", {}).get("content", {})
        if "application/json" in body and exchange.body:
            try:
                value = json.loads(exchange.body)
            except ValueError:
                # Where a body that is none is taken all the same.
                return
            yield from self._faults(
                value, "openapi.yaml", (*place, "requestBody", "content", "application/json", "schema"))

    # Messages.

    @cached_property
    def messages(self) -> dict[str, dict]:
        return self.socket["components"]["messages"]

    @cached_property
    def _by_kind(self) -> dict[tuple, list[str]]:
        """Names of messages by who sends them and their type; for binary ones that is a number."""
        kinds: dict[tuple, list[str]] = {}
        for operation in self.socket["operations"].values():
            for reference in operation["messages"]:
                name = reference["$ref"].rsplit("/", 1)[1]
                message = self.messages[name]
                kind = (
                    message["x-layout"][0]["schema"]["const"] if "x-layout" in message
                    else message["payload"]["properties"]["type"]["const"])
                kinds.setdefault((operation["action"] == "send", kind), []).append(name)
        return kinds

    def _of_message(self, message: Message) -> Iterator[str]:
        if isinstance(message.content, bytes):
            if message.from_server:
                yield from self._of_frame(message.content)
            return
        try:
            value = json.loads(message.content)
        except ValueError:
            if message.from_server:
                yield "it is no JSON"
            return
        kind = value.get("type") if isinstance(value, dict) else None
        names = self._by_kind.get((message.from_server, kind), [])
        faults = []
        for name in names:
            pointer = ("components", "messages", name, "payload")
            found = list(self._faults(value, "asyncapi.yaml", pointer))
            if not found:
                self.met.add(("message", name))
                return
            faults.append(f"no {name}: {'; '.join(found)}")
        # Clients may say what they like.
        if message.from_server:
            yield " / ".join(faults) or "its type is not in the contract"

    def _of_frame(self, frame: bytes) -> Iterator[str]:
        (kind,) = struct.unpack_from(">I", frame)
        names = self._by_kind.get((True, kind), [])
        if not names:
            yield "its type is not in the contract"
            return
        (name,) = names
        place, seen = 0, {}
        for index, part in enumerate(self.messages[name]["x-layout"]):
            label = part["part"]
            if part["as"] == "uint32":
                (value,) = struct.unpack_from(">I", frame, place)
                place += 4
            else:
                end = place + seen[f"[{label}]"] if f"[{label}]" in seen else len(frame)
                if end > len(frame):
                    yield f"its {label} ends at {end}, the message at {len(frame)}"
                    return
                value, place = frame[place:end], end
                if part["as"] == "text":
                    value = value.decode()
                elif part["as"] == "json":
                    value = json.loads(value)
            seen[label] = value
            if "schema" in part:
                pointer = ("components", "messages", name, "x-layout", str(index), "schema")
                yield from self._faults(value, "asyncapi.yaml", pointer)
        if "image" in seen:
            beginning = PICTURES.get(seen.get("format") or seen["metadata"]["image_type"], b"?")
            if not seen["image"].startswith(beginning):
                yield f"{seen['image'][:8]} does not begin a picture of its kind"
        self.met.add(("message", name))

    # Schemas.

    def _faults(self, value, document: str, pointer: tuple) -> Iterator[str]:
        """Where a value does not fit the schema at a place of a document."""
        path = "/".join(part.replace("~", "~0").replace("/", "~1").replace("%", "%25").replace("{", "%7B").replace(
            "}", "%7D") for part in pointer)
        reference = f"file:///{document}#/{path}"
        validator = self._validators.get(reference)
        if validator is None:
            validator = Draft202012Validator({"$ref": reference}, registry=self._registry)
            self._validators[reference] = validator
        for fault in validator.iter_errors(value):
            deep = best_match([fault])
            yield f"{'/'.join(map(str, deep.absolute_path)) or 'it'}: {shorten(deep.message)}"


def shown(content: str | bytes) -> str:
    return shorten(content if isinstance(content, str) else repr(content))


def shorten(text: str) -> str:
    return text if len(text) <= 400 else f"{text[:250]} … {text[-100:]}"
