"""Which client of Gradio works with which version: four of gradio_client, the JavaScript client, and curl.

`make client-matrix` installs them, runs this and writes the table into the README. What comes of each pair is what comes of it
with the real servers: an old client cannot speak to a new server, and the newest knows no WebSockets.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from fake_process import ROOT, FakeProcess

HERE = Path(__file__).parent
VENV = Path(sys.prefix)
MAJORS = ("6", "5", "4", "3")
CLIENTS = ("gradio_client 2.7.2", "gradio_client 1.14.0", "gradio_client 1.3.0", "gradio_client 0.6.1", "@gradio/client 6.31.0", "curl")
EVERYTHING = {name: "ok" for name in ("connect", "login", "api", "call", "steps", "state", "files", "errors", "cancel")}
CURL = {name: "ok" for name in ("login", "call", "steps", "files", "errors")}
LOCKED = ROOT / "Tests" / "Recordings" / "gradio" / "locked.yaml"

# Pairs that do not get on, or not in everything, with what becomes of them.
APART = {
    ("gradio_client 2.7.2", "3"): {"connect": "ok", "api": "ok", "call": "ValueError"},  # Unknown protocol: ws
    # The package websockets that it brings has another signature by now.
    ("gradio_client 1.14.0", "3"): {"connect": "ok", "api": "ok", "call": "TypeError"},
    # They look where there is nothing since the prefix.
    ("gradio_client 1.3.0", "6"): {"connect": "ValueError"},
    ("gradio_client 1.3.0", "5"): {"connect": "ValueError"},
    # It logs in, and shows its cookie to no WebSocket; and its files are told in the words of 4.
    ("gradio_client 1.3.0", "3"): EVERYTHING | {"login": "InvalidStatusCode", "files": "ValueError"},
    ("gradio_client 0.6.1", "6"): {"api": "ValueError", "call": "InvalidStatusCode"},
    ("gradio_client 0.6.1", "5"): {"api": "ValueError", "call": "InvalidStatusCode"},
    ("gradio_client 0.6.1", "4"): {"api": "ok", "call": "InvalidStatusCode"},
    ("gradio_client 0.6.1", "3"): EVERYTHING | {"login": "TypeError"},  # it knows no login
    ("@gradio/client 6.31.0", "3"): {"connect": "ok", "api": "ok", "call": "Error"},  # it says that it knows no WebSockets
    ("curl", "3"): {name: "ok" for name in ("login", "call", "files", "errors")},
}

pytestmark = pytest.mark.skipif("UNDERSTUDY_CLIENT_MATRIX" not in os.environ, reason="make client-matrix runs it")


@pytest.fixture(scope="module")
def servers():
    fakes = {}
    try:
        for major in MAJORS:
            fakes[major] = [
                FakeProcess("fake-gradio", "--port", "0", "--app", str(app), "--major", major)
                for app in (HERE / "app.yaml", LOCKED)]
        yield {major: [fake.url for fake in pair] for major, pair in fakes.items()}
    finally:
        for fake in sum(fakes.values(), []):
            fake.stop()


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    file = tmp_path_factory.mktemp("sound") / "low.wav"
    with wave.open(str(file), "wb") as low:
        low.setnchannels(1)
        low.setsampwidth(2)
        low.setframerate(8000)
        low.writeframes(bytes(1600))
    return str(file)


@pytest.fixture(scope="module")
def javascript(tmp_path_factory):
    """A copy of the client's build, since it has to be changed to be used."""
    folder = tmp_path_factory.mktemp("javascript") / "build"
    (build,) = (VENV / "gradio").glob("lib/*/site-packages/gradio/templates/node/build")
    shutil.copytree(build, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    return str(folder)


@pytest.fixture(scope="module")
def table():
    seen = {}
    yield seen
    if len(seen) == len(CLIENTS) * len(MAJORS):
        write(seen)


def words(client: str, given: list[str], request) -> list[str]:
    name, _, version = client.partition(" ")
    if name == "gradio_client":
        python = sys.executable if version == "2.7.2" else str(VENV / f"gradio-client-{version}" / "bin" / "python")
        return [python, str(HERE / "probe.py"), *given]
    if name == "@gradio/client":
        return ["node", str(HERE / "probe.mjs"), request.getfixturevalue("javascript"), *given]
    return ["bash", str(HERE / "probe.sh"), *given]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("major", MAJORS)
def test_a_client_and_a_version(client, major, servers, sound, table, request):
    result = subprocess.run(words(client, [*servers[major], sound], request), capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout.splitlines()[-1])
    assert client.startswith("gradio_client") is (seen.pop("version", None) is not None)
    table[client, major] = seen

    expected = APART.get((client, major), CURL if client == "curl" else EVERYTHING)
    compared = {name: seen.get(name) for name in expected} if (client, major) in APART else seen
    assert compared == expected, result.stderr


def cell(seen: dict) -> str:
    wrong = {name: came for name, came in seen.items() if came != "ok"}
    if not wrong:
        return "all" if set(seen) == set(EVERYTHING) else ", ".join(seen)
    for first in ("connect", "call"):
        if first in wrong:
            return f"`{wrong[first]}`"
    return "all but " + ", ".join(f"{name} (`{came}`)" for name, came in wrong.items())


def write(seen: dict) -> None:
    lines = ["| | " + " | ".join(f"Gradio {major}" for major in MAJORS) + " |", "|---" * (len(MAJORS) + 1) + "|"]
    for client in CLIENTS:
        lines.append(f"| `{client}` | " + " | ".join(cell(seen[client, major]) for major in MAJORS) + " |")
    readme = ROOT / "README.md"
    text = readme.read_text()
    start, end = "<!-- client matrix: made by `make client-matrix` -->\n", "<!-- end of client matrix -->"
    assert start in text
    readme.write_text(re.sub(f"(?s){re.escape(start)}.*{re.escape(end)}", lambda _: start + "\n".join(lines) + "\n" + end, text))
