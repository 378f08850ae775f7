"""A built fake as a process of its own: started on free ports, ended by SIGTERM, and asked how it ended."""

import json
import os
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("UNDERSTUDY_BIN") or ROOT / ".build" / "debug")

# What a process says of the signal that it obeyed: 128 + SIGTERM.
ENDED_BY_SIGTERM = 143


class Server:
    """Something that serves at a URL: a fake, or the real thing where the environment names one."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")

    @property
    def address(self) -> tuple[str, int]:
        host, port = self.url.removeprefix("http://").rsplit(":", 1)
        return host, int(port)


class FakeProcess(Server):
    """One executable of the suite in the foreground.

    `FakeProcess("fake-litellm", "--port", "0")` returns when its ready line has come.
    """

    def __init__(self, executable: str, *arguments: str):
        self.words = [str(FOLDER / executable), *arguments]
        self.log = tempfile.TemporaryFile()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("UNDERSTUDY_")}
        started = time.monotonic()
        self.process = subprocess.Popen(
            self.words, stdout=subprocess.PIPE, stderr=self.log, env=environment, cwd=tempfile.gettempdir()
        )
        self.ready = self._ready_line()
        self.seconds_to_ready = time.monotonic() - started
        super().__init__(self.ready["fakes"][0]["url"])
        self.pid = self.process.pid

    @property
    def errors(self) -> str:
        """What it has written to standard error so far."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def stop(self) -> None:
        """Ends it as a service manager does, and fails if it does not end well and soon."""
        alive = self.process.poll() is None
        if alive:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self} did not end within 5 s of SIGTERM:\n{self.errors}") from None
        finally:
            self.process.stdout.close()
        assert alive, f"{self} had ended before it was asked to, with status {status}:\n{self.errors}"
        assert status == ENDED_BY_SIGTERM, f"{self} ended with status {status}:\n{self.errors}"

    def _ready_line(self) -> dict:
        readable, _, _ = select.select([self.process.stdout], [], [], 10)
        line = self.process.stdout.readline() if readable else b""
        try:
            return json.loads(line)
        except ValueError:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self} said {line!r} in place of a ready line:\n{self.errors}") from None

    def __str__(self) -> str:
        return " ".join(self.words)

    def __enter__(self) -> "FakeProcess":
        return self

    def __exit__(self, *_) -> None:
        self.stop()
