"""Libraries that drive a ComfyUI, each at its main job: comfy-toolkit 0.1.0, comfyui-utils 0.0.1, comfyapi 2.0.1, comfykit 0.1.12."""

import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from comfy_toolkit import ComfyClient, ComfyExecutionError, ComfySubmitError, customize
from comfyapi import ComfyAPIManager
from comfykit import ComfyKit
from comfyui_utils.comfy import Callbacks, ComfyAPI

from workflows import png_size, png_texts, text_to_image


def failing(checkpoint: str, seed: int) -> dict:
    """Text where a picture belongs: no validation finds that, the node does."""
    workflow = text_to_image(seed=seed, checkpoint=checkpoint)
    workflow["9"]["inputs"]["images"] = "no picture"
    return workflow


def prompt_of(picture: bytes) -> dict:
    """The prompt that a picture was made with."""
    return json.loads(png_texts(picture)["prompt"])


class TestComfyToolkit:
    """Asks the history again and again once the socket says that the run is over: the real one may be late."""

    def test_a_changed_workflow_is_followed_to_its_picture(self, comfyui, checkpoint):
        client, steps, nodes = ComfyClient(comfyui.url), [], []
        workflow = customize(text_to_image(checkpoint=checkpoint), positive="a toolkit", seed=301)

        result = client.submit_and_track(
            workflow, on_progress=lambda step, total: steps.append((step, total)), on_node=nodes.append)
        picture = client.download(result["images"][0])

        assert result["status"] == "completed"
        assert png_size(picture) == (128, 64)
        assert prompt_of(picture)["6"]["inputs"]["text"] == "a toolkit"
        assert steps[-1] == (4, 4)
        # The loader and what else was asked for before may be kept from another run.
        assert {"3", "6", "8", "9"} <= set(nodes)
        assert client.vram_stats()["vram_total"] > 0

    def test_a_run_that_fails_raises(self, comfyui, checkpoint):
        with pytest.raises(ComfyExecutionError):
            ComfyClient(comfyui.url).submit_and_track(failing(checkpoint, 302))

    def test_a_prompt_that_is_refused_raises(self, comfyui):
        with pytest.raises(ComfySubmitError, match="400"):
            ComfyClient(comfyui.url).submit(text_to_image(checkpoint="no-such-model.safetensors"))


class TestComfyUIUtils:
    """Opens its socket after the POST and looks itself up in the queue at each status."""

    class Listener(Callbacks):
        def __init__(self):
            self.positions, self.progress, self.outputs = [], [], None

        async def queue_position(self, position):
            self.positions.append(position)

        async def in_progress(self, node_id, progress, total):
            self.progress.append((node_id, progress, total))

        async def completed(self, outputs, cached):
            self.outputs = outputs

    async def test_a_prompt_is_listened_to_until_it_shows_something(self, comfyui, checkpoint):
        api, heard, files = ComfyAPI(comfyui.url.removeprefix("http://")), self.Listener(), []
        await api.submit(text_to_image(seed=311, steps=60, checkpoint=checkpoint), heard)

        async def keep(file):
            files.append(file.read())

        await api.fetch(heard.outputs["images"][0], keep)

        assert heard.positions[0] == 0
        assert (3, 60, 60) in heard.progress
        assert png_size(files[0]) == (128, 64)

    async def test_all_that_is_wrong_with_a_prompt_is_told(self, comfyui):
        api = ComfyAPI(comfyui.url.removeprefix("http://"))

        with pytest.raises(ValueError, match="Node 4, ckpt_name: 'none' not in .*: Value not in list"):
            await api.submit(text_to_image(checkpoint="none"), self.Listener())


class TestComfyAPI:
    """Knows nothing of sockets and asks for the history until there is one."""

    def test_workflows_are_edited_and_sent_several_times(self, comfyui, checkpoint, tmp_path):
        (tmp_path / "workflow.json").write_text(json.dumps(text_to_image(checkpoint=checkpoint)))
        manager = ComfyAPIManager()
        manager.set_base_url(comfyui.url)
        manager.load_workflow(str(tmp_path / "workflow.json"))
        manager.edit_workflow(["6", "inputs", "text"], "an edit")

        seeds = [321, 322, 323]
        for prompt_id, seed in zip(manager.batch_submit(seeds=seeds), seeds, strict=True):
            filename, url = manager.wait_for_finish(prompt_id, poll_interval=0.02)
            manager.download_output(url, save_path=str(tmp_path), filename=filename)
            prompt = prompt_of((tmp_path / filename).read_bytes())
            assert (prompt["6"]["inputs"]["text"], prompt["3"]["inputs"]["seed"]) == ("an edit", seed)

        assert {job["status"] for job in manager.queue} == {"finished"}


@pytest.mark.parametrize("kind", ["http", "websocket"])
class TestComfyKit:
    """By polling the history, or over the socket."""

    async def test_a_workflow_file_becomes_pictures(self, comfyui, checkpoint, tmp_path, kind):
        file = tmp_path / "workflow.json"
        file.write_text(json.dumps(text_to_image("a kit", seed=331 + len(kind), checkpoint=checkpoint)))

        result = await ComfyKit(comfyui_url=comfyui.url, executor_type=kind).execute(str(file))

        assert result.status == "completed", result.msg
        (url,) = result.images_by_var["9"]
        assert parse_qs(urlsplit(url).query)["type"] == ["output"]
        assert prompt_of(httpx.get(url).content)["6"]["inputs"]["text"] == "a kit"

    async def test_a_run_that_fails_is_told_so(self, comfyui, checkpoint, tmp_path, kind):
        file = tmp_path / "workflow.json"
        file.write_text(json.dumps(failing(checkpoint, 341 + len(kind))))

        result = await ComfyKit(comfyui_url=comfyui.url, executor_type=kind).execute(str(file))

        assert result.status == "error"
        assert result.msg
