"""The fakes behind TLS: a certificate of one's own, HTTP/2 for who offers it, and WebSockets."""

import json
import ssl
import subprocess

import httpx
import pytest
import websockets

from fake_process import FakeProcess


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that only these tests trust, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=understudy"
    subprocess.run(
        ["openssl", *words.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture(scope="module")
def comfyui(certificate):
    chain, key = map(str, certificate)
    with FakeProcess("fake-comfyui", "--port", "0", "--tls-cert", chain, "--tls-key", key) as fake:
        yield fake


@pytest.fixture
def trust(certificate):
    return ssl.create_default_context(cafile=str(certificate[0]))


def test_the_ready_line_says_https(comfyui):
    assert comfyui.url.startswith("https://127.0.0.1:")


def test_http_1_is_spoken_with_who_knows_no_other(comfyui, trust):
    with httpx.Client(verify=trust) as client:
        answer = client.get(f"{comfyui.url}/queue")

    assert (answer.status_code, answer.http_version) == (200, "HTTP/1.1")
    assert answer.json() == {"queue_running": [], "queue_pending": []}


def test_http_2_is_spoken_with_who_offers_it(comfyui, trust):
    with httpx.Client(verify=trust, http2=True) as client:
        answers = [client.get(f"{comfyui.url}/queue") for _ in range(5)]
        upload = client.post(f"{comfyui.url}/upload/image", files={"image": ("note.txt", b"x" * 300_000)})
        stored = client.get(f"{comfyui.url}/view", params={"filename": "note.txt", "type": "input"})

    assert {(answer.status_code, answer.http_version) for answer in answers} == {(200, "HTTP/2")}
    assert upload.json() == {"name": "note.txt", "subfolder": "", "type": "input"}
    assert stored.content == b"x" * 300_000


def test_who_does_not_trust_the_certificate_gets_nothing(comfyui):
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{comfyui.url}/queue")


async def test_web_sockets_are_secured_too(comfyui, trust):
    async with websockets.connect(comfyui.url.replace("https", "wss") + "/ws?clientId=safe", ssl=trust) as socket:
        greeting = json.loads(await socket.recv())

    assert greeting["data"]["sid"] == "safe"
