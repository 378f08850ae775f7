"""ComfyUI's own web interface, comfyui-frontend-package 1.58.1, served by the suite and used in a headless Chromium.

Needs both; `make web-interface` installs them. What goes over the line is held against the contract. The test knows the
words of 1.45.20 as well, the version that ComfyUI 0.27.1 asks for.
"""

import importlib.util
import json
from pathlib import Path

import httpx
import pytest

from browser import EXECUTABLE, Browser, keep
from contract import Contract
from fake_process import FakeProcess
from held import HeldServer
from tap import Tap
from workflows import text_to_image

PACKAGE = importlib.util.find_spec("comfyui_frontend_package")
pytestmark = [
    pytest.mark.skipif(not EXECUTABLE, reason="no Chromium here: make web-interface installs it"),
    pytest.mark.skipif(not PACKAGE, reason="no comfyui-frontend-package here: make web-interface installs it"),
]

RUN = "document.querySelector('[data-testid=queue-button]')"
FIT = "document.querySelector('[aria-label^=\"Fit View\"]')"
DETAILS = "[...document.querySelectorAll('button')].find(b => /^(View details|See Errors)$/.test(b.innerText.trim()))"
PICTURE = "(window.app.graph.getNodeById(9).imgs ?? [])[0]"


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    state = tmp_path_factory.mktemp("web-interface") / "state"
    with FakeProcess(
        "understudy", "up", "--only", "comfyui", "--ports", "random", "--state", str(state),
        "--comfyui-frontend", str(Path(PACKAGE.origin).parent),
    ) as suite:
        yield suite


@pytest.fixture(scope="module")
def server(suite):
    with Tap(suite.url) as tap:
        # Without this a page that is opened for the first time offers templates.
        httpx.post(f"{suite.url}/settings/Comfy.TutorialCompleted", json=True)
        yield HeldServer(tap, Contract())


@pytest.fixture(scope="module")
def page(server):
    with Browser() as page:
        page.go(server.url)
        page.until("window.app?.vueAppReady === true", 60)
        yield page


@pytest.fixture
def show(page, server, suite):
    """Shows a workflow that was not shown before, in a suite that behaves."""
    httpx.post(f"{suite.ready['control']}/reset").raise_for_status()
    page.until("window.app.api.socket.readyState === WebSocket.OPEN")

    def show(**options) -> None:
        checkpoint = httpx.get(f"{suite.url}/models/checkpoints").json()[0]
        workflow = text_to_image(width=512, height=384, checkpoint=checkpoint, **options)
        page.evaluate(f"window.app.loadApiJson({json.dumps(workflow)}, 'lighthouse')")
        page.click(FIT)

    return show


def test_a_workflow_is_run_and_its_progress_and_picture_are_seen(page, show):
    show(steps=2000)
    page.click(RUN)

    page.until("/Current node:\\s*Sampler\\s*[1-9]\\d?%/.test(document.body.innerText)")
    keep(page, "progress")
    # That a job is completed is told for some seconds only, which a busy machine may miss; this stays.
    page.until(f"{PICTURE}?.complete")
    page.until("document.body.innerText.includes('0 active')")

    assert page.evaluate(f"[{PICTURE}.naturalWidth, {PICTURE}.naturalHeight]") == [512, 384]
    keep(page, "picture")
    assert page.errors == []


def test_a_node_that_fails_is_shown_with_its_error(page, show, suite):
    show(steps=4)
    rule = "comfyui POST /api/prompt: error out_of_memory, first 1"
    httpx.post(f"{suite.ready['control']}/rules", content=rule, headers={"Content-Type": "text/plain"}).raise_for_status()
    page.click(RUN)

    page.until("/Not enough GPU memory|ran out of memory on your GPU/.test(document.body.innerText)")
    keep(page, "error")
    page.click(DETAILS)
    page.until("document.body.innerText.includes('Exception Type:** torch.OutOfMemoryError')")
    keep(page, "error-details")
    assert page.errors == []


def test_a_server_that_goes_away_and_comes_back_is_found_again(page, show, suite):
    show(steps=4)
    scenario = {"version": 1, "scenario": "away", "rules": [
        {"on": "comfyui", "when": {"at": "0s"}, "refuse": "3s", "state": "kept"}]}
    httpx.put(f"{suite.ready['control']}/scenario", json=scenario).raise_for_status()

    page.until("document.body.innerText.includes('Reconnecting')")
    keep(page, "reconnecting")
    page.until("document.body.innerText.includes('Reconnected')")
    page.click(RUN)
    page.until(f"{PICTURE}?.complete")
    keep(page, "reconnected")
    assert page.errors == []
