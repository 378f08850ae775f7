"""`understudy doctor`: what it says of services that are well, away, slow, strangers or locked, and its exit status."""

import fcntl
import json
import os
import pty
import shutil
import socket
import struct
import subprocess
import termios
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from fake_process import FOLDER, FakeProcess

SERVICES = ["comfyui", "wan2gp", "litellm", "rvc", "audioldm"]


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    state = tmp_path_factory.mktemp("doctor") / "state"
    with FakeProcess("understudy", "up", "--ports", "random", "--state", str(state)) as suite:
        yield suite


@pytest.fixture
def play(suite):
    """Adds rules to that suite; afterwards it behaves again."""

    def play(*rules: str) -> None:
        httpx.post(
            f"{suite.ready['control']}/rules", content="\n".join(rules), headers={"Content-Type": "text/plain"}
        ).raise_for_status()

    yield play
    httpx.post(f"{suite.ready['control']}/reset").raise_for_status()


@pytest.fixture
def closed():
    """A port that is taken, and that refuses every connection."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def stranger():
    """A web page of something else."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            body = b"<html><title>Router \x1b[2Jlogin</title></html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def surroundings(suite=None, **variables: str) -> dict[str, str]:
    """What `understudy run` tells a command of the services, and nothing else."""
    fakes = suite.ready["fakes"] if suite else []
    urls = {f"MOVIE_DIRECTOR_{fake['id'].upper()}_URL": fake["url"] for fake in fakes}
    return {"PATH": "/usr/bin:/bin"} | urls | variables


def doctor(folder, *words: str, status: int = 0, **environment: str) -> str:
    done = subprocess.run(
        [FOLDER / "understudy", "doctor", *words],
        capture_output=True, text=True, timeout=20, cwd=folder, env=environment or surroundings())
    assert done.returncode == status, done.stdout + done.stderr
    return done.stderr if status == 2 or status == 3 else done.stdout


def examined(folder, *words: str, status: int = 0, **environment: str) -> dict:
    """The services in the answer for programs, by name."""
    answer = json.loads(doctor(folder, "--json", *words, status=status, **environment))
    return {"all": answer["status"]} | {service["service"]: service for service in answer["services"]}


def test_all_that_is_well_is_listed_with_place_version_and_time(suite, tmp_path):
    lines = doctor(tmp_path, **surroundings(suite)).split("\n")
    answer = examined(tmp_path, **surroundings(suite))

    urls = {fake["id"]: fake["url"] for fake in suite.ready["fakes"]}
    versions = {"comfyui": "0.27.1", "litellm": "1.109.1"}
    for line, name in zip(lines[1:], SERVICES):
        assert line.split()[:4] == ["✓", name, urls[name], versions.get(name, "6.31.0")]
        assert line.split()[5] == "ms"
        assert answer[name]["status"] == "healthy"
        assert answer[name]["latency_ms"] > 0
    assert lines[-2] == "All 5 are well."
    assert "\x1b" not in "".join(lines)
    assert answer["all"] == "healthy"
    assert "gpt-4o" in answer["litellm"]["details"]["models"]
    assert answer["comfyui"]["details"]["pending"] == 0


def test_nobody_there_is_told_with_what_to_do(tmp_path, closed):
    urls = [word for name in SERVICES for word in ("--url", f"{name}=http://127.0.0.1:{closed}")]

    said = doctor(tmp_path, *urls, status=1)
    answer = examined(tmp_path, *urls, status=1)

    assert said.count("refused") == 5
    assert f"rvc: nobody listens at http://127.0.0.1:{closed}\n    → Start it" in said
    assert "MOVIE_DIRECTOR_RVC_URL" in said
    assert "None of 5 services is well." in said
    assert answer["all"] == "unhealthy"
    assert {answer[name]["error"]["code"] for name in SERVICES} == {"refused"}
    assert not any(answer[name]["discovered"] for name in SERVICES)


def test_a_stranger_is_named_and_commands_no_terminal(suite, tmp_path, stranger):
    said = doctor(tmp_path, "--url", f"litellm={stranger}", status=1, **surroundings(suite))

    assert f"✗ litellm   {stranger}" in said
    assert "wrong_service" in said
    assert 'a web page titled "Router \\u{1B}[2Jlogin"' in said
    assert "stop the stranger" in said
    assert said.endswith("litellm is not well, 4 of 5 are.\n")


def test_another_service_is_a_stranger_too(suite, tmp_path):
    wan2gp = surroundings(suite)["MOVIE_DIRECTOR_WAN2GP_URL"]

    answer = examined(tmp_path, "--only", "rvc", "--url", f"rvc={wan2gp}", status=1)

    assert answer["rvc"]["error"]["code"] == "wrong_service"
    assert "Wan2GP" in answer["rvc"]["error"]["message"]


def test_a_slow_service_is_degraded_and_no_failure(suite, play, tmp_path):
    play("comfyui GET /system_stats: delay 1100ms, times 2")

    said = doctor(tmp_path, **surroundings(suite))
    answer = examined(tmp_path, **surroundings(suite))

    assert "! comfyui" in said and "slow: idle" in said
    assert "comfyui: it takes 1." in said
    assert said.endswith("All answer, 1 not as well as they should.\n")
    assert answer["comfyui"]["status"] == "healthy"


def test_a_service_that_is_not_ready_fails_the_check(suite, play, tmp_path):
    play("litellm GET /health/liveliness: error not_ready")

    answer = examined(tmp_path, status=1, **surroundings(suite))

    assert answer["all"] == "unhealthy"
    assert answer["litellm"]["error"]["code"] == "server_error"
    assert answer["litellm"]["error"]["http_status"] == 503
    assert answer["comfyui"]["status"] == "healthy"


def test_a_service_that_hangs_is_given_up_in_time(suite, play, tmp_path):
    play("gradio.rvc GET /config: drop hang")

    answer = examined(tmp_path, "--only", "rvc", "--timeout", "300ms", status=1, **surroundings(suite))

    assert answer["rvc"]["error"]["code"] == "timeout"
    assert "overloaded" in answer["rvc"]["advice"]


def test_answers_without_the_socket_that_brings_progress_are_not_enough(suite, play, tmp_path):
    play("comfyui opens /ws: drop reset")

    said = doctor(tmp_path, "--only", "comfyui", status=1, **surroundings(suite))
    answer = examined(tmp_path, "--only", "comfyui", status=1, **surroundings(suite))

    assert "✗ comfyui" in said and "0.27.1" in said
    assert answer["comfyui"]["discovered"]
    assert answer["comfyui"]["status"] == "unhealthy"


def test_a_wrong_key_is_told_and_a_right_one_works(locked_litellm_proxy, tmp_path):
    place = {"MOVIE_DIRECTOR_LITELLM_URL": locked_litellm_proxy.url}
    key = "MOVIE_DIRECTOR_LITELLM_API_KEY"

    wrong = doctor(tmp_path, "--only", "litellm", status=1, **surroundings(**place, **{key: "sk-not-this-one"}))
    missing = examined(tmp_path, "--only", "litellm", status=1, **surroundings(**place))
    right = doctor(tmp_path, "--only", "litellm", **surroundings(**place, **{key: "sk-understudy-tests"}))

    assert "unauthorized" in wrong
    assert f"→ Configure its key: {key}" in wrong
    assert "sk-not-this-one" not in wrong
    assert missing["litellm"]["error"]["code"] == "unauthorized"
    assert missing["litellm"]["version"] == "1.109.1"
    assert right.endswith("It is well.\n")


def test_a_service_elsewhere_than_configured_is_told(suite, tmp_path, closed):
    rvc = surroundings(suite)["MOVIE_DIRECTOR_RVC_URL"]
    port = rvc.rsplit(":", 1)[1]
    (tmp_path / "movie-director.yaml").write_text(
        f"services:\n  rvc: {{ url: 'http://127.0.0.1:{closed}', ports: [{port}] }}\n")

    said = doctor(tmp_path, "--only", "rvc", **surroundings())
    answer = examined(tmp_path, "--only", "rvc", **surroundings())

    assert f"rvc: it is configured at http://127.0.0.1:{closed}, and answers at {rvc}" in said
    assert (answer["rvc"]["status"], answer["rvc"]["url"]) == ("degraded", rvc)


def test_a_service_that_is_disabled_is_not_looked_for(suite, tmp_path):
    (tmp_path / "mine.yaml").write_text("services: { rvc: { enabled: false } }\n")

    answer = examined(tmp_path, "--config", "mine.yaml", **surroundings(suite))

    assert set(answer) == {"all", "comfyui", "wan2gp", "litellm", "audioldm"}


@pytest.mark.parametrize(("words", "complaint"), [
    (["--url", "litelm=http://127.0.0.1:4000"], 'did you mean "litellm"?'),
    (["--url", "litellm"], "such as litellm=http://gpu:4000"),
    (["--url", "litellm=nowhere"], "expected a URL"),
    (["--only", "comfy"], 'did you mean "comfyui"?'),
    (["--timeout", "0"], "a time above zero"),
    (["--config", "nowhere.yaml"], "cannot read nowhere.yaml: No such file"),
    (["--config", "wrong.yaml"], "wrong.yaml:2: services.comfyui.url: expected a URL"),
    (["--jason"], "--json"),
])
def test_wrong_usage_and_a_wrong_configuration_are_told(tmp_path, words, complaint):
    (tmp_path / "wrong.yaml").write_text("services:\n  comfyui: { url: nowhere }\n")

    assert complaint in doctor(tmp_path, *words, status=2)


@pytest.mark.parametrize("plain", [False, True])
def test_on_a_terminal_it_fits_and_is_coloured(suite, tmp_path, stranger, plain):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    environment = surroundings(suite, TERM="xterm") | ({"NO_COLOR": "1"} if plain else {})

    done = subprocess.run(
        [FOLDER / "understudy", "doctor", "--url", f"rvc={stranger}"], stdout=theirs, timeout=20, cwd=tmp_path,
        env=environment)
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 65536):
            said += piece
    except OSError:  # The other end is closed: Linux says so by an error.
        os.close(ours)

    assert done.returncode == 1
    text = said.decode()
    assert ("\x1b[32m✓" in text, "\x1b[31m✗" in text) == (not plain, not plain)
    bare = text.replace("\x1b[0m", "")
    for code in ("1", "2", "31", "32", "33", "36"):
        bare = bare.replace(f"\x1b[{code}m", "")
    assert "\x1b" not in bare
    assert max(map(len, bare.splitlines())) <= 80


def test_it_looks_again_and_again(suite, tmp_path):
    command = [FOLDER / "understudy", "doctor", "--watch", "--every", "50ms", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=surroundings(suite)) as watch:
        try:
            looks = [json.loads(watch.stdout.readline())["status"] for _ in range(3)]
        finally:
            watch.terminate()

    assert looks == ["healthy"] * 3


def test_without_its_other_half_it_says_how_to_build_it(tmp_path):
    shutil.copy(FOLDER / "understudy", tmp_path)

    done = subprocess.run([tmp_path / "understudy", "doctor"], capture_output=True, text=True, timeout=20)

    assert done.returncode == 3
    assert f"{tmp_path}/understudy-doctor is missing" in done.stderr
    assert "make doctor" in done.stderr


def test_the_shell_completes_its_options():
    script = subprocess.run(
        [FOLDER / "understudy", "--generate-completion-script", "bash"], capture_output=True, text=True, timeout=20).stdout

    options = script.partition("_understudy_doctor() {")[2].partition("\n}")[0]
    assert {"--url", "--watch", "--config"} <= set(options.replace("'", " ").split())
