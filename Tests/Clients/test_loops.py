"""The proxy whose connections other threads carry: clients notice nothing."""

import asyncio
import json
from pathlib import Path

import httpx
import openai
import pytest
from fake_process import FakeProcess
from openai import AsyncOpenAI, OpenAI

HERE = Path(__file__).parent
MASTER = "sk-understudy-tests"
QUESTION = {"role": "user", "content": "Go on"}


@pytest.fixture(scope="module", params=["2", "3"])
def proxy(request):
    with FakeProcess("fake-litellm", "--port", "0", "--loops", request.param) as fake:
        yield fake


def ask(proxy, content: str, **more) -> httpx.Response:
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": content}], **more}
    return httpx.post(f"{proxy.url}/v1/chat/completions", json=body)


def test_each_of_many_callers_has_its_own_answer(proxy):
    async def callers():
        async with AsyncOpenAI(base_url=f"{proxy.url}/v1", api_key="sk-anything", max_retries=0) as client:
            return await asyncio.gather(*(
                client.chat.completions.create(
                    model="gpt-4o", messages=[{"role": "user", "content": f"Question {number}"}])
                for number in range(100)))

    answers = asyncio.run(callers())

    assert len({answer.id for answer in answers}) == 100
    # What is said follows from the question alone.
    for number in (0, 50, 99):
        again = ask(proxy, f"Question {number}").json()
        assert again["choices"][0]["message"]["content"] == answers[number].choices[0].message.content


def test_a_stream_is_whole(proxy):
    with OpenAI(base_url=f"{proxy.url}/v1", api_key="sk-anything", max_retries=0) as client:
        stream = client.chat.completions.create(model="gpt-4o", messages=[QUESTION], stream=True)
        pieces = [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]

        assert "".join(pieces) == client.chat.completions.create(
            model="gpt-4o", messages=[QUESTION]).choices[0].message.content


def test_heads_are_those_of_one_loop(proxy):
    with FakeProcess("fake-litellm", "--port", "0") as alone:
        one, several = ask(alone, "The same"), ask(proxy, "The same")

    assert [name for name, _ in one.headers.raw] == [name for name, _ in several.headers.raw]
    assert int(several.headers["content-length"]) == len(several.content)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"", b'{"messages": 1}'])
def test_bodies_that_are_none_fail_as_ever(proxy, body):
    fields = {"content-type": "application/json"}
    with FakeProcess("fake-litellm", "--port", "0") as alone:
        one, several = (
            httpx.post(f"{fake.url}/v1/chat/completions", content=body, headers=fields) for fake in (alone, proxy))

    assert (several.status_code, several.json()) == (one.status_code, one.json())
    assert several.status_code >= 400


def test_files_come_whole(proxy):
    call = {"method": "POST", "url": "/v1/chat/completions", "body": {"model": "gpt-4o", "messages": [QUESTION] * 20}}
    content = "".join(json.dumps({"custom_id": f"call-{line}", **call}) + "\n" for line in range(1000)).encode()
    with OpenAI(base_url=f"{proxy.url}/v1", api_key="sk-anything", max_retries=0) as client:
        kept = client.files.create(file=("all.jsonl", content), purpose="batch")
        back = client.files.content(kept.id).read()

    assert len(content) > 500_000
    assert back == content


def test_keys_are_asked_for():
    config = str(HERE / "litellm-locked.yaml")
    with FakeProcess("fake-litellm", "--port", "0", "--config", config, "--loops", "2") as fake:
        with OpenAI(base_url=f"{fake.url}/v1", api_key="sk-wrong", max_retries=0) as client:
            # As a proxy says that has no database to look for the key.
            with pytest.raises(openai.BadRequestError, match="No connected db"):
                client.models.list()
        with OpenAI(base_url=f"{fake.url}/v1", api_key=MASTER, max_retries=0) as client:
            assert client.models.list().data
