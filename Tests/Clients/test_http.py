"""What every HTTP client takes for granted, at each of the fakes."""

import http.client
import io
import json
import socket

import httpx
import pytest

QUESTIONS = {
    "comfyui_process": "/queue",
    "litellm_proxy": "/health/liveliness",
    "echo": "/config",
}


class OneStream(io.BufferedReader):
    """Lets one response after the other read from a connection, although each would close it."""

    def makefile(self, *_) -> "OneStream":
        return self

    def close(self) -> None:
        pass


@pytest.fixture(params=QUESTIONS)
def fake(request):
    running = request.getfixturevalue(request.param)
    return running, QUESTIONS[request.param]


def test_one_connection_serves_many_requests(fake):
    running, path = fake
    connection = http.client.HTTPConnection(*running.address, timeout=5)
    connection.connect()
    port = connection.sock.getsockname()[1]

    for _ in range(50):
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200
        assert json.loads(answer.read()) is not None
        assert connection.sock.getsockname()[1] == port
    connection.close()


def test_requests_sent_ahead_are_answered_in_order(fake):
    running, path = fake
    paths = [path, "/no-such-thing", path, "/no-such-thing"]
    with socket.create_connection(running.address, timeout=5) as connection:
        connection.sendall(b"".join(f"GET {p} HTTP/1.1\r\nHost: fake\r\n\r\n".encode() for p in paths))
        stream = OneStream(connection.makefile("rb", buffering=0))
        statuses = []
        for _ in paths:
            answer = http.client.HTTPResponse(stream)
            answer.begin()
            answer.read()
            statuses.append(answer.status)

    assert statuses == [200, 404, 200, 404]


def test_a_request_that_asks_for_it_is_the_last_on_its_connection(fake):
    running, path = fake
    with socket.create_connection(running.address, timeout=5) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: fake\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while part := connection.recv(65536):
            received += part

    head, body = received.split(b"\r\n\r\n", 1)
    assert b"connection: close" in head.lower()
    assert json.loads(body) is not None


def test_malformed_requests_leave_the_others_undisturbed(fake):
    running, path = fake
    with httpx.Client() as client:
        for garbage in [b"\x00\xff\x16\x03\x01", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 100]:
            with socket.create_connection(running.address, timeout=5) as connection:
                connection.sendall(garbage)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
            assert client.get(running.url + path).status_code == 200
