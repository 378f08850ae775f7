"""comfy-api-simplified 1.6.0 against the fake ComfyUI.

It opens its socket after the POST and takes the greeting's empty queue for the end of its run.
"""

import json
import threading
import time

import pytest
from comfy_api_simplified import ComfyApiError, ComfyApiWrapper, ComfyWorkflowWrapper

from workflows import image_to_image, png, png_size, png_texts, text_to_image, upscale


@pytest.fixture
def api(comfyui):
    return ComfyApiWrapper(comfyui.url)


def test_text_becomes_a_picture_with_its_workflow_inside(api, checkpoint):
    workflow = ComfyWorkflowWrapper(text_to_image(checkpoint=checkpoint))
    workflow.set_node_param("Positive", "text", "a red boat")
    workflow.set_node_param("Sampler", "seed", 18446744073709551615)

    pictures = api.queue_and_wait_images(workflow, "Save Image")

    ((name, picture),) = pictures.items()
    assert name.startswith("understudy_") and name.endswith("_.png")
    assert png_size(picture) == (128, 64)
    prompt = json.loads(png_texts(picture)["prompt"])
    assert prompt["6"]["inputs"]["text"] == "a red boat"
    assert prompt["3"]["inputs"]["seed"] == 18446744073709551615


def test_another_prompt_is_another_picture_and_the_same_one_is_the_same(api, checkpoint):
    def picture(prompt: str, seed: int) -> bytes:
        workflow = ComfyWorkflowWrapper(text_to_image(prompt, seed, checkpoint=checkpoint))
        return pixels(next(iter(api.queue_and_wait_images(workflow, "Save Image").values())))

    def pixels(file: bytes) -> bytes:
        return file[file.index(b"IDAT") :]

    first = picture("an owl", 1)

    assert picture("an owl", 2) != first
    assert picture("a mill", 1) != first
    assert picture("an owl", 1) == first


def test_an_uploaded_picture_is_worked_on(api, checkpoint, tmp_path):
    file = tmp_path / "start.png"
    file.write_bytes(png())

    uploaded = api.upload_image(str(file), subfolder="")
    image = "/".join(part for part in (uploaded["subfolder"], uploaded["name"]) if part)
    pictures = api.queue_and_wait_images(
        ComfyWorkflowWrapper(image_to_image(image, checkpoint=checkpoint)), "Save Image"
    )

    assert png_size(next(iter(pictures.values()))) == (32, 16)


def test_an_uploaded_picture_is_made_larger(api, tmp_path):
    file = tmp_path / "small.png"
    file.write_bytes(png(colour=(10, 200, 30)))

    uploaded = api.upload_image(str(file), subfolder="")
    pictures = api.queue_and_wait_images(ComfyWorkflowWrapper(upscale(uploaded["name"])), "Save Image")

    assert [png_size(picture) for picture in pictures.values()] == [(256, 128)]
    assert api.get_image(uploaded["name"], "", "input") == file.read_bytes()


def test_a_checkpoint_that_is_not_there_is_refused(api):
    with pytest.raises(ComfyApiError, match="400"):
        api.queue_prompt(text_to_image(checkpoint="no-such-model.safetensors"))


def test_the_queue_tells_who_is_before_whom(api, checkpoint):
    long, short = (text_to_image(seed=seed, steps=5000, checkpoint=checkpoint) for seed in (101, 102))
    first = api.queue_prompt(long, "queue-a")["prompt_id"]
    second = api.queue_prompt(short, "queue-b")["prompt_id"]

    assert api.get_queue_size_before(second) >= 1
    wait_until(lambda: [item[1] for item in api.get_queue()["queue_running"]] == [first])
    assert api.get_queue_size_before(first) == 0
    assert api.get_queue_size_before(second) == 1

    api.interrupt()
    wait_until(lambda: api.get_history(first))
    assert api.get_history(first)[first]["status"]["status_str"] == "error"
    wait_until(lambda: [item[1] for item in api.get_queue()["queue_running"]] == [second])
    api.interrupt()
    wait_until(lambda: api.get_history(second))


def test_prompts_from_many_threads_all_come_back(api, checkpoint):
    ends = {}

    def run(seed: int) -> None:
        workflow = text_to_image(seed=seed, steps=1, checkpoint=checkpoint)
        ends[seed] = api.queue_prompt(workflow, f"thread-{seed}")["prompt_id"]

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(200, 208)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for prompt_id in ends.values():
        wait_until(lambda: api.get_history(prompt_id))
        assert api.get_history(prompt_id)[prompt_id]["status"]["completed"] is True


def test_the_server_describes_itself(api):
    stats = api.get_system_stats()

    assert stats["system"]["comfyui_version"]
    assert {"name", "type", "index", "vram_total", "vram_free"} <= stats["devices"][0].keys()
    assert isinstance(api.get_embeddings(), list)
    assert {"KSampler", "SaveImage", "LoadImage"} <= api.get_object_info().keys()
    assert api.get_object_info("NoSuchNode") == {}


def wait_until(holds, seconds=5.0):
    """Asks again and again: these answers come by no other way."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.01)
