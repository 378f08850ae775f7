"""anthropic-python 2.12.0 against the fake LiteLLM proxy's `/v1/messages`."""

import pytest


@pytest.fixture
def client(litellm_proxy):
    import anthropic

    with anthropic.Anthropic(base_url=litellm_proxy.url, api_key="sk-anything", max_retries=0) as client:
        yield client


def test_a_message_is_answered(client):
    answer = client.messages.create(
        model="gpt-4o-mini", max_tokens=64, messages=[{"role": "user", "content": "Good evening"}]
    )

    assert (answer.type, answer.role, answer.stop_reason) == ("message", "assistant", "end_turn")
    assert answer.content[0].text == "Hello! This is a mock reply."
