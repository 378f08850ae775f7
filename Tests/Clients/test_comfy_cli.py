"""comfy-cli 1.23.0: `comfy run` checks a workflow against /object_info, opens its socket, posts and waits."""

import json
import subprocess
import sys

import httpx
import pytest

from workflows import node, png_size, text_to_image, upscale


@pytest.fixture
def comfy_run(comfyui, tmp_path):
    """Runs a workflow and gives the status and what was printed, line by line: events, and an envelope at the end."""

    def run(workflow: dict) -> tuple[int, list[dict]]:
        (tmp_path / "workflow.json").write_text(json.dumps(workflow))
        host, port = comfyui.address
        done = subprocess.run(
            [
                sys.executable, "-m", "comfy_cli", "--skip-prompt", "--no-enable-telemetry", "run", "--wait", "--json",
                "--workflow", "workflow.json", "--host", host, "--port", str(port), "--timeout", "20",
            ],
            capture_output=True, text=True, timeout=40, cwd=tmp_path,
            # A home of its own: it keeps settings and jobs there.
            env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "COMFY_NO_UPDATE_CHECK": "1",
                 "COMFY_CLI_NO_REMOTE_REFRESH": "1", "COMFY_NO_TELEMETRY": "1", "NO_PROXY": "127.0.0.1"})
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    return run


def test_a_workflow_is_run_and_its_pictures_are_named(comfy_run, checkpoint):
    status, lines = comfy_run(text_to_image(seed=401, steps=3, checkpoint=checkpoint))

    assert status == 0, lines
    assert lines[-1]["ok"] is True
    assert lines[-1]["data"]["status"] == "completed"
    assert {"3", "8", "9"} <= set(lines[-1]["data"]["executed_node_ids"])
    (url,) = lines[-1]["data"]["outputs_by_node"]["9"]
    assert png_size(httpx.get(url).content) == (128, 64)
    assert {"queued", "executed", "output"} <= {line["type"] for line in lines}


def test_a_node_that_fails_is_named(comfy_run, comfyui):
    files = {"image": ("no-picture.png", b"no picture")}
    assert httpx.post(f"{comfyui.url}/upload/image", files=files).status_code == 200

    status, lines = comfy_run(upscale("no-picture.png"))

    assert status != 0
    assert lines[-1]["ok"] is False
    assert "LoadImage" in json.dumps(lines[-1]["error"])


def test_a_class_that_the_server_does_not_know_is_not_even_sent(comfy_run):
    status, lines = comfy_run({"1": node("NoSuchNode", "Nowhere")})

    assert status != 0
    assert "NoSuchNode" in json.dumps(lines[-1]["error"])
