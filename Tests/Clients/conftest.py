"""Fixtures: each fake that a test names is started once for each worker, and its end is checked.

The executables are those of UNDERSTUDY_BIN, by default .build/debug. REAL_LITELLM_URL and the like aim the same tests at
a real server, started with the same configuration: what they expect has to hold there too.
"""

import os
import signal
import tempfile
from pathlib import Path

import httpx
import pytest

from contract import Contract
from fake_process import FakeProcess, Server
from held import HeldServer
from tap import Tap

# The clients must not look beyond the loopback, and not at the settings of whoever runs the tests.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["NO_PROXY"] = "127.0.0.1,localhost"
for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "HTTP_PROXY", "http_proxy"):
    os.environ.pop(name, None)

# A shell that starts a job in the background has it ignore Ctrl-C, and what the tests start must not inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

HERE = Path(__file__).parent


@pytest.fixture(scope="session", autouse=True)
def temporary():
    """Where clients put what they forget to take away again: gradio_client makes a folder for each session."""
    with tempfile.TemporaryDirectory(prefix="understudy-clients-", ignore_cleanup_errors=True) as folder:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TMPDIR", folder)
            patch.setattr(tempfile, "tempdir", folder)
            yield


def running(name: str, executable: str, *arguments: str):
    if url := os.environ.get(f"REAL_{name}_URL"):
        yield Server(url)
        return
    with FakeProcess(executable, "--port", "0", *arguments) as fake:
        yield fake


@pytest.fixture(scope="session")
def comfyui_process():
    """A fake ComfyUI, ten times as fast as the real one."""
    yield from running("COMFYUI", "fake-comfyui", "--speed", "10x")


@pytest.fixture(scope="session")
def comfyui(comfyui_process):
    """The same, held against its contract."""
    with Tap(comfyui_process.url) as tap:
        yield HeldServer(tap, Contract())


@pytest.fixture(scope="session")
def checkpoint(comfyui):
    """The first of its models."""
    return httpx.get(f"{comfyui.url}/models/checkpoints").json()[0]


@pytest.fixture(autouse=True)
def keeps_its_contract(request):
    """Fails every test in which a held server said what its contract does not know."""
    yield
    servers = [value for value in request.node.funcargs.values() if isinstance(value, HeldServer)]
    complaints = [complaint for server in servers for complaint in server.complaints()]
    assert not complaints, "not in contracts/comfyui:\n" + "\n".join(complaints[:20])


@pytest.fixture(scope="session")
def litellm_proxy():
    """A fake LiteLLM proxy without a key, with the deployments of litellm.yaml."""
    yield from running("LITELLM", "fake-litellm", "--config", str(HERE / "litellm.yaml"))


@pytest.fixture(scope="session")
def locked_litellm_proxy():
    """The same with a master key, `sk-understudy-tests`."""
    yield from running("LITELLM_LOCKED", "fake-litellm", "--config", str(HERE / "litellm-locked.yaml"))


@pytest.fixture(scope="session")
def litellm_proxy_with_keys():
    """The same with virtual keys, each in a trouble of its own."""
    yield from running("LITELLM_KEYS", "fake-litellm", "--config", str(HERE / "litellm-keys.yaml"))


@pytest.fixture(scope="session")
def wan2gp():
    """The built-in Gradio app that turns text to video."""
    yield from running("WAN2GP", "fake-gradio", "--app", "wan2gp", "--speed", "10x")


@pytest.fixture(scope="session")
def rvc():
    """The built-in Gradio app that turns one voice into another."""
    yield from running("RVC", "fake-gradio", "--app", "rvc", "--speed", "10x")


@pytest.fixture(scope="session")
def audioldm():
    """The built-in Gradio app that turns text to sound."""
    yield from running("AUDIOLDM", "fake-gradio", "--app", "audioldm", "--speed", "10x")


@pytest.fixture(scope="session")
def echo():
    """The built-in Gradio app that says what it was told."""
    yield from running("ECHO", "fake-gradio", "--app", "echo")


def pytest_addoption(parser):
    parser.addoption("--write-table", action="store_true", help="write what clients see of effects into the README")


def pytest_configure(config):
    config.addinivalue_line("markers", "invented: the fake answers this by itself, the real server asks who stands behind it")


def pytest_collection_modifyitems(items):
    # The longest files first, so that no worker is left with one of them at the end.
    items.sort(key=lambda item: ["test_gradio_client.py", "test_litellm_sdk.py"].count(item.path.name), reverse=True)
    for item in items:
        if item.get_closest_marker("invented") and os.environ.get("REAL_LITELLM_URL"):
            item.add_marker(pytest.mark.skip(reason="nothing stands behind the real proxy"))
