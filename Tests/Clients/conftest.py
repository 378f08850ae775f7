"""Fixtures: each fake that a test names is started once for each worker, and its end is checked.

The executables are those of UNDERSTUDY_BIN, by default .build/debug.
"""

import os
from pathlib import Path

import pytest

from fake_process import FakeProcess

# The clients must not look beyond the loopback, and not at the settings of whoever runs the tests.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["NO_PROXY"] = "127.0.0.1,localhost"
for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "HTTP_PROXY", "http_proxy"):
    os.environ.pop(name, None)

HERE = Path(__file__).parent


def running(executable: str, *arguments: str):
    with FakeProcess(executable, "--port", "0", *arguments) as fake:
        yield fake


@pytest.fixture(scope="session")
def comfyui():
    """A fake ComfyUI, ten times as fast as the real one."""
    yield from running("fake-comfyui", "--speed", "10x")


@pytest.fixture(scope="session")
def litellm_proxy():
    """A fake LiteLLM proxy without a key, with the deployments of litellm.yaml."""
    yield from running("fake-litellm", "--config", str(HERE / "litellm.yaml"))


@pytest.fixture(scope="session")
def locked_litellm_proxy():
    """The same with a master key, `sk-understudy-tests`."""
    yield from running("fake-litellm", "--config", str(HERE / "litellm-locked.yaml"))


@pytest.fixture(scope="session")
def wan2gp():
    """The built-in Gradio app that turns text to video."""
    yield from running("fake-gradio", "--app", "wan2gp", "--speed", "10x")


@pytest.fixture(scope="session")
def rvc():
    """The built-in Gradio app that turns one voice into another."""
    yield from running("fake-gradio", "--app", "rvc", "--speed", "10x")


@pytest.fixture(scope="session")
def audioldm():
    """The built-in Gradio app that turns text to sound."""
    yield from running("fake-gradio", "--app", "audioldm", "--speed", "10x")


@pytest.fixture(scope="session")
def echo():
    """The built-in Gradio app that says what it was told."""
    yield from running("fake-gradio", "--app", "echo")
