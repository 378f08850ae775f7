"""The contracts of ComfyUI: valid as documents, and nothing in them that the fake does not have.

That the fake says nothing which is not in them is looked at wherever a test talks to it (`keeps_its_contract`).
"""

import json
import uuid
from pathlib import Path

import httpx
import pytest
import websockets.sync.client
from asyncapi3 import AsyncAPI3
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import ValidationError

from contract import FOLDER, Contract, load
from held import HeldServer, held
from tap import Exchange, Message
from workflows import node, png, text_to_image

NODES = str(Path(__file__).with_name("comfyui-contract-nodes.json"))
WRONG = b"{"


@pytest.fixture(scope="module")
def contract():
    return Contract()


@pytest.fixture(scope="module")
def server(contract):
    """One user, bodies of 1 MiB at most."""
    yield from held(contract, "--speed", "20x", "--nodes", NODES, "--max-upload-size", "1")


@pytest.fixture(scope="module")
def shared_server(contract):
    """Several users."""
    yield from held(contract, "--speed", "20x", "--multi-user")


@pytest.fixture(scope="module")
def http(server):
    with httpx.Client(base_url=server.url, timeout=20) as client:
        yield client


class Client:
    """A WebSocket, and prompts that are queued in its name."""

    def __init__(self, server: HeldServer, flags: dict | None = None):
        self.id, self.server = uuid.uuid4().hex, server
        self.socket = self.connect()
        if flags is not None:
            self.socket.send(json.dumps({"type": "feature_flags", "data": flags}))

    def connect(self):
        return websockets.sync.client.connect(
            f"{self.server.url.replace('http', 'ws')}/api/ws?clientId={self.id}", max_size=None)

    def queue(self, prompt: dict, **more) -> str:
        body = {"prompt": prompt, "client_id": self.id, **more}
        answer = httpx.post(f"{self.server.url}/api/prompt", json=body, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()["prompt_id"]

    def await_message(self, holds) -> dict:
        while True:
            frame = self.socket.recv(10)
            if isinstance(frame, str) and holds(message := json.loads(frame)):
                return message

    def run(self, prompt: dict, **more) -> str:
        prompt_id = self.queue(prompt, **more)
        self.await_message(lambda message: message.get("data") == {"node": None, "prompt_id": prompt_id})
        return prompt_id

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_) -> None:
        self.socket.close()


def picture(*between: str, saved_by="SaveImage", **options) -> dict:
    """An empty picture, the nodes between, and one that saves it."""
    prompt = {"1": node("EmptyImage", "Empty", width=64, height=48, batch_size=1, color=options.get("color", 0))}
    for index, kind in enumerate(between, 2):
        prompt[str(index)] = node(kind, kind, image=[str(index - 1), 0])
    prompt["9"] = node(saved_by, "Save", images=[str(len(prompt)), 0], **options.get("saving", {"filename_prefix": "held"}))
    return prompt


# As documents.


def test_the_description_of_the_routes_is_valid():
    validator = OpenAPIV31SpecValidator(load("openapi.yaml"), base_uri=(FOLDER / "openapi.yaml").as_uri())

    assert [error.message for error in validator.iter_errors()] == []


def test_the_description_of_the_messages_is_valid():
    document = load("asyncapi.yaml")

    AsyncAPI3.model_validate(document)
    document["operations"]["hear"]["action"] = "listen"
    with pytest.raises(ValidationError):
        AsyncAPI3.model_validate(document)


def test_every_schema_of_the_messages_is_one_and_leads_somewhere(contract):
    for name, message in contract.messages.items():
        if "x-layout" not in message:
            assert list(contract._faults(17, "asyncapi.yaml", ("components", "messages", name, "payload")))


# Held against what the real server said.


RECORDINGS = FOLDER.parents[2] / "shared" / "recordings" / "comfyui"


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason=f"there are no recordings in {RECORDINGS}")
def test_the_real_server_keeps_the_contract():
    contract, complaints, count = Contract(), [], 0
    for file in sorted(RECORDINGS.glob("*.json")):
        recording = json.loads(file.read_text())
        for said in recorded(recording):
            count += 1
            complaints += [f"{file.name}: {complaint}" for complaint in contract.complaints(said)]

    assert complaints == []
    assert count > 800


def recorded(recording: dict):
    """Exchanges and messages of a recording, but for those of which it has not all."""
    for exchange in recording["exchanges"]:
        asked, answered = exchange["request"], exchange["response"]
        fields = {name.lower(): value for name, value in answered.get("headers", {}).items()}
        if not fields or answered.get("trimmed") or isinstance(answered.get("json"), dict) and "first" in answered["json"]:
            continue
        body = json.dumps(answered["json"]) if "json" in answered else answered.get("text", "")
        yield Exchange(
            asked["method"], asked["path"], {}, json.dumps(asked["json"]).encode() if "json" in asked else b"",
            answered["status"], fields, body.encode())
    for frame in recording["websocket"]:
        if frame["dir"] in ("recv", "send") and "text" in frame:
            text = frame["text"]
            yield Message(frame["dir"] == "recv", text if isinstance(text, str) else json.dumps(text))


# Held against the fake.


def play_runs(server: HeldServer, http: httpx.Client) -> None:
    checkpoint = http.get("/models/checkpoints").json()[0]
    previewed = {"extra_data": {"preview_method": "latent2rgb"}}
    with Client(server, {"supports_preview_metadata": True}) as client:
        prompt_id = client.run(text_to_image(seed=1, steps=3, checkpoint=checkpoint), **previewed)
        client.run(text_to_image(seed=1, steps=3, checkpoint=checkpoint))
        client.run({"1": node("Speaks", "Speaks", text="so")})
        client.run(picture("Blocks", "ImageInvert"))
        client.run(picture(saved_by="PreviewImage", saving={}))
        failed = client.run(picture("Fails"))
        http.patch("/internal/logs/subscribe", json={"clientId": client.id, "enabled": True})
        client.run(picture(color=7), extra_data={"extra_pnginfo": {"workflow": {"id": "w-1"}}})
        http.patch("/internal/logs/subscribe", json={"clientId": client.id, "enabled": False})
        assert http.get(f"/history/{failed}").json()[failed]["status"]["status_str"] == "error"
        client.socket.send(json.dumps({"type": "system_stats"}))
        client.await_message(lambda message: message["type"] == "stats")
        client.socket.send(json.dumps({"type": "execute", "workflow": {}}))
        client.await_message(lambda message: "job_id" in message)
        client.socket.send("neither of this")
        client.socket.send(b"\0\0\0\1 nor this")
        for path in ("/history", f"/history/{prompt_id}", "/history?max_items=1", "/history?max_items=2&offset=0"):
            assert http.get(path).json()
        assert http.get("/history/nobody").json() == {}
        assert http.get("/history?max_items=few").status_code == 500
    with Client(server) as client:
        client.run(text_to_image(seed=2, steps=3, checkpoint=checkpoint), **previewed)


def play_queue(server: HeldServer, http: httpx.Client) -> None:
    with Client(server) as client:
        running = client.queue(picture("Sleeps", color=1))
        waiting = client.queue(picture("Sleeps", color=2))
        last = client.queue(picture("Sleeps", color=3), number=7.5)
        client.await_message(lambda message: message["type"] == "executing" and message["data"]["node"] == "2")
        with client.connect() as late:
            late.recv(), late.recv()
        # The later socket's end took the place of the earlier one with it.
        client.socket = client.connect()
        assert http.get("/prompt").json()["exec_info"]["queue_remaining"] == 3
        assert len(http.get("/queue").json()["queue_pending"]) == 2
        http.get("/api/jobs?status=pending,in_progress&limit=1&offset=-1&sort_by=execution_duration&sort_order=asc")
        http.get("/api/jobs?workflow_id=w-1")
        http.get(f"/api/jobs/{running}"), http.get(f"/api/api/jobs/{waiting}"), http.get("/api/jobs/nobody")
        assert http.post("/queue", json={"delete": [waiting, "nobody"]}).content == b""
        assert http.post("/api/jobs/cancel", json={"job_ids": [last]}).json() == {"cancelled": True}
        assert http.post("/interrupt", json={"prompt_id": last}).status_code == 200
        assert http.post(f"/api/jobs/{running}/cancel").json() == {"cancelled": True}
        client.await_message(lambda message: message["type"] == "execution_interrupted")
        client.await_message(lambda message: message["data"] == {"node": None, "prompt_id": running})
    done = http.get("/api/jobs").json()["jobs"]
    assert {job["status"] for job in done} == {"completed", "failed", "cancelled"}
    for job in done:
        assert http.get(f"/api/jobs/{job['id']}").status_code == 200
    for query in ("status=odd", "sort_by=odd", "sort_order=odd", "limit=0", "limit=odd", "offset=odd"):
        assert http.get(f"/api/jobs?{query}").status_code == 400
    for body in (WRONG, b"{}", b'{"job_ids": ["odd", 1]}'):
        assert http.post("/api/jobs/cancel", content=body).status_code == 400
    for path, body in (("/queue", b""), ("/history", b""), ("/free", b""), ("/interrupt", b"[]")):
        assert http.post(path, content=body).status_code == 500
    for body in ({"unload_models": True}, {"free_memory": True}):
        assert http.post("/free", json=body).status_code == 200
    assert http.post("/interrupt").status_code == http.post("/queue", json={"clear": True}).status_code == 200
    assert http.post("/history", json={"delete": [done[0]["id"]]}).status_code == 200


def play_faults(server: HeldServer, http: httpx.Client) -> None:
    def saved(**inputs) -> dict:
        return {"9": node("SaveImage", "Save", **inputs)}

    def sized(**inputs) -> dict:
        prompt = picture()
        prompt["1"]["inputs"] |= inputs
        return prompt

    cycle = picture("ImageInvert", "ImageInvert")
    cycle["2"]["inputs"]["image"] = ["3", 0]
    combo = picture("ImageScale")
    combo["2"]["inputs"] |= {"upscale_method": "guess", "width": 1, "height": 1, "crop": "disabled"}
    sampled = text_to_image(checkpoint=http.get("/models/checkpoints").json()[0])
    sampled["3"]["inputs"]["sampler_name"] = "guess"
    inner = picture("ImageInvert")
    inner["2"]["inputs"]["image"] = ["77", 0]
    refused = [
        {}, {"1": {"inputs": {}}}, {"1": node("Nowhere", "Nowhere")}, {"1": picture()["1"]},
        saved(), saved(images=["1"]), saved(images=["77", 0]), sized(width="wide"), sized(width=0), sized(width=99999),
        cycle, combo, sampled, inner, {"1": node("LoadImage", "Load", image="none.png"), "9": saved(images=["1", 0])["9"]},
        {"1": node("EmptyLatentImage", "Empty", width=64, height=64, batch_size=1), "9": saved(images=["1", 0])["9"]},
    ]
    for prompt in refused:
        assert http.post("/prompt", json={"prompt": prompt}).status_code == 400
    for body in (b"[]", b"{}", b'{"prompt": {}, "prompt_id": "odd"}'):
        assert http.post("/prompt", content=body).status_code == 400
    for body in (b"", WRONG, b"null", b'{"prompt": null}'):
        assert http.post("/prompt", content=body).status_code == 500
    half = picture() | {"8": node("SaveImage", "Not saved")}
    assert http.post("/prompt", json={"prompt": half}).json()["node_errors"].keys() == {"8"}


def play_files(server: HeldServer, http: httpx.Client) -> None:
    def upload(path: str, name="pic.png", content=png(), **fields):
        return http.post(path, files={"image": (name, content)}, data=fields)

    assert upload("/upload/image").json()["name"] == "pic.png"
    assert upload("/upload/image", content=png(8, 8), subfolder="a/b", overwrite="true").json()["subfolder"] == "a/b"
    reference = json.dumps({"filename": "pic.png", "type": "input", "subfolder": ""})
    assert upload("/upload/mask", "mask.png", original_ref=reference).status_code == 200
    for path in ("/upload/image", "/upload/mask"):
        assert http.post(path, data={"type": "input"}).status_code == 400
        assert upload(path, type="odd").status_code == 500
        assert upload(path, content=bytes(1 << 20)).status_code == 413
    asked = "filename=pic.png&type=input"
    whole = http.get(f"/view?{asked}&subfolder=")
    for more in ("preview=webp;80", "preview=jpeg", "channel=rgb", "channel=a"):
        assert http.get(f"/view?{asked}&{more}").status_code == 200
    for fields, status in (
        ({"Range": "bytes=0-3"}, 206), ({"Range": "bytes=99999-"}, 416), ({"If-Match": '"odd"'}, 412),
        ({"If-None-Match": whole.headers["etag"]}, 304),
    ):
        assert http.get(f"/view?{asked}", headers=fields).status_code == status
    for query, status in (
        ("", 404), ("filename=none.png", 404), ("filename=a..b", 400), (f"{asked}&subfolder=../..", 403),
        ("filename=pic.png&type=odd", 400),
    ):
        assert http.get(f"/view?{query}").status_code == status
    upload("/upload/image", "pic.txt", b"no picture")
    assert http.get("/view?filename=pic.txt&type=input&preview=webp").status_code == 500
    assert http.head(f"/view?{asked}").status_code == 200


def play_information(server: HeldServer, http: httpx.Client) -> None:
    for path in (
        "/system_stats", "/features", "/object_info", "/object_info/KSampler", "/object_info/Nowhere", "/embeddings", "/models",
        "/models/loras", "/experiment/models", "/experiment/models/loras", "/extensions", "/i18n", "/workflow_templates",
        "/node_replacements", "/global_subgraphs", "/global_subgraphs/none", "/users", "/settings", "/v2/userdata",
    ):
        assert http.get(path).status_code == http.get(f"/api{path}").status_code == http.head(path).status_code == 200
    for path in ("folder_paths", "files/output", "files/input", "logs", "logs/raw"):
        assert http.get(f"/internal/{path}").status_code == 200
    assert http.get("/internal/files/odd").status_code == 400
    assert http.patch("/internal/logs/subscribe", json={}).status_code == 500
    model = http.get("/models/checkpoints").json()[0]
    assert http.get(f"/view_metadata/checkpoints?filename={model}").status_code == 200
    for path in ("/view_metadata/checkpoints?filename=none", "/models/none", "/experiment/models/none"):
        assert http.get(path).status_code == 404
    assert http.get("/ws").status_code == 400


def play_user_data(server: HeldServer, http: httpx.Client) -> None:
    assert http.post("/users", json={}).status_code == 500
    for path, value in (("/settings", {"a": 1}), ("/settings/b", [2])):
        assert http.post(path, json=value).status_code == 200
        assert http.post(path, content=WRONG).status_code == 500
    assert http.get("/settings/b").json() == [2] and http.get("/settings/none").json() is None
    file = "/userdata/workflows%2Fa.json"
    assert http.post(f"{file}?overwrite=false&full_info=true", json={}).json()["size"] == 2
    assert http.post(f"{file}?overwrite=false", json={}).status_code == 409
    assert http.post("/userdata/workflows%2Fsub%2Fb.json", content=b"b").json() == "workflows/sub/b.json"
    whole = http.get(file)
    for fields, status in (
        ({"Range": "bytes=0-0"}, 206), ({"Range": "bytes=9-"}, 416), ({"If-Match": '"odd"'}, 412),
        ({"If-None-Match": whole.headers["etag"]}, 304),
    ):
        assert http.get(file, headers=fields).status_code == status
    for query in ("", "&recurse=true", "&recurse=true&split=true", "&recurse=true&full_info=true"):
        assert http.get(f"/userdata?dir=workflows{query}").json()
    for query, status in (("", 400), ("?dir=none", 404), ("?dir=../..", 403)):
        assert http.get(f"/userdata{query}").status_code == status
    assert http.get("/v2/userdata?path=workflows").json()
    for path, status in (("none", 404), ("../..", 400), ("workflows/a.json", 400)):
        assert http.get(f"/v2/userdata?path={path}").status_code == status
    assert http.post(f"{file}/move/workflows%2Fc.json?overwrite=true&full_info=true").status_code == 200
    assert http.post(f"{file}/move/workflows%2Fc.json").status_code == 404
    moved = "/userdata/workflows%2Fc.json"
    assert http.post(f"{moved}/move/workflows%2Fsub%2Fb.json?overwrite=false").status_code == 409
    assert http.delete(moved).status_code == 204
    assert http.delete(moved).status_code == http.get(moved).status_code == 404
    outside = "/userdata/..%2F..%2Fx"
    for answer in (http.get(outside), http.post(outside), http.delete(outside), http.post(f"{outside}/move/y")):
        assert answer.status_code == 403


def play_users(server: HeldServer) -> None:
    with httpx.Client(base_url=server.url) as http:
        bob = http.post("/users", json={"username": "bob"}).json()
        assert http.post("/users", json={"username": "bob"}).status_code == 400
        assert http.get("/users").json()["users"] == {bob: "bob"}
        assert http.post("/settings", json={"a": 1}, headers={"comfy-user": bob}).status_code == 200
        http.headers["comfy-user"] = "nobody"
        for path in ("/settings", "/settings/a", "/userdata?dir=x", "/v2/userdata", "/userdata/x"):
            assert http.get(path).status_code == 500
        for path in ("/userdata/x", "/userdata/x/move/y"):
            assert http.post(path).status_code == 500
        assert http.delete("/userdata/x").status_code == 500


def play_refusals(server: HeldServer, http: httpx.Client, contract: Contract) -> None:
    """What holds for every path: pages of other origins, bodies that are too large, other methods."""
    for path, method in contract.operations:
        url = ("/api" if path.startswith("/jobs") else "") + path.replace("{", "").replace("}", "")
        assert http.request(method, url, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    for path, method in contract.operations:
        if "413" in contract.operations[path, method]["responses"] and not path.startswith("/upload"):
            url = ("/api" if path.startswith("/jobs") else "") + path
            assert http.request(method, url, content=bytes((1 << 20) + 1)).status_code == 413
    assert http.options("/prompt").status_code == http.options("/nowhere").status_code == 200
    assert http.options("/nowhere", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert http.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    page = http.get("/")
    assert http.get("/", headers={"Range": "bytes=0-3"}).status_code == 206
    assert http.get("/", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    for path in ("/nowhere", "/queue/", "/interrupt", "/internal/nowhere", "/user.css", "/jobs", "/api/internal/logs"):
        assert http.get(path).status_code == 404
    assert http.get("/internal/logs/subscribe").status_code == 405
    assert http.put("/prompt").status_code == http.post("/nowhere").status_code == 405


@pytest.fixture(scope="module")
def met(server, shared_server, http, contract):
    """All that was come upon after everything was played."""
    play_runs(server, http)
    play_queue(server, http)
    play_faults(server, http)
    play_files(server, http)
    play_information(server, http)
    play_user_data(server, http)
    play_users(shared_server)
    play_refusals(server, http, contract)
    assert server.complaints() + shared_server.complaints() == []
    return contract.met


def test_every_route_of_the_contract_gives_every_answer_that_it_says(met, contract):
    described = {
        ("paths", path, method, int(status))
        for (path, method), operation in contract.operations.items() for status in operation["responses"]}

    assert described - met == set()


def test_every_parameter_of_the_contract_is_one_that_was_used(met, contract):
    def named(parameter: dict) -> dict:
        return contract.http["components"]["parameters"].get(parameter.get("$ref", "").rsplit("/", 1)[-1], parameter)

    described = {
        ("paths", path, method, named(parameter)["name"])
        for (path, method), operation in contract.operations.items()
        for parameter in operation.get("parameters", []) if named(parameter)["in"] == "query"}

    assert described - met == set()


def test_every_message_of_the_contract_is_sent_by_somebody(met, contract):
    assert contract.messages.keys() - {name for kind, name, *_ in met if kind == "message"} == set()


@pytest.mark.parametrize("schema", ["PromptFault", "NodeFault"])
def test_every_fault_of_prompts_in_the_contract_is_one_that_was_found(met, contract, schema):
    described = {form["properties"]["type"]["const"] for form in contract.http["components"]["schemas"][schema]["oneOf"]}

    assert described - {name for kind, name, *_ in met if kind == "fault"} == set()
