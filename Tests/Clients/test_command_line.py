"""The executables as a shell meets them."""

import subprocess

import pytest

from fake_process import FOLDER


def run(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([str(FOLDER / words[0]), *words[1:]], capture_output=True, text=True, timeout=10)


def test_the_suite_tells_its_version():
    result = run("understudy", "version")

    assert result.returncode == 0
    assert result.stdout.strip()


def test_a_mistyped_option_is_a_usage_error():
    result = run("understudy", "up", "--sede", "7")

    assert result.returncode == 2
    assert "--sede" in result.stderr


def test_a_fake_that_is_not_there_is_a_usage_error_with_advice():
    result = run("understudy", "up", "--only", "comfui")

    assert result.returncode == 2
    assert "comfyui" in result.stderr
