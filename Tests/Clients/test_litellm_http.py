"""The fake LiteLLM proxy as a plain HTTP client meets it."""

import json

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
