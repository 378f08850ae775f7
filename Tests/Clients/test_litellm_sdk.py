"""LiteLLM's own SDK, 1.109.1, against the fake of its proxy."""

import pytest

REPLY = "Hello! This is a mock reply."
QUESTION = [{"role": "user", "content": "Good evening"}]


@pytest.fixture(scope="module")
def litellm():
    """Imported here: it takes seconds, which the worker that runs other files need not wait."""
    import litellm

    litellm.suppress_debug_info = True
    litellm.telemetry = False
    return litellm


@pytest.fixture
def proxy(litellm_proxy):
    return {"api_base": litellm_proxy.url, "api_key": "sk-anything", "num_retries": 0, "max_retries": 0}


def test_a_chat(litellm, proxy):
    answer = litellm.completion(model="litellm_proxy/gpt-4o-mini", messages=QUESTION, **proxy)

    assert answer.choices[0].message.content == REPLY
    assert answer.usage.total_tokens == 30


def test_a_streamed_chat(litellm, proxy):
    stream = litellm.completion(model="litellm_proxy/gpt-4o-mini", messages=QUESTION, stream=True, **proxy)

    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == REPLY


async def test_an_asynchronous_chat(litellm, proxy):
    answer = await litellm.acompletion(model="litellm_proxy/gpt-4o-mini", messages=QUESTION, **proxy)

    assert answer.choices[0].message.content == REPLY


@pytest.mark.invented
def test_embeddings(litellm, proxy):
    answer = litellm.embedding(model="litellm_proxy/text-embedding-3-small", input=["a", "b"], **proxy)

    assert len(answer.data) == 2
    assert answer.data[0]["embedding"] != answer.data[1]["embedding"]


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("mock-ratelimit", "RateLimitError"),
        ("mock-ctx", "ContextWindowExceededError"),
        ("mock-ise", "InternalServerError"),
        ("mock-policy", "BadRequestError"),
        ("mock-timeout", "Timeout"),
        ("no-such-model", "BadRequestError"),
    ],
)
def test_a_failing_deployment_raises_what_the_sdk_has_for_it(litellm, proxy, model, kind):
    with pytest.raises(getattr(litellm, kind)):
        litellm.completion(model=f"litellm_proxy/{model}", messages=QUESTION, **proxy)
