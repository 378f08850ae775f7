"""What models say and how fast, as the configuration or a request has it: through the SDKs that people use."""

import asyncio
import subprocess
import time
from pathlib import Path

import anthropic
import httpx
import openai
import pytest
from fake_process import FOLDER, FakeProcess
from openai import AsyncOpenAI, OpenAI

CONFIG = Path(__file__).parent / "litellm-answers.yaml"
WEATHER = {
    "type": "function",
    "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


@pytest.fixture(scope="module")
def proxy():
    with FakeProcess("fake-litellm", "--port", "0", "--config", str(CONFIG)) as fake:
        yield fake


@pytest.fixture(scope="module")
def client(proxy):
    with OpenAI(base_url=f"{proxy.url}/v1", api_key="sk-anything", max_retries=0) as client:
        yield client


def user(text: str) -> dict:
    return {"role": "user", "content": text}


def said(client: OpenAI, model: str, *messages: dict, **more) -> str:
    answer = client.chat.completions.create(model=model, messages=list(messages), **more)
    return answer.choices[0].message.content


class TestModes:
    def test_each_model_has_its_own(self, client):
        assert said(client, "plain", user("Hello")) == "Nothing to say."
        assert said(client, "echoing", user("Hello")) == "Hello"
        assert said(client, "polite", user("Hello")) == "Dear user of polite, you said: Hello (1)"

    def test_a_request_may_ask_for_another(self, client):
        assert said(client, "plain", user("Hello"), extra_headers={"x-understudy-answers": "echo"}) == "Hello"
        assert said(client, "echoing", user("Hello"), extra_headers={"x-understudy-answers": "No."}) == "No."

    def test_turns_follow_the_conversation_and_not_the_calls(self, client):
        first, second = user("Knock, knock"), user("Cargo")
        between = {"role": "assistant", "content": "Who is there?"}

        assert said(client, "joker", first) == "Who is there?"
        assert said(client, "joker", first) == "Who is there?"
        assert said(client, "joker", first, between, second) == "Cargo who?"
        assert said(client, "joker", *[first] * 5) == "Ha."

    def test_a_stream_says_the_same(self, client):
        stream = client.chat.completions.create(model="polite", messages=[user("Hello")], stream=True)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
        assert text == "Dear user of polite, you said: Hello (1)"

    def test_other_routes_say_the_same(self, client, proxy):
        assert client.responses.create(model="polite", input="Hello").output_text == said(client, "polite", user("Hello"))
        assert client.completions.create(model="echoing", prompt="Hello").choices[0].text == "Hello"
        with anthropic.Anthropic(base_url=proxy.url, api_key="sk-anything", max_retries=0) as other:
            message = other.messages.create(model="echoing", max_tokens=100, messages=[user("Hello")])
        assert message.content[0].text == "Hello"


class TestFixtures:
    def test_an_agent_calls_its_tool_and_answers_by_the_result(self, client):
        question = user("How is the WEATHER?")
        answer = client.chat.completions.create(model="agent", messages=[question], tools=[WEATHER]).choices[0]
        (call,) = answer.message.tool_calls
        assert answer.finish_reason == "tool_calls"
        assert (call.function.name, call.function.arguments) == ("get_weather", '{"city":"Paris"}')

        messages = [question, answer.message.model_dump(exclude_none=True)]
        result = {"role": "tool", "tool_call_id": call.id, "content": "sunny, 25 degrees"}
        assert said(client, "agent", *messages, result, tools=[WEATHER]) == "Take a hat: sunny, 25 degrees"
        assert said(client, "agent", *messages, {**result, "content": "rain"}, tools=[WEATHER]) == "Stay at home."

    def test_a_streamed_call_is_the_same(self, client):
        stream = client.chat.completions.create(model="agent", messages=[user("weather?")], tools=[WEATHER], stream=True)
        pieces = [call for chunk in stream for call in chunk.choices[0].delta.tool_calls or []]
        assert pieces[0].function.name == "get_weather"
        assert "".join(piece.function.arguments for piece in pieces) == '{"city":"Paris"}'

    def test_the_turn_the_system_and_what_is_left(self, client):
        assert said(client, "agent", user("42")) == "42"
        assert said(client, "agent", user("a number?"), user("42")) == "A number, 42."
        assert said(client, "agent", {"role": "system", "content": "You are a pirate."}, user("Hi")) == "Arr."


class TestTime:
    def test_the_first_token_and_the_others_take_their_time(self, client):
        began = time.monotonic()
        stream = client.chat.completions.create(
            model="slow-one", messages=[user("Hi")], stream=True, extra_headers={"x-understudy-answers": "a b c d e f"})
        times = [time.monotonic() - began for chunk in stream if chunk.choices[0].delta.content]

        assert times[0] >= 0.2
        assert times[-1] - times[0] >= 0.09

    def test_an_answer_in_one_piece_comes_with_its_last_token(self, client):
        began = time.monotonic()
        said(client, "slow-one", user("Hi"), extra_headers={"x-understudy-answers": "a b c d e f"})
        assert time.monotonic() - began >= 0.3

    @pytest.mark.parametrize(("path", "body"), [
        ("/v1/completions", {"prompt": "Hi"}),
        ("/v1/responses", {"input": "Hi"}),
        ("/v1/messages", {"messages": [user("Hi")], "max_tokens": 100}),
        ("/v1beta/models/slow-one:generateContent", {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]}),
        ("/v1/chat/completions", {"messages": [user("Hi")], "model": "quick-one,slow-one"}),
    ])
    def test_an_answer_in_one_piece_does_so_on_every_route(self, proxy, path, body):
        began = time.monotonic()
        answer = httpx.post(
            proxy.url + path, json={"model": "slow-one"} | body, headers={"x-understudy-answers": "a b c d e f"})
        seconds = time.monotonic() - began

        assert answer.status_code == 200 and "a b c d e f" in answer.text
        assert seconds >= 0.3

    def test_others_are_not_slow(self, client):
        fast, slow = (
            min(self.seconds(client, model) for _ in range(3)) for model in ("quick-one", "slow-one"))
        assert fast < slow

    def test_many_at_once_share_what_there_is(self, proxy):
        async def streams(count: int) -> float:
            async with AsyncOpenAI(base_url=f"{proxy.url}/v1", api_key="sk-anything", max_retries=0) as client:
                async def heard():
                    stream = await client.chat.completions.create(
                        model="shared-one", messages=[user("Hi")], stream=True,
                        extra_headers={"x-understudy-answers": "a b c d e f g h i j"})
                    return [chunk async for chunk in stream]

                began = time.monotonic()
                await asyncio.gather(*(heard() for _ in range(count)))
                return time.monotonic() - began

        # Ten tokens of 10 ms each; of six streams at once each has a sixth of that.
        assert 0.1 <= asyncio.run(streams(1))
        assert 0.4 <= asyncio.run(streams(6))

    def test_a_request_may_ask_for_a_profile(self, client):
        assert self.seconds(client, "quick-one", **{"x-understudy-profile": "large"}) > 0.2
        with pytest.raises(openai.BadRequestError, match='no profile "larg": did you mean "large"'):
            self.seconds(client, "quick-one", **{"x-understudy-profile": "larg"})

    @staticmethod
    def seconds(client: OpenAI, model: str, **headers: str) -> float:
        began = time.monotonic()
        said(client, model, user("Hi"), extra_headers=headers)
        return time.monotonic() - began


@pytest.mark.parametrize(("section", "complaint"), [
    ("answer: echo", 'understudy: unknown field "answer": did you mean "answers"?'),
    ("answers: {template: 'Dear {{usr}}'}", 'understudy.answers.template: nothing is known for {{usr}}: did you mean "user"?'),
    ("answers: {turns: []}", "understudy.answers.turns: expected a list of texts"),
    ("answers: {fixtures: [{when: {user: a}}]}", "understudy.answers.fixtures[0]: expected either say"),
    ("answers: {fixtures: [{when: {user: {matches: '('}}, say: b}]}", "understudy.answers.fixtures[0].when.user.matches"),
    ("profile: larg", 'understudy.profile: there is no profile "larg": did you mean "large"?'),
    ("first_token: soon", "understudy.first_token: expected a time such as 400ms, or seconds"),
    ("between_tokens: {lognormal: {median: 2s, p99: 1s}}", "understudy.between_tokens.lognormal: expected a median"),
    ("models: {gpt: {at_once: 0}}", "understudy.models.gpt.at_once: expected a number from 1"),
])
def test_mistakes_are_named(section, complaint, tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("model_list: [{model_name: a, litellm_params: {model: openai/a}}]\nunderstudy: {%s}\n" % section)
    run = subprocess.run(
        [str(FOLDER / "fake-litellm"), "--port", "0", "--config", str(file)], capture_output=True, text=True, timeout=20)

    assert run.returncode != 0
    assert complaint in run.stderr


def test_the_suites_own_file_describes_models_too(tmp_path):
    file = tmp_path / "understudy.yaml"
    file.write_text("""
        only: [litellm]
        ports: random
        control: "off"
        litellm:
          model_list: [{ model_name: mine, litellm_params: { model: openai/mine } }]
          answers: { template: "{{model}} says hello" }
        """)
    with FakeProcess("understudy", "up", "--settings", str(file)) as fake:
        with OpenAI(base_url=f"{fake.url}/v1", api_key="sk-anything", max_retries=0) as client:
            assert [model.id for model in client.models.list()] == ["mine"]
            assert said(client, "mine", user("Hi")) == "mine says hello"

    file.write_text("litellm: { answers: { templat: a } }")
    run = subprocess.run(
        [str(FOLDER / "understudy"), "up", "--settings", str(file)], capture_output=True, text=True, timeout=20)
    assert run.returncode == 2
    assert 'understudy.yaml:1:10: litellm.answers: unknown field "templat": did you mean "template"?' in run.stderr


def test_what_the_readme_shows(tmp_path):
    text = (Path(__file__).parents[2] / "README.md").read_text()
    shown = text.partition("## What models say")[2].partition("```yaml\n")[2].partition("```")[0]
    file = tmp_path / "understudy.yaml"
    file.write_text('only: [litellm]\nports: random\ncontrol: "off"\n' + shown)
    with FakeProcess("understudy", "up", "--speed", "10x", "--settings", str(file)) as fake:
        with OpenAI(base_url=f"{fake.url}/v1", api_key="sk-anything", max_retries=0) as client:
            assert said(client, "gpt-4o-mini", user("Hello")) == "gpt-4o-mini heard: Hello"
            assert said(client, "gpt-4o", user("Hello")) == "Who is there?"
            assert said(client, "gpt-4o", user("How many?"), user("7")) == "A number, 7."
            answer = client.chat.completions.create(model="gpt-4o", messages=[user("weather?")], tools=[WEATHER])
            assert answer.choices[0].message.tool_calls[0].function.name == "get_weather"
