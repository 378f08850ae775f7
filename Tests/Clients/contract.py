"""The contracts of the fakes, and whether what was heard on a line keeps them.

In `contracts/comfyui`, `contracts/gradio` and `contracts/litellm`, `openapi.yaml` speaks of exchanges, `asyncapi.yaml` of
messages. Parts of them that no tool of theirs knows begin with `x-`: what holds for every path, header fields of every answer and
of one kind of content, events of a stream, how binary messages are cut.
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

CONTRACTS = Path(__file__).resolve().parents[2] / "contracts"
FOLDER = CONTRACTS / "comfyui"
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
PICTURES = {1: b"\xff\xd8\xff", 2: b"\x89PNG", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG"}


def load(name: str, folder: Path = FOLDER) -> dict:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((folder / name).read_text(), loader)


class Contract:
    """`complaints(said)` says what is wrong with an exchange or a message; `met` is all that was come upon so far."""

    def __init__(self, folder: Path = FOLDER):
        self.http = load("openapi.yaml", folder)
        self.socket = load("asyncapi.yaml", folder) if (folder / "asyncapi.yaml").exists() else {}
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
            long = {name for name in map(self._name_of_long, item.get("parameters", [])) if name}
            pattern = re.sub(r"\\{(\w+)\\}", lambda hit: ".+" if hit[1] in long else "[^/]+", re.escape(path))
            prefixes = {urlsplit(server["url"]).path for server in item.get("servers", self.http["servers"])}
            routes.append((re.compile(f"({'|'.join(map(re.escape, prefixes))}){pattern}"), path))
        # A part without braces is meant before one whose braces would take it in; what takes slashes in comes last, the
        # longest first.
        return sorted(routes, key=lambda route: (
            -len(route[1]) if ".+" in route[0].pattern else -1000,
            [("{" in part) + part.startswith("{") for part in route[1].split("/")]))

    def _name_of_long(self, parameter: dict) -> str | None:
        """The name of a parameter that takes slashes in."""
        parameter = self._at(parameter["$ref"]) if "$ref" in parameter else parameter
        return parameter["name"] if parameter.get("x-takes") == "slashes" else None

    def _at(self, reference: str):
        value = self.http
        for part in reference.removeprefix("#/").split("/"):
            value = value[part]
        return value

    def _operation(self, exchange: Exchange) -> tuple[tuple[str, ...], dict]:
        """Where in the document the operation is, and what it says."""
        every = self.http["x-every-path"]
        # Where HEAD has no rule of its own, every GET answers it.
        method = "get" if exchange.method == "HEAD" and "head" not in every else exchange.method.lower()
        path = urlsplit(exchange.target).path
        if "upgrade" in every and exchange.fields.get("upgrade") == "websocket":
            return ("x-every-path", "upgrade"), every["upgrade"]
        if method in METHODS and not ("options" in every and "origin" in exchange.fields and method == "options"):
            for pattern, template in self._routes:
                if pattern.fullmatch(path) and method in self.http["paths"][template]:
                    return ("paths", template, method), self.http["paths"][template][method]
        place = method if method in every else "other"
        return ("x-every-path", place), every[place]

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
            self.met.add(pointer)
        yield from self._of_fields(exchange, answer, pointer)
        yield from self._of_answer(exchange, answer, pointer)
        if exchange.status in (101, 200) and place[0] == "paths" and exchange.method != "OPTIONS":
            yield from self._of_request(exchange, place, operation)

    def _of_fields(self, exchange: Exchange, answer: dict, pointer: tuple) -> Iterator[str]:
        every, described = self.http["x-every-answer"], answer.get("headers", {})
        there = exchange.answer_fields.keys()
        content = answer.get("content", {}).get(content_type(exchange), {})
        sets = content.get("x-fields", answer.get("x-fields", {"sometimes": [*described]}))
        common = {name.lower() for name in every["headers"]}
        if not answer.get("x-bare"):
            for name in set(every.get("always", [])) - there:
                yield f"the header field {name} is missing"
        faults = [field_faults(there - common, names) for names in (sets if isinstance(sets, list) else [sets])]
        if all(faults):
            yield " / ".join("; ".join(fault) for fault in faults)
        for name, header in described.items():
            value = exchange.answer_fields.get(name.lower())
            place = (*pointer, "headers", name)
            if "$ref" in header:
                place, header = tuple(header["$ref"].removeprefix("#/").split("/")), self._at(header["$ref"])
            if value is not None:
                yield from (f"{name}: {fault}" for fault in self._faults(value, "openapi.yaml", (*place, "schema")))
            elif header.get("required"):
                yield f"the header field {name} is missing"

    def _of_answer(self, exchange: Exchange, answer: dict, pointer: tuple) -> Iterator[str]:
        content, name = answer.get("content", {}), content_type(exchange)
        if name is None:
            if exchange.answer and not answer.get("x-untyped"):
                yield f"there is a body without a type: {shown(exchange.answer)}"
            if content and "*/*" not in content and not answer.get("x-may-be-empty"):
                yield "there is no body"
            return
        if name not in content and "*/*" in content:
            return
        if exchange.method == "HEAD":
            return
        if name not in content:
            yield f"{name} is not in the contract"
            return
        self.met.add((*pointer, name))
        if "x-events" in content[name]:
            yield from self._of_events(exchange, content[name]["x-events"], (*pointer, "content", name, "x-events"))
        elif name == "application/json" or name.startswith("text/"):
            value = exchange.answer.decode()
            if name == "application/json":
                value = json.loads(value)
                self._note_faults(value)
                if "x-code" in content[name] and (code := code_of(value)) not in (None, str(exchange.status)):
                    yield f"the code is {code}"
            yield from self._faults(value, "openapi.yaml", (*pointer, "content", name, "schema"))

    def _of_events(self, exchange: Exchange, events: dict, pointer: tuple) -> Iterator[str]:
        """Events of a stream: what stands in their data lines, whether they are named, and how the stream ends."""
        blocks = exchange.answer.decode().removesuffix("\n\n").split("\n\n")
        if events["end"] and not exchange.is_cut and blocks.pop() != f"data: {events['end']}":
            yield f"the stream does not end with {events['end']}: {shown(exchange.answer)}"
        for block in filter(None, blocks):
            *before, last = block.split("\n")
            if not last.startswith("data: "):
                yield f"this is no event: {shown(block)}"
                continue
            value = last.removeprefix("data: ")
            if events.get("as") != "text":
                value = json.loads(value)
            kind, schema = value.get(events.get("by", "type")) if isinstance(value, dict) else None, (*pointer, "data")
            if events["named"] == "itself":
                kind = before[0].removeprefix("event: ") if before else None
                if kind not in events["names"]:
                    yield f"not so named: {shown(block)}"
                    continue
                schema = (*pointer, "names", kind)
            names = {"never": [[]], "always": [[f"event: {kind}"]], "itself": [[f"event: {kind}"]]}
            if before not in names.get(events["named"], [[], [f"event: {kind}"]]):
                yield f"not so named: {shown(block)}"
            for fault in self._faults(value, "openapi.yaml", schema):
                yield f"event {shown(last)}: {fault}"
            self.met.add((*pointer, kind))

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


def content_type(exchange: Exchange) -> str | None:
    kind = exchange.answer_fields.get("content-type")
    return kind and kind.split(";")[0].strip()


def code_of(value) -> str | None:
    """What an error says its status is; those that say otherwise are of schemas that know it."""
    error = value.get("error") if isinstance(value, dict) else None
    return error.get("code") if isinstance(error, dict) else None


def field_faults(there: set[str], names: dict) -> list[str]:
    """Which header fields should not be there, and which should."""
    always, beginnings = set(names.get("always", [])), tuple(names.get("beginning", []))
    known = always | {name.lower() for name in names.get("sometimes", [])}
    return (
        [f"the header field {name} is not in the contract"
         for name in sorted(there - known) if not name.startswith(beginnings or ("\0",))]
        + [f"the header field {name} is missing" for name in sorted(always - there)])


def shown(content: str | bytes) -> str:
    return shorten(content if isinstance(content, str) else repr(content))


def shorten(text: str) -> str:
    return text if len(text) <= 400 else f"{text[:250]} … {text[-100:]}"
