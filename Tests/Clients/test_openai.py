"""openai-python 3.54.0 against the fake LiteLLM proxy."""

import asyncio
import json

import openai
import pytest
from openai import AsyncOpenAI, OpenAI

REPLY = "Hello! This is a mock reply."
QUESTION = [{"role": "user", "content": "Good evening"}]


@pytest.fixture(scope="module")
def client(litellm_proxy):
    with OpenAI(base_url=f"{litellm_proxy.url}/v1", api_key="sk-anything", max_retries=0) as client:
        yield client


@pytest.fixture
def locked(locked_litellm_proxy):
    def client(key: str) -> OpenAI:
        return OpenAI(base_url=f"{locked_litellm_proxy.url}/v1", api_key=key, max_retries=0)

    return client


class TestChat:
    def test_the_deployments_reply_comes_back(self, client):
        answer = client.chat.completions.create(model="gpt-4o-mini", messages=QUESTION)

        assert answer.object == "chat.completion"
        assert answer.id.startswith("chatcmpl-")
        assert answer.model == "gpt-4o-mini"
        (choice,) = answer.choices
        assert (choice.finish_reason, choice.index) == ("stop", 0)
        assert (choice.message.role, choice.message.content) == ("assistant", REPLY)
        usage = answer.usage
        assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (10, 20, 30)

    def test_a_stream_is_the_same_text_in_pieces_of_three(self, client):
        stream = client.chat.completions.create(model="gpt-4o-mini", messages=QUESTION, stream=True)
        chunks = list(stream)

        pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices[0].delta.content]
        assert "".join(pieces) == REPLY
        assert {len(piece) for piece in pieces[:-1]} == {3}
        assert chunks[0].choices[0].delta.role == "assistant"
        assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
        assert len({chunk.id for chunk in chunks}) == 1
        assert not [chunk for chunk in chunks if chunk.usage]

    def test_a_stream_ends_with_its_usage_on_request(self, client):
        stream = client.chat.completions.create(
            model="gpt-4o-mini", messages=QUESTION, stream=True, stream_options={"include_usage": True}
        )
        last = list(stream)[-1]

        assert last.choices == []
        assert last.usage.total_tokens == last.usage.prompt_tokens + last.usage.completion_tokens > 0

    @pytest.mark.invented
    async def test_many_streams_at_once_do_not_mix(self, litellm_proxy):
        async def ask(number: int) -> tuple[str, str]:
            question = [{"role": "user", "content": f"question {number}"}]
            text = ""
            async for chunk in await client.chat.completions.create(model="gpt-4o", messages=question, stream=True):
                text += chunk.choices[0].delta.content or ""
            whole = await client.chat.completions.create(model="gpt-4o", messages=question)
            return text, whole.choices[0].message.content

        async with AsyncOpenAI(base_url=f"{litellm_proxy.url}/v1", api_key="x", max_retries=0) as client:
            answers = await asyncio.gather(*(ask(number) for number in range(20)))

        assert all(streamed == whole for streamed, whole in answers)
        assert len(set(answers)) > 1

    @pytest.mark.invented
    def test_the_same_question_has_the_same_answer(self, client):
        def ask(text: str) -> str:
            answer = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}])
            return answer.choices[0].message.content

        assert ask("What is a lighthouse?") == ask("What is a lighthouse?") != ask("What is a mill?")

    def test_several_choices_on_request(self, client):
        answer = client.chat.completions.create(model="gpt-4o-mini", messages=QUESTION, n=3)

        assert [choice.index for choice in answer.choices] == [0, 1, 2]
        assert {choice.message.content for choice in answer.choices} == {REPLY}

    @pytest.mark.invented
    def test_a_request_may_bring_its_own_answer(self, client):
        answer = client.chat.completions.create(
            model="gpt-4o", messages=QUESTION, extra_body={"mock_response": "Just say this."}
        )

        assert answer.choices[0].message.content == "Just say this."

    def test_a_tool_is_called(self, client):
        answer = client.chat.completions.create(model="mock-tools", messages=QUESTION)

        (call,) = answer.choices[0].message.tool_calls
        assert (call.id, call.type, call.function.name) == ("call_mock1", "function", "get_weather")
        assert json.loads(call.function.arguments) == {"city": "Paris"}

    def test_the_raw_answer_has_the_proxys_headers(self, client):
        raw = client.chat.completions.with_raw_response.create(
            model="gpt-4o-mini", messages=QUESTION, extra_headers={"x-litellm-call-id": "my-own-id"}
        )

        assert raw.headers["x-litellm-version"] == "1.109.1"
        assert raw.headers["x-litellm-call-id"] == "my-own-id"
        assert raw.headers["x-litellm-model-group"] == "gpt-4o-mini"
        assert raw.parse().choices[0].message.content == REPLY


class TestCompletions:
    def test_a_prompt_is_completed(self, client):
        answer = client.completions.create(model="gpt-4o-mini", prompt="Once", max_tokens=16)

        assert answer.object == "text_completion"
        (choice,) = answer.choices
        assert (choice.text, choice.finish_reason, choice.index, choice.logprobs) == (REPLY, "stop", 0, None)
        assert answer.usage.total_tokens == 30

    def test_a_stream_is_the_same_text(self, client):
        chunks = list(client.completions.create(model="gpt-4o-mini", prompt="Once", stream=True))

        assert "".join(chunk.choices[0].text or "" for chunk in chunks) == REPLY
        assert chunks[-1].choices[0].finish_reason == "stop"


    @pytest.mark.invented
    def test_messages_are_taken_for_a_prompt_as_the_story_has_it(self, client):
        answer = client.post(
            "/completions", body={"model": "gpt-4o-mini", "messages": QUESTION}, cast_to=openai.types.Completion
        )

        assert answer.choices[0].text == REPLY


class TestEmbeddings:
    @pytest.mark.invented
    def test_each_text_has_its_vector(self, client):
        def vectors(*texts: str, **options) -> list[list[float]]:
            answer = client.embeddings.create(model="text-embedding-3-small", input=list(texts), **options)
            assert [item.index for item in answer.data] == list(range(len(texts)))
            return [item.embedding for item in answer.data]

        one, other, again = vectors("a lighthouse", "a mill", "a lighthouse", encoding_format="float")

        assert one == again != other
        assert len(one) == len(other) > 1
        assert all(isinstance(number, float) for number in one)

    @pytest.mark.invented
    def test_base64_is_the_same_vector(self, client):
        # Without a format the SDK asks for base64 and decodes it.
        packed = client.embeddings.create(model="text-embedding-3-small", input="a lighthouse")
        plain = client.embeddings.create(
            model="text-embedding-3-small", input="a lighthouse", encoding_format="float"
        )

        assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding, rel=1e-6)
        assert packed.usage.prompt_tokens == packed.usage.total_tokens > 0


class TestModels:
    def test_the_deployments_are_listed(self, client):
        models = client.models.list()

        names = [model.id for model in models]
        assert {"gpt-4o-mini", "gpt-4o", "text-embedding-3-small", "mock-ratelimit"} <= set(names)
        assert len(names) == len(set(names))
        assert {model.object for model in models} == {"model"}

    def test_one_is_described(self, client):
        assert client.models.retrieve("gpt-4o-mini").id == "gpt-4o-mini"

    def test_one_that_is_not_there_is_not_found(self, client):
        with pytest.raises(openai.NotFoundError):
            client.models.retrieve("no-such-model")


class TestErrors:
    @pytest.mark.parametrize("stream", [False, True])
    @pytest.mark.parametrize(
        ("model", "kind", "status", "words"),
        [
            ("mock-ratelimit", openai.RateLimitError, 429, "litellm.RateLimitError: this is a mock rate limit error"),
            ("mock-ctx", openai.BadRequestError, 400, "litellm.ContextWindowExceededError: "),
            ("mock-ise", openai.InternalServerError, 500, "litellm.InternalServerError: "),
            ("mock-policy", openai.BadRequestError, 400, "content_filter_policy violated"),
            ("mock-timeout", openai.APIStatusError, 408, "litellm.Timeout: "),
            ("no-such-model", openai.BadRequestError, 400, "Invalid model name passed in model=no-such-model"),
            ("up-400", openai.BadRequestError, 400, "litellm.BadRequestError: OpenAIException - Invalid value"),
            ("up-401", openai.AuthenticationError, 401, "litellm.AuthenticationError: AuthenticationError: OpenAIExc"),
            ("up-403", openai.PermissionDeniedError, 403, "litellm.APIError: APIError: OpenAIException - Project"),
            ("up-404", openai.NotFoundError, 404, "litellm.NotFoundError: NotFoundError: OpenAIException - The model"),
            ("up-422", openai.UnprocessableEntityError, 422, "OpenAIException - Unprocessable thing"),
            ("up-429", openai.RateLimitError, 429, "litellm.RateLimitError: RateLimitError: OpenAIException - Rate"),
            ("up-500", openai.InternalServerError, 500, "InternalServerError: OpenAIException - The server had an err"),
            ("up-502", openai.InternalServerError, 502, "litellm.BadGatewayError: BadGatewayError: OpenAIException"),
            ("up-503", openai.InternalServerError, 503, "litellm.ServiceUnavailableError: ServiceUnavailableError"),
            ("up-529", openai.InternalServerError, 529, "litellm.APIError: APIError: OpenAIException - Overloaded"),
            ("up-ctx", openai.BadRequestError, 400, "litellm.ContextWindowExceededError: litellm.BadRequestError: C"),
            ("up-refused", openai.InternalServerError, 500, "OpenAIException - Connection error."),
        ],
    )
    def test_a_failing_deployment_raises_what_the_sdk_has_for_it(self, client, model, kind, status, words, stream):
        with pytest.raises(kind) as caught:
            client.chat.completions.create(model=model, messages=QUESTION, stream=stream)

        error = caught.value
        assert error.status_code == status
        assert words in error.body["message"]
        assert error.code == str(status)

    def test_a_stream_that_fails_at_once_is_no_stream(self, client):
        with pytest.raises(openai.InternalServerError) as caught:
            client.chat.completions.create(model="mock-streamerr", messages=QUESTION, stream=True)

        assert caught.value.status_code == 529

    @pytest.mark.parametrize(
        ("model", "words"),
        [
            ("up-miderr", "The server had an error while processing your request"),
            ("up-mideof", "Stream ended before a finish_reason was received"),
            ("up-middrop", "Connection error."),
        ],
    )
    def test_a_stream_that_fails_on_the_way_tells_of_it(self, client, model, words):
        text = ""

        with pytest.raises(openai.APIError, match=words) as caught:
            for chunk in client.chat.completions.create(model=model, messages=QUESTION, stream=True):
                text += chunk.choices[0].delta.content or ""

        assert not isinstance(caught.value, openai.APIStatusError)
        assert text == "Hello there,"

    def test_the_providers_wish_for_patience_is_relayed_under_another_name(self, client):
        with pytest.raises(openai.RateLimitError) as caught:
            client.chat.completions.create(model="up-429", messages=QUESTION)

        headers = caught.value.response.headers
        assert headers["llm_provider-retry-after"] == "2"
        assert "retry-after" not in headers

    def test_a_missing_field_is_named(self, client):
        with pytest.raises(openai.BadRequestError) as caught:
            client.post("/chat/completions", body={"model": "gpt-4o-mini"}, cast_to=object)

        assert caught.value.param == "messages"
        assert "Missing required parameter: 'messages'" in caught.value.message

    def test_an_unknown_path_is_not_found(self, client):
        with pytest.raises(openai.NotFoundError) as caught:
            client.get("/no-such-thing", cast_to=object)

        assert caught.value.response.json() == {"detail": "Not Found"}

    def test_an_answer_that_comes_too_late_is_a_timeout(self, client):
        with pytest.raises(openai.APITimeoutError):
            client.with_options(timeout=0.1).chat.completions.create(model="mock-delay", messages=QUESTION)

    def test_the_proxys_own_timeout_is_asked_for_by_header(self, client):
        with pytest.raises(openai.APIStatusError) as caught:
            client.chat.completions.create(
                model="mock-timeout", messages=QUESTION, extra_headers={"x-litellm-timeout": "0.05"}
            )

        assert caught.value.status_code == 408


class TestKeys:
    def test_the_master_key_opens(self, locked):
        answer = locked("sk-understudy-tests").chat.completions.create(model="gpt-4o-mini", messages=QUESTION)

        assert answer.choices[0].message.content == REPLY

    def test_another_key_is_refused_for_want_of_a_database(self, locked):
        with pytest.raises(openai.BadRequestError) as caught:
            locked("sk-wrong").chat.completions.create(model="gpt-4o-mini", messages=QUESTION)

        assert caught.value.body == {
            "message": "No connected db.",
            "type": "no_db_connection",
            "param": None,
            "code": "400",
        }

    def test_no_key_is_an_authentication_error(self, locked):
        with pytest.raises(openai.AuthenticationError) as caught:
            locked("sk-unused").models.list(extra_headers={"Authorization": openai.Omit()})

        assert caught.value.body["message"] == "Authentication Error, No api key passed in."


class TestVirtualKeys:
    @pytest.fixture
    def ask(self, litellm_proxy_with_keys):
        def ask(key: str) -> str:
            with OpenAI(base_url=f"{litellm_proxy_with_keys.url}/v1", api_key=key, max_retries=0) as client:
                answer = client.chat.completions.create(model="gpt-4o-mini", messages=QUESTION)
            return answer.choices[0].message.content

        return ask

    def test_a_good_key_opens(self, ask):
        assert ask("sk-good-key") == REPLY

    @pytest.mark.parametrize(
        ("key", "kind", "words", "type"),
        [
            ("sk-unknown-key", openai.AuthenticationError, "Invalid API key provided", "token_not_found_in_db"),
            ("not-a-key", openai.AuthenticationError, "expected to start with 'sk-'", "auth_error"),
            ("sk-late-key", openai.AuthenticationError, "Expired Key", "expired_key"),
            ("sk-blocked-key", openai.AuthenticationError, "Key is blocked", "auth_error"),
            ("sk-narrow-key", openai.PermissionDeniedError, "'gpt-4o-mini' is not available", "key_model_access_denied"),
            ("sk-poor-key", openai.UnprocessableEntityError, "Budget has been exceeded!", "budget_exceeded"),
        ],
    )
    def test_a_key_in_trouble_raises_what_the_sdk_has_for_it(self, ask, key, kind, words, type):
        with pytest.raises(kind) as caught:
            ask(key)

        assert words in caught.value.body["message"]
        assert caught.value.type == type

    def test_a_hurried_key_has_to_wait(self, ask):
        assert ask("sk-hurried-key") == REPLY

        with pytest.raises(openai.RateLimitError) as caught:
            ask("sk-hurried-key")

        assert "Limit type: requests. Current limit: 1, Remaining: 0." in caught.value.body["message"]
        assert 0 < int(caught.value.response.headers["retry-after"]) <= 60
