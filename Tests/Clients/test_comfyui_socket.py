"""ComfyUI's WebSocket as a script sees it with `websockets` 17 and `httpx`."""

import asyncio
import json
import struct
import uuid

import httpx
import pytest
import websockets

from workflows import text_to_image


def connect(fake, client: str = "", **options):
    query = f"?clientId={client}" if client else ""
    return websockets.connect(fake.url.replace("http", "ws") + "/ws" + query, max_size=None, **options)


async def messages(socket, until) -> list:
    """All messages up to the one for which `until` holds; binary ones as bytes."""
    seen = []
    while not seen or not until(seen[-1]):
        frame = await socket.recv()
        seen.append(json.loads(frame) if isinstance(frame, str) else frame)
    return seen


def is_end(prompt_id: str):
    return lambda message: (
        not isinstance(message, bytes)
        and message["type"] == "executing"
        and message["data"] == {"node": None, "prompt_id": prompt_id}
    )


async def post(fake, workflow: dict, client: str, **more) -> str:
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{fake.url}/prompt", json={"prompt": workflow, "client_id": client, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["prompt_id"]


async def test_the_greeting_names_the_client_and_the_queue(comfyui):
    async with connect(comfyui, "greeted") as socket:
        greeting = json.loads(await socket.recv())

    assert greeting["type"] == "status"
    assert greeting["data"]["sid"] == "greeted"
    assert isinstance(greeting["data"]["status"]["exec_info"]["queue_remaining"], int)


async def test_a_client_without_a_name_is_given_one(comfyui):
    async with connect(comfyui) as socket:
        greeting = json.loads(await socket.recv())

    assert len(greeting["data"]["sid"]) == 32
    int(greeting["data"]["sid"], 16)


async def test_a_run_is_told_in_the_documented_order(comfyui, checkpoint):
    client = uuid.uuid4().hex
    async with connect(comfyui, client) as socket:
        await socket.recv()
        prompt_id = await post(comfyui, text_to_image(seed=1001, steps=3, checkpoint=checkpoint), client)
        seen = await messages(socket, is_end(prompt_id))

    kinds = [message["type"] for message in seen]
    ours = [kind for kind in kinds if kind != "status"]
    assert ours[:2] == ["execution_start", "execution_cached"]
    assert ours[-2:] == ["execution_success", "executing"]
    assert kinds[-2] == "status"
    executed = [message["data"]["node"] for message in seen if message["type"] == "executing"]
    assert set(executed) == {"3", "4", "5", "6", "7", "8", "9", None}
    assert executed.index("4") < executed.index("3") < executed.index("8") < executed.index("9")
    steps = [message["data"] for message in seen if message["type"] == "progress"]
    assert [(step["value"], step["max"], step["node"]) for step in steps][-1] == (3, 3, "3")
    (output,) = (message["data"]["output"] for message in seen if message["type"] == "executed")
    assert output["images"][0]["type"] == "output"


async def test_what_was_done_before_is_not_done_again(comfyui, checkpoint):
    client = uuid.uuid4().hex
    workflow = text_to_image(seed=1002, checkpoint=checkpoint)
    async with connect(comfyui, client) as socket:
        first = await post(comfyui, workflow, client)
        await messages(socket, is_end(first))
        second = await post(comfyui, workflow, client)
        seen = await messages(socket, is_end(second))

    (cached,) = (message["data"]["nodes"] for message in seen if message["type"] == "execution_cached")
    assert set(cached) == set(workflow)
    assert not [message for message in seen if message["type"] == "progress"]


async def test_previews_come_with_their_description_to_who_asked_for_it(comfyui, checkpoint):
    client = uuid.uuid4().hex
    async with connect(comfyui, client) as socket:
        await socket.send(json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}}))
        workflow = text_to_image(seed=1003, checkpoint=checkpoint)
        prompt_id = await post(comfyui, workflow, client, extra_data={"preview_method": "latent2rgb"})
        seen = await messages(socket, is_end(prompt_id))

    (flags,) = (m["data"] for m in seen if not isinstance(m, bytes) and m["type"] == "feature_flags")
    assert flags["supports_preview_metadata"] is True
    frames = [message for message in seen if isinstance(message, bytes)]
    assert frames
    for frame in frames:
        kind, length = struct.unpack(">II", frame[:8])
        assert kind == 4
        description = json.loads(frame[8 : 8 + length])
        assert (description["node_id"], description["prompt_id"]) == ("3", prompt_id)
        assert description["image_type"] == "image/jpeg"
        assert frame[8 + length :][:3] == b"\xff\xd8\xff"


async def test_previews_come_bare_to_who_did_not(comfyui, checkpoint):
    client = uuid.uuid4().hex
    async with connect(comfyui, client) as socket:
        workflow = text_to_image(seed=1004, checkpoint=checkpoint)
        prompt_id = await post(comfyui, workflow, client, extra_data={"preview_method": "latent2rgb"})
        seen = await messages(socket, is_end(prompt_id))

    frames = [message for message in seen if isinstance(message, bytes)]
    assert frames
    for frame in frames:
        assert struct.unpack(">II", frame[:8]) == (1, 1)
        assert frame[8:11] == b"\xff\xd8\xff"


async def test_an_interrupt_ends_the_run(comfyui, checkpoint):
    client = uuid.uuid4().hex
    async with connect(comfyui, client) as socket, httpx.AsyncClient() as http:
        prompt_id = await post(comfyui, text_to_image(seed=1005, steps=5000, checkpoint=checkpoint), client)
        await messages(socket, lambda message: message["type"] == "progress")
        assert (await http.post(f"{comfyui.url}/interrupt")).status_code == 200
        seen = await messages(socket, is_end(prompt_id))
        history = (await http.get(f"{comfyui.url}/history/{prompt_id}")).json()

    (interrupted,) = (message["data"] for message in seen if message["type"] == "execution_interrupted")
    assert (interrupted["prompt_id"], interrupted["node_id"]) == (prompt_id, "3")
    status = history[prompt_id]["status"]
    assert (status["status_str"], status["completed"]) == ("error", False)


async def test_the_storys_question_is_answered_to_the_asker_alone(comfyui):
    async with connect(comfyui, "asker") as asker, connect(comfyui, "other") as other:
        await asker.recv()
        await other.recv()
        await asker.send(json.dumps({"type": "system_stats"}))
        stats = json.loads(await asker.recv())
        await other.ping()
        with pytest.raises(TimeoutError):
            # Nothing may come: there is no event to wait for.
            async with asyncio.timeout(0.05):
                await other.recv()

    assert stats["type"] == "stats"
    assert isinstance(stats["version"], str)
    assert isinstance(stats["vram_free"], int)
    assert stats["models"] and all(isinstance(model, str) for model in stats["models"])


async def test_the_storys_workflow_is_started(comfyui, checkpoint):
    async with connect(comfyui, uuid.uuid4().hex) as socket:
        await socket.recv()
        await socket.send(json.dumps({"type": "execute", "workflow": text_to_image(checkpoint=checkpoint)}))
        seen = await messages(socket, lambda message: "job_id" in message)

    assert seen[-1]["type"] == "execution_start"
    uuid.UUID(seen[-1]["job_id"])


async def test_frames_are_compressed_and_pings_answered(comfyui):
    async with connect(comfyui, "squeezed") as socket:
        assert socket.response.headers["Sec-WebSocket-Extensions"].startswith("permessage-deflate")
        await (await socket.ping())
        assert json.loads(await socket.recv())["data"]["sid"] == "squeezed"
    assert socket.close_code == 1000


async def test_frames_are_plain_for_who_does_not_offer_compression(comfyui):
    async with connect(comfyui, "plain", compression=None) as socket:
        assert "Sec-WebSocket-Extensions" not in socket.response.headers
        assert json.loads(await socket.recv())["data"]["sid"] == "plain"


async def test_a_second_socket_takes_the_first_ones_place(comfyui, checkpoint):
    client = uuid.uuid4().hex
    async with connect(comfyui, client) as first, connect(comfyui, client) as second:
        await first.recv()
        prompt_id = await post(comfyui, text_to_image(seed=1006, steps=1, checkpoint=checkpoint), client)
        await messages(second, is_end(prompt_id))
        # What a run before this one still had to say may have come while the first was the only one.
        heard = []
        with pytest.raises(TimeoutError):
            # Nothing more may come: there is no event to wait for.
            async with asyncio.timeout(0.05):
                while True:
                    heard.append(await first.recv())
    assert not [message for message in heard if isinstance(message, bytes) or prompt_id in message]


async def test_a_plain_get_of_the_socket_is_refused(comfyui):
    async with httpx.AsyncClient() as http:
        answer = await http.get(f"{comfyui.url}/ws")

    assert answer.status_code == 400
    assert answer.text == 'No WebSocket UPGRADE hdr: None\n Can "Upgrade" only to "WebSocket".'
