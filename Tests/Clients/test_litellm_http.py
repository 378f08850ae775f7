"""The fake LiteLLM proxy as a plain HTTP client meets it."""

import json
import socket

import httpx
import pytest


def test_a_chunked_body_is_read(litellm_proxy):
    def parts():
        body = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "ä"}]}).encode()
        for start in range(0, len(body), 7):
            yield body[start : start + 7]

    answer = httpx.post(f"{litellm_proxy.url}/v1/chat/completions", content=parts())

    assert answer.status_code == 200
    assert answer.json()["choices"][0]["message"]["content"] == "Hello! This is a mock reply."


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"model": "gpt-4o-mini", "messages": [', "unexpected end of data: line 1 column 39 (char 38)"),
        ("{model}", "unexpected character, expected a string key: line 1 column 2 (char 1)"),
        ("[1]", "expected an object"),
    ],
)
def test_invalid_json_is_refused_in_the_parsers_words(litellm_proxy, body, words):
    answer = httpx.post(f"{litellm_proxy.url}/v1/chat/completions", content=body)

    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "message": f"Invalid JSON payload: {words}",
        "type": "invalid_request_error",
        "param": "request_body",
        "code": "400",
    }


def test_it_is_alive_and_ready(litellm_proxy):
    alive = httpx.get(f"{litellm_proxy.url}/health/liveliness")
    ready = httpx.get(f"{litellm_proxy.url}/health/readiness")

    assert alive.json() == "I'm alive!"
    assert ready.json() == {"status": "healthy", "db": "Not connected"}


def test_its_health_is_that_of_its_deployments(litellm_proxy):
    with httpx.Client(base_url=litellm_proxy.url) as client:
        well = client.get("/health", params={"model": "gpt-4o-mini"}).json()
        ill = client.get("/health", params={"model": "up-500"}).json()

    assert (well["healthy_count"], well["unhealthy_count"]) == (1, 0)
    assert well["healthy_endpoints"][0]["model"] == "openai/gpt-4o-mini"
    assert (ill["healthy_count"], ill["unhealthy_count"]) == (0, 1)


def test_a_stream_is_framed_as_events_ended_by_done(litellm_proxy):
    request = {"model": "gpt-4o-mini", "stream": True, "messages": [{"role": "user", "content": "Good evening"}]}
    with httpx.stream("POST", f"{litellm_proxy.url}/v1/chat/completions", json=request) as answer:
        *events, done, rest = answer.read().decode().split("\n\n")

    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["transfer-encoding"] == "chunked"
    assert all(event.startswith("data: {") for event in events)
    assert (done, rest) == ("data: [DONE]", "")
    first = json.loads(events[0].removeprefix("data: "))
    assert list(first) == ["id", "object", "created", "model", "choices"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        # Python's parser is asked when the quick one refuses.
        ('{"model":"gpt-4o-mini","messages":[],"temperature":NaN}', 200, ""),
        ('{"model":"gpt-4o-mini","messages":[],"x":1e999}', 200, ""),
        ('{"model":"gpt-4o-mini","messages":["\\ud800"]}', 400, "Invalid JSON payload: no low surrogate in string"),
        ('\ufeff{"model":"gpt-4o-mini","messages":[]}', 400, "UTF-8 byte order mark (BOM) is not supported"),
        (b'{"model":"gpt-4o-mini","messages":["\xff"]}', 400, "Missing required parameter: 'messages'"),
        ('{"model":"gpt-4o-mini","messages":[],"x":' + "[" * 1200 + "]" * 1200 + "}", 400, "Missing required parameter"),
        ("", 400, "Missing required parameter: 'messages'"),
        ("null", 400, "Invalid JSON payload: expected an object"),
    ],
)
def test_odd_bodies_are_met_as_the_real_proxy_meets_them(litellm_proxy, body, status, words):
    answer = httpx.post(f"{litellm_proxy.url}/v1/chat/completions", content=body)

    assert answer.status_code == status
    assert words in answer.text


def said(server, request: bytes) -> tuple[list[str], bytes]:
    """The lines of the head of an answer, and its body to the end of the connection."""
    with socket.create_connection(server.address, timeout=5) as connection:
        connection.sendall(request)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), body


@pytest.mark.parametrize("request_head", [b"garbage\r\n\r\n", b"GET /test HTTP/1.1\r\n\r\n"])
def test_what_is_no_http_is_told_so_and_nothing_else(litellm_proxy, request_head):
    head, body = said(litellm_proxy, request_head)

    assert head == ["HTTP/1.1 400 Bad Request", "content-type: text/plain; charset=utf-8", "Connection: close"]
    assert body == b"Invalid HTTP request received."


def test_an_old_client_is_answered_and_sent_away(litellm_proxy):
    head, body = said(litellm_proxy, b"GET /test HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")

    assert head[0] == "HTTP/1.1 200 OK"
    assert head[-1] == "Connection: close"
    assert body == b'{"route":"/test"}'
