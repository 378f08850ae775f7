"""A headless Chromium, driven over its own DevTools protocol: no driver between the test and the page."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import httpx
import websockets.sync.client

from fake_process import ROOT

EXECUTABLE = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    """One page in a browser with a profile of its own, which sees nothing but the loopback.

    `with Browser() as page:` opens it, `page.go(url)` shows something, `page.until("js")` waits until an expression is true.
    """

    def __init__(self, width=1440, height=900):
        self.profile = tempfile.TemporaryDirectory(prefix="understudy-browser-", ignore_cleanup_errors=True)
        self.size = (width, height)
        self.errors: list[str] = []

    def __enter__(self) -> "Browser":
        self.process = subprocess.Popen(
            [
                EXECUTABLE, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--mute-audio",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--remote-debugging-port=0",
                f"--user-data-dir={self.profile.name}", "--window-size=%d,%d" % self.size, "about:blank",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port_file = Path(self.profile.name) / "DevToolsActivePort"
        deadline = time.monotonic() + 30
        while not port_file.exists() or not port_file.read_text().count("\n"):
            assert self.process.poll() is None and time.monotonic() < deadline, "the browser did not start"
            time.sleep(0.05)
        address = f"http://127.0.0.1:{port_file.read_text().split()[0]}"
        (page,) = (tab for tab in httpx.get(f"{address}/json").json() if tab["type"] == "page")
        self.socket = websockets.sync.client.connect(page["webSocketDebuggerUrl"], max_size=None)
        self.number = 0
        self.call("Page.enable")
        self.call("Runtime.enable")
        return self

    def __exit__(self, *_) -> None:
        self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.profile.cleanup()

    def call(self, method: str, **parameters) -> dict:
        """Sends a command and waits for its result; exceptions that nobody in the page caught are kept on the way."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv(60))
            if message.get("method") == "Runtime.exceptionThrown":
                details = message["params"]["exceptionDetails"]
                self.errors.append(details.get("exception", {}).get("description") or details["text"])
            if message.get("id") == self.number:
                assert "error" not in message, message["error"]
                return message["result"]

    def go(self, url: str) -> None:
        self.call("Page.navigate", url=url)

    def evaluate(self, script: str):
        """The value of an expression, awaited if it is a promise."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def until(self, script: str, seconds=30.0):
        """Waits until an expression is true; a page that is just being loaded counts as not yet."""
        deadline = time.monotonic() + seconds
        while True:
            result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
            if value := result["result"].get("value"):
                return value
            assert time.monotonic() < deadline, f"never came true: {script}\n{self.text()}"
            time.sleep(0.05)

    def text(self) -> str:
        """What there is to read on the page."""
        return self.evaluate("document.body.innerText")

    def press(self, key: str, code: int, modifiers: int = 0) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, modifiers=modifiers)

    def click(self, script: str) -> None:
        """Clicks with the mouse on the middle of the element that an expression gives."""
        place = self.until(
            f"(() => {{ const e = {script}; if (!e) return null; e.scrollIntoViewIfNeeded?.(); const r = e.getBoundingClientRect();"
            " return r.width ? [r.x + r.width / 2, r.y + r.height / 2] : null })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))


def keep(page: Browser, name: str) -> None:
    """Leaves a screenshot where somebody wants to look at it."""
    if folder := os.environ.get("UNDERSTUDY_SCREENSHOTS"):
        (ROOT / folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(ROOT / folder / f"{name}.png")
