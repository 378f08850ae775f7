"""Other stand-ins for an LLM's server, from PyPI, in the same run: how many chats do they answer in a second?"""

import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import monotonic, sleep

from . import load, measured, programs
from .rounds import interleaved
from .servers import Server, free_port
from .table import Row, rate

PACKAGES = {"fakellm": "0.3.5", "mockllm": "0.0.8", "llmock": "0.2.2"}
VENV = programs.OUTPUT / "rivals"
PATH = "/v1/chat/completions"
PATIENCE = 30
# mockllm counts by tiktoken, which asks the network for the words of OpenAI's models, again for each answer where there is
# none. Of a model that it does not know words are counted.
CHAT = measured.CHAT.replace(b'"gpt-4o"', b'"llama3"')

FLAGS = {
    "fakellm": ["serve", "--host", "127.0.0.1", "--port"],
    "mockllm": ["start", "--responses", "responses.yml", "--host", "127.0.0.1", "--port"],
    "llmock": ["serve", "--host", "127.0.0.1", "--port"],
}
FILES = {
    "fakellm.yaml": "version: 1\ndefaults: { fallback: deterministic_echo }\nrules: []\n",
    "responses.yml": "responses: { hello: hi }\ndefaults: { unknown_response: I do not know. }\n"
                     "settings: { lag_enabled: false }\n",
}


class Rival(Server):
    """One of them, in a folder of its own, on the servers' core."""

    def __init__(self, name: str):
        self.folder = tempfile.TemporaryDirectory(prefix="understudy-bench-")
        for file, text in FILES.items():
            Path(self.folder.name, file).write_text(text)
        self.port = free_port()
        # They log each answer; nobody reads that, and a pipe that is full would hold them.
        quiet = ["sh", "-c", 'exec "$0" "$@" >/dev/null', str(VENV / "bin" / name)]
        super().__init__([*quiet, *FLAGS[name], str(self.port)], folder=self.folder.name)
        try:
            self._wait()
        except RuntimeError:
            self.stop()
            raise

    def _wait(self):
        end = monotonic() + PATIENCE
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{PATH}", CHAT,
            {"Content-Type": "application/json", "Authorization": "Bearer sk-bench"})
        while monotonic() < end:
            try:
                with urllib.request.urlopen(asked, timeout=5) as answer:
                    answer.read()
                return
            except OSError:
                sleep(0.1)
        raise RuntimeError("it did not answer")

    def stop(self):
        super().stop()
        self.folder.cleanup()


def installed():
    """They are installed once, into a folder of their own."""
    wanted = [f"{name}=={version}" for name, version in PACKAGES.items()]
    stamp = VENV / "installed"
    if stamp.exists() and stamp.read_text() == " ".join(wanted):
        return
    for command in ([sys.executable, "-m", "venv", str(VENV)], [str(VENV / "bin" / "pip"), "install", "-q", *wanted]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise RuntimeError((done.stderr.strip().splitlines() or ["not to be installed"])[-1])
    stamp.write_text(" ".join(wanted))


def chats(port: int, seconds: float, rounds: int):
    """Ours and theirs, the same request, each on one core."""
    installed()
    with ExitStack() as stack:
        ports = {"ours": port}
        for name in PACKAGES:
            try:
                ports[name] = stack.enter_context(Rival(name)).port
            except (RuntimeError, OSError) as error:
                yield Row(f"chats of {name}", f"does not run: {error}")
        results = interleaved(
            {name: (lambda port=port: load.answers(port, PATH, seconds, CHAT)) for name, port in ports.items()}, rounds)
    ours = median(results.pop("ours"))
    for name, rates in results.items():
        yield Row(
            f"litellm POST {PATH}", rate(ours), f"{name} {PACKAGES[name]} {rate(median(rates))}",
            f"{ours / median(rates):,.0f}" if median(rates) else "")
