"""comfy-sdk 0.5.0 through comfy-api-proxy 0.1.6, which puts the newer interface in front of a ComfyUI."""

import pytest
from aiohttp import web
from comfy_api_proxy.app import make_app
from comfy_sdk import AsyncComfy
from comfy_sdk.events import Progress, StatusChange
from comfy_sdk.exceptions import JobFailed

from workflows import image_to_image, png, png_size, text_to_image

# The proxy asks for the history, then for the queue, and takes a job that ended in between for lost. So jobs last some 200 ms
# here, longer than it takes to ask for the first time and shorter than until the second.
LASTING = 700


@pytest.fixture
async def client(comfyui, monkeypatch):
    runner = web.AppRunner(make_app(comfyui.url))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    monkeypatch.setenv("COMFY_BASE_URL", "http://127.0.0.1:%d" % runner.addresses[0][1])
    async with AsyncComfy() as client:
        yield client
    await runner.cleanup()


async def test_an_asset_goes_in_and_a_picture_comes_out(client, checkpoint, tmp_path):
    (tmp_path / "start.png").write_bytes(png())
    workflow = client.workflows.from_json(image_to_image("", seed=501, steps=LASTING, checkpoint=checkpoint))
    workflow.set_input("10", "image", client.assets.from_file(str(tmp_path / "start.png")))

    job = await client.run(workflow)
    (output,) = job.get_outputs("9")

    assert job.status == "succeeded"
    assert png_size(await output.to_bytes()) == (32, 16)


async def test_a_job_is_followed_event_by_event(client, checkpoint):
    job = await client.submit(client.workflows.from_json(text_to_image(seed=502, steps=400, checkpoint=checkpoint)))

    events = [event async for event in job.events()]
    await job.refresh()

    steps = [event.step for event in events if isinstance(event, Progress) and event.current_node == "3"]
    assert steps and steps == sorted(steps)
    assert [event.status for event in events if isinstance(event, StatusChange)][-1] == "succeeded"
    assert len(job.get_outputs("9")) == 1


async def test_a_job_that_runs_is_cancelled(client, checkpoint):
    job = await client.submit(client.workflows.from_json(text_to_image(seed=503, steps=10000, checkpoint=checkpoint)))
    async for event in job.events():
        # One that waits would leave no trace, with the real server too.
        if isinstance(event, Progress) or event == StatusChange("running"):
            break
    await job.cancel()

    with pytest.raises(JobFailed, match="cancel"):
        await job.result()


async def test_a_job_that_fails_says_so(client, checkpoint):
    workflow = text_to_image(seed=504, steps=LASTING, checkpoint=checkpoint)
    workflow["9"]["inputs"]["images"] = "no picture"
    job = await client.submit(client.workflows.from_json(workflow))

    with pytest.raises(JobFailed):
        await job.result()
