"""`understudy capture gradio`: what runs somewhere is read, and played by a fake that clients cannot tell from it.

With a real Gradio in .build-venv/gradio (`make .build-venv/Gradio`) a real app is captured; without it fakes are.
"""

import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import jsonschema
import pytest
import yaml

from fake_process import FOLDER, ROOT, FakeProcess

SCHEMA = json.loads((ROOT / "contracts" / "gradio-app.schema.json").read_text())
REAL = Path(sys.prefix) / "gradio" / "bin" / "python"
APPS = ROOT / "Tests" / "Recordings" / "gradio"


def capture(*words: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(FOLDER / "understudy"), "capture", "gradio", *words], capture_output=True, text=True, timeout=20,
        env=os.environ | environment)


@pytest.fixture(scope="module")
def real():
    """A real app, running."""
    if not REAL.exists():
        pytest.skip("no real Gradio here: make .build-venv/Gradio installs it")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([str(REAL), str(Path(__file__).parent / "real_gradio_app.py"), str(port)])
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"{url}/config").raise_for_status()
                break
            except httpx.HTTPError:
                assert process.poll() is None and time.monotonic() < deadline, "the real app did not start"
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def captured(real, tmp_path_factory):
    """The same, captured and played."""
    file = tmp_path_factory.mktemp("captured") / "painter.yaml"
    result = capture(real, "-o", str(file))
    assert (result.returncode, result.stderr) == (0, "")
    assert jsonschema.Draft202012Validator(SCHEMA).is_valid(yaml.safe_load(file.read_text()))
    with FakeProcess("fake-gradio", "--port", "0", "--app", str(file)) as fake:
        yield fake


@pytest.fixture(scope="module")
def clients(real, captured, tmp_path_factory):
    from gradio_client import Client

    folder = str(tmp_path_factory.mktemp("downloads"))
    both = [Client(url, verbose=False, analytics_enabled=False, download_files=folder) for url in (real, captured.url)]
    yield both
    for client in both:
        client.close()


def bare(value):
    """Without what is told to people only, or about a machine."""
    dropped = {"description", "code_snippets", "component_class_id", "app_id", "root"}
    if isinstance(value, dict):
        return {key: bare(part) for key, part in value.items() if key not in dropped}
    return [bare(part) for part in value] if isinstance(value, list) else value


def test_the_page_and_the_api_are_the_real_ones(real, captured):
    for path in ("/config", "/gradio_api/info"):
        one, other = (httpx.get(url + path).json() for url in (real, captured.url))
        assert bare(one) == bare(other)


def test_a_client_sees_the_same_api(clients):
    one, other = (client.view_api(return_format="str") for client in clients)

    assert 'api_name="/paint") -> (picture, ' in one
    assert one == other


def test_a_client_works_against_both(clients):
    for client in clients:
        assert client.predict("a cat", 3, ["oil"], api_name="/paint")[1]
        assert list(client.submit("one two three", api_name="/words"))
        assert len(client.predict("x = 1", api_name="/all_sorts")) == 4
        assert client.predict(api_name="/hello")
    picture, text = clients[1].predict("a cat", 3, ["oil"], api_name="/paint")
    assert Path(picture).stat().st_size > 100
    assert text == "Answer to: a cat"


@pytest.mark.parametrize("major", ["6", "5", "4", "3"])
def test_a_fake_of_any_version_can_be_captured(major, tmp_path):
    with FakeProcess("fake-gradio", "--port", "0", "--app", "wan2gp", "--major", major) as fake:
        result = capture(fake.url)
        (tmp_path / "again.yaml").write_text(result.stdout)
        with FakeProcess("fake-gradio", "--port", "0", "--app", str(tmp_path / "again.yaml")) as again:
            prefix = "/gradio_api" if major in "65" else ""
            for path in ("/config", f"{prefix}/info?serialize=False"):
                one, other = (httpx.get(server.url + path).json() for server in (fake, again))
                assert bare(one) == bare(other)

    assert result.stderr == ""


def test_a_login_is_asked_for_and_made(tmp_path):
    file = str(tmp_path / "locked.yaml")
    with FakeProcess("fake-gradio", "--port", "0", "--app", str(APPS / "locked.yaml")) as fake:
        without = capture(fake.url)
        wrong = capture(fake.url, "--auth", "alice:wrong")
        right = capture(fake.url, "--auth", "alice:wonder", "-o", file)

    assert (without.returncode, without.stdout) == (1, "")
    assert without.stderr == f"error: {fake.url} wants a login: --auth user:password\n"
    assert wrong.stderr == f"error: {fake.url} does not know alice with this password\n"
    assert right.stderr == 'warning: The file does not have the real password, but "change-me".\n'
    assert right.stdout == f"{file}: Gradio, Gradio 6.31.0, 1 endpoint\n  understudy up --app {file}\n"
    assert yaml.safe_load(Path(file).read_text())["launch"] == {"auth": {"alice": "change-me"}}


def test_a_file_is_written_over_only_on_demand(echo, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("mine")

    refused = capture(echo.url, "-o", str(file))
    assert (refused.returncode, file.read_text()) == (2, "mine")
    assert refused.stderr == f"error: {file} is there already: --force writes over it\n"

    assert capture(echo.url, "-o", str(file), "--force").returncode == 0
    assert file.read_text().startswith("app: echo\n")


def test_tls_is_spoken_and_certificates_are_looked_at(tmp_path):
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=understudy"
    subprocess.run(
        ["openssl", *words.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=tmp_path, check=True, capture_output=True)
    certificate, key = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    with FakeProcess("fake-gradio", "--port", "0", "--tls-cert", certificate, "--tls-key", key) as fake:
        trusted = capture(fake.url, SSL_CERT_FILE=certificate)
        stranger = capture(fake.url)
        anybody = capture(fake.url, "--insecure")
        plain = capture(fake.url.replace("https", "http"))

    assert (trusted.returncode, trusted.stderr) == (0, "")
    assert trusted.stdout == anybody.stdout
    assert "the certificate of 127.0.0.1 does not hold" in stranger.stderr and "--insecure" in stranger.stderr
    assert f"is it {fake.url}?" in plain.stderr


def test_who_is_no_gradio_or_not_there_is_told_so(comfyui_process):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"127.0.0.1:{free.getsockname()[1]}"
        gone = capture(f"http://{nobody}")

    other = capture(comfyui_process.url)

    assert gone.returncode == other.returncode == 1
    assert gone.stderr == f"error: http://{nobody}: nobody answers at {nobody}: Connection refused\n"
    assert other.stderr == f"error: {comfyui_process.url} is no Gradio app: GET /config is answered with 404\n"
    assert f"is it http://{comfyui_process.url[7:]}?" in capture(comfyui_process.url.replace("http", "https")).stderr
    assert "expected an address such as" in capture("ftp://127.0.0.1").stderr


def test_redirections_and_chunked_answers_are_understood(echo):
    class Front(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if not self.path.startswith("/app"):
                self.send_response(307)
                self.send_header("location", f"http://127.0.0.1:{self.server.server_port}/app{self.path}")
                self.send_header("content-length", "0")
                self.end_headers()
                return
            body = httpx.get(echo.url + self.path.removeprefix("/app")).content
            self.send_response(200)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for piece in (body[:7], body[7:], b""):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front) as front:
        threading.Thread(target=front.serve_forever).start()
        result = capture(f"http://127.0.0.1:{front.server_port}/")
        front.shutdown()

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("app: echo\n")
