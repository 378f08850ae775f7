"""The example application, run as a user runs it, while its ComfyUI drops the connection."""

import os
import subprocess

import av
import httpx
import pytest

from fake_process import FOLDER, FakeProcess

SLOWLY = "comfyui POST /prompt: delay {step: 60ms}"
DROP = "comfyui sends progress: drop reset, once"


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    state = tmp_path_factory.mktemp("storyboard") / "state"
    with FakeProcess("understudy", "up", "--ports", "random", "--speed", "10x", "--state", str(state)) as suite:
        yield suite


@pytest.fixture
def rule(suite, tmp_path):
    """Adds a rule by the command line; afterwards nothing is in force, and nothing has happened."""

    def add(line: str) -> None:
        subprocess.run(
            [FOLDER / "understudy", "rule", "add", line], check=True, timeout=20, cwd=tmp_path, capture_output=True,
            env={"UNDERSTUDY_URL": suite.ready["control"], "PATH": "/usr/bin:/bin"})

    yield add
    httpx.post(f"{suite.ready['control']}/reset").raise_for_status()


def started(suite, folder, *words: str, **variables: str) -> subprocess.Popen:
    urls = {f"MOVIE_DIRECTOR_{fake['id'].upper()}_URL": fake["url"] for fake in suite.ready["fakes"]}
    return subprocess.Popen(
        [FOLDER / "storyboard", "a quiet harbour", "--seed", "7", *words], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={"PATH": "/usr/bin:/bin"} | urls | variables)


def decoded(path) -> list:
    """All frames of a file, as a player decodes them."""
    with av.open(str(path)) as container:
        return list(container.decode(container.streams[0]))


def test_all_is_made_though_the_connection_is_dropped_in_the_middle(suite, rule, tmp_path):
    rule(SLOWLY)

    with started(suite, tmp_path, "--out", "made") as storyboard:
        said = ""
        for line in storyboard.stdout:
            said += line
            if "25 % sampling" in line:
                rule(DROP)
        complaint = storyboard.stderr.read()

    assert storyboard.returncode == 0, complaint
    assert "connection lost, connecting again" in said
    assert "connected again" in said
    for fake in suite.ready["fakes"]:
        assert f"{fake['id']:9} {fake['url']}" in said
    scene = (tmp_path / "made" / "scene.txt").read_text()
    assert scene in " ".join(said.split())
    (picture,) = decoded(tmp_path / "made" / "picture.png")
    assert (picture.width, picture.height) == (768, 512)
    clip = decoded(tmp_path / "made" / "clip.mp4")
    assert (len(clip), clip[0].width, clip[0].height) == (81, 832, 480)
    sound = decoded(tmp_path / "made" / "sound.wav")
    assert sum(frame.samples for frame in sound) == 5 * 16000
    # Nothing was done twice.
    journal = httpx.get(f"{suite.ready['control']}/journal", params={"path": "/prompt", "event": "exchange"}).json()
    assert len(journal["entries"]) == 1
    rules = httpx.get(f"{suite.ready['control']}/rules").json()["rules"]
    assert [rule["acted"] for rule in rules if "drop" in rule["name"]] == [1]


def test_a_service_that_is_disabled_is_named(suite, tmp_path):
    storyboard = started(suite, tmp_path, MOVIE_DIRECTOR_WAN2GP_ENABLED="false")
    _, complaint = storyboard.communicate(timeout=20)

    assert storyboard.returncode == 2
    assert "a storyboard needs wan2gp, and it is disabled" in complaint
    assert os.listdir(tmp_path) == []


def test_a_job_that_fails_ends_it_in_the_words_of_the_server(suite, rule, tmp_path):
    rule("comfyui POST /prompt: error out_of_memory")
    storyboard = started(suite, tmp_path)
    said, complaint = storyboard.communicate(timeout=20)

    assert storyboard.returncode == 1
    assert "picture" in said
    assert "torch.OutOfMemoryError" in complaint
    assert os.listdir(tmp_path / "storyboard") == ["scene.txt"]


def test_wrong_usage_is_told(suite, tmp_path):
    storyboard = started(suite, tmp_path, "--steps", "0")
    _, complaint = storyboard.communicate(timeout=20)

    assert storyboard.returncode == 2
    assert "--steps must be above zero" in complaint


def test_help_names_the_variables_of_the_environment(suite, tmp_path):
    said, _ = started(suite, tmp_path, "--help").communicate(timeout=20)

    assert "MOVIE_DIRECTOR_" in said and "--out" in said
