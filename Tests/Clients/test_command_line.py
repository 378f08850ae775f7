"""The executables as a shell meets them."""

import re
import subprocess

import httpx

from fake_process import FOLDER, FakeProcess


def run(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(FOLDER / words[0]), *words[1:]], capture_output=True, text=True, timeout=10)


def test_the_suite_tells_its_version():
    result = run("understudy", "version")

    assert result.returncode == 0
    assert result.stdout.strip()


def test_the_help_of_every_command_fits_on_a_terminal():
    def helps(*words: str):
        text = run("understudy", *words, "--help").stdout
        yield text
        for line in text.partition("SUBCOMMANDS:")[2].splitlines():
            if found := re.match(r"  ([a-z]+)( |$)", line):
                yield from helps(*words, found[1])

    texts = list(helps())

    assert len(texts) > 20
    assert not [line for text in texts for line in text.splitlines() if len(line) > 80]


def test_a_mistyped_option_is_a_usage_error():
    result = run("understudy", "up", "--sede", "7")

    assert result.returncode == 2
    assert "--sede" in result.stderr


def test_a_fake_that_is_not_there_is_a_usage_error_with_advice():
    result = run("understudy", "up", "--only", "comfui")

    assert result.returncode == 2
    assert "comfyui" in result.stderr


def test_the_whole_suite_comes_up_on_free_ports(tmp_path):
    with FakeProcess("understudy", "up", "--ports", "random", "--state", str(tmp_path / "state")) as suite:
        fakes = {fake["id"]: fake for fake in suite.ready["fakes"]}
        alive = {
            id: httpx.get(fakes[id]["url"] + path).status_code
            for id, path in {
                "comfyui": "/queue",
                "litellm": "/health/liveliness",
                "wan2gp": "/config",
                "audioldm": "/config",
                "rvc": "/config",
            }.items()
        }
        addresses = [url for fake in fakes.values() for url in [fake["url"], *fake.get("also", [])]]

    assert set(fakes) == set(alive)
    assert set(alive.values()) == {200}
    assert suite.ready["seed"] == 7
    assert len(fakes["litellm"]["also"]) == 1
    assert len(set(addresses)) == 6
    assert {fake["kind"] for fake in fakes.values()} == {"comfyui", "litellm", "gradio"}


def test_a_port_that_somebody_holds_is_named(comfyui_process):
    port = comfyui_process.address[1]

    result = run("fake-litellm", "--port", str(port))

    assert result.returncode == 3
    assert f"port {port}" in result.stderr
    assert str(comfyui_process.pid) in result.stderr
    assert "fake-comfyui" in result.stderr
