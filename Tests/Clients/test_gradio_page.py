"""Gradio's own web interface, that of the package 6.31.0, served by the fake and used in a headless Chromium.

Needs both; `make web-interface` installs them. Without the package there is a page of the fake's own.
"""

import sys
from pathlib import Path

import httpx
import pytest

from browser import EXECUTABLE, Browser, keep
from fake_process import ROOT, FakeProcess

PACKAGE = Path(sys.prefix) / "gradio"
needs_chromium = pytest.mark.skipif(not EXECUTABLE, reason="no Chromium here: make web-interface installs it")
needs_package = pytest.mark.skipif(
    not PACKAGE.exists(), reason="no real Gradio here: make web-interface installs it")


@pytest.fixture(scope="module")
def wan2gp():
    with FakeProcess("fake-gradio", "--port", "0", "--app", "wan2gp", "--frontend", str(PACKAGE)) as fake:
        yield fake


@pytest.fixture(scope="module")
def browser():
    with Browser() as browser:
        yield browser


@pytest.fixture
def page(browser, wan2gp):
    browser.errors.clear()
    browser.go(wan2gp.url)
    browser.until(f"!!{field('Prompt')}")
    return browser


def field(label: str) -> str:
    """The input of a component by its label."""
    return (
        f"[...document.querySelectorAll('.block')].find(b => b.querySelector('[data-testid=block-info]')?.innerText.trim()"
        f" === '{label}')?.querySelector('input:not([type=range]), textarea')")


def button(text: str) -> str:
    return f"[...document.querySelectorAll('button')].find(b => b.innerText.trim() === '{text}')"


def fill(page: Browser, label: str, text: str) -> None:
    """Types into a field, in place of what is there."""
    page.click(field(label))
    page.evaluate(f"{field(label)}.select()")
    page.call("Input.insertText", text=text)
    page.press("Tab", 9)


@needs_chromium
@needs_package
class TestPage:
    def test_a_form_is_filled_in_and_its_progress_and_video_are_seen(self, page):
        fill(page, "Prompt", "a lighthouse in the fog")
        fill(page, "Seed (-1 for random)", "9")
        fill(page, "Number of frames", "17")
        keep(page, "gradio-form")
        page.click(button("Generate"))

        page.until("/Denoising/.test(document.body.innerText) && /[1-9][0-9]?\\/30/.test(document.body.innerText)")
        keep(page, "gradio-progress")
        page.until("document.querySelector('video')?.readyState >= 1")

        video = "document.querySelector('video')"
        assert page.evaluate(f"[{video}.videoWidth, {video}.videoHeight]") == [832, 480]
        assert page.evaluate(f"{field('Status')}.value") == "Done: 832x480, 17 frames, seed 9"
        keep(page, "gradio-video")
        assert page.errors == []

    def test_an_error_of_the_app_is_shown(self, page):
        page.click(button("Generate"))

        page.until("/Prompt cannot be empty/.test(document.querySelector('.toast-wrap')?.innerText ?? '')")
        page.until("Number(getComputedStyle(document.querySelector('.toast-body')).opacity) > 0.99")
        keep(page, "gradio-error")
        assert page.errors == []

    def test_an_unqueued_answer_and_a_running_job_that_is_stopped(self, page):
        page.click(button("Models"))
        page.until("/t2v-14B/.test(document.body.innerText)")

        fill(page, "Prompt", "a mill")
        page.click(button("Generate"))
        page.until("/Denoising/.test(document.body.innerText)")
        page.click(button("Abort"))
        page.until("!/Denoising/.test(document.body.innerText)")

        assert page.evaluate("document.querySelector('video')") is None
        assert page.errors == []

    def test_behind_a_login_the_page_asks_for_it(self, browser):
        app = ROOT / "Tests" / "Recordings" / "gradio" / "locked.yaml"
        with FakeProcess("fake-gradio", "--port", "0", "--app", str(app), "--frontend", str(PACKAGE)) as fake:
            browser.errors.clear()
            browser.go(fake.url)
            for kind, text in (("textbox", "alice"), ("password", "wonder")):
                browser.click(f"document.querySelector('[data-testid={kind}]')")
                browser.call("Input.insertText", text=text)
            keep(browser, "gradio-login")
            browser.click(button("Login"))
            browser.until(f"!!{field('Text')}")
            assert browser.errors == []

    def test_files_of_the_interface_are_served_as_the_page_needs_them(self, wan2gp):
        with httpx.Client(base_url=wan2gp.url) as http:
            html = http.get("/").text
            script = html.partition('<script type="module" crossorigin src=".')[2].partition('"')[0]
            types = {path: http.get(path).headers["content-type"] for path in (script, "/theme.css")}
            outside = [http.get(path).status_code for path in ("/assets/../index.html", "/assets/%2e%2e/index.html", "/assets/no.js")]

        assert list(types.values()) == ["text/javascript; charset=utf-8", "text/css; charset=utf-8"]
        assert outside == [404, 404, 404]
        assert "{{" not in html and "</script><script>window.gradio_api_info = {" in html


def test_a_folder_without_the_interface_is_told(tmp_path):
    with pytest.raises(AssertionError, match="no web interface of Gradio in"):
        FakeProcess("fake-gradio", "--port", "0", "--frontend", str(tmp_path))


@needs_chromium
def test_without_the_package_a_plain_page_says_what_can_be_called(browser):
    with FakeProcess("fake-gradio", "--port", "0", "--app", "wan2gp") as fake:
        browser.errors.clear()
        for scheme in ("light", "dark"):
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.go(fake.url)
            browser.until("document.querySelectorAll('section').length === 2 && document.readyState === 'complete'")
            keep(browser, f"gradio-plain-{scheme}")

        assert "/generate_video" in browser.text() and "Number of Inference Steps" in browser.text()
        assert browser.evaluate("window.gradio_config.title") == "Wan2GP"
        assert browser.errors == []
    browser.call("Emulation.setEmulatedMedia", features=[])
