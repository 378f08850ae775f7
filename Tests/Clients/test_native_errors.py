"""The troubles of the real servers, by name, as real clients meet them: which exception, and what it says.

A rule for each trouble acts on requests that bear its name in a header, so that one fake serves all tests.
"""

import asyncio
import json
import uuid

import httpx
import pytest
import websockets

from fake_process import FakeProcess
from workflows import text_to_image

TROUBLE = "x-trouble"
QUESTION = [{"role": "user", "content": "Tell me of the sea."}]


def scenario(folder, *rules: tuple):
    """A file with a rule for each (`on`, name, more about the error)."""
    path = folder / "troubles.yaml"
    document = {
        "version": 1,
        "scenario": "troubles",
        "rules": [
            {
                "name": f"{name} {number}",
                "on": on,
                "when": {"header": {TROUBLE: name}},
                "error": {"name": name, **dict(*more)},
            }
            for number, (on, name, *more) in enumerate(rules)
        ],
    }
    path.write_text(json.dumps(document))  # which is YAML, too
    return str(path)


@pytest.fixture(scope="module")
def litellm(tmp_path_factory):
    chat = "litellm POST /v1/chat/completions"
    names = ["authentication", "model_not_found", "permission", "budget", "context_window", "upstream_timeout"]
    names += ["upstream_error", "overloaded"]
    rules = [
        *((chat, name) for name in names),
        (chat, "rate_limit", {"retry_after": "7s"}),
        (chat, "mid_stream_error", {"after_messages": 3}),
        ("litellm POST /v1/messages", "mid_stream_error", {"after_messages": 3}),
        ("litellm POST /v1/messages", "rate_limit"),
        ("litellm POST /v1/responses", "mid_stream_error", {"after_messages": 5}),
    ]
    folder = tmp_path_factory.mktemp("litellm")
    with FakeProcess("fake-litellm", "--port", "0", "--scenario", scenario(folder, *rules)) as fake:
        yield fake


class TestOpenAI:
    @pytest.fixture(scope="class")
    def ask(self, litellm):
        import openai

        def ask(trouble: str, **options):
            return client.chat.completions.create(
                model="gpt-4o-mini", messages=QUESTION, extra_headers={TROUBLE: trouble}, **options
            )

        with openai.OpenAI(base_url=f"{litellm.url}/v1", api_key="sk-mine", max_retries=0) as client:
            yield ask

    @pytest.mark.parametrize(
        ("trouble", "exception", "status", "words"),
        [
            ("rate_limit", "RateLimitError", 429, "Rate limit exceeded for api_key: "),
            ("authentication", "AuthenticationError", 401, "Authentication Error, Invalid API key provided."),
            ("permission", "PermissionDeniedError", 403, "The requested model 'gpt-4o-mini' is not available"),
            ("budget", "UnprocessableEntityError", 422, "Budget has been exceeded!"),
            ("model_not_found", "BadRequestError", 400, "Invalid model name passed in model=gpt-4o-mini"),
            ("context_window", "BadRequestError", 400, "litellm.ContextWindowExceededError: "),
            ("upstream_timeout", "APIStatusError", 408, "litellm.Timeout: "),
            ("upstream_error", "InternalServerError", 500, "litellm.InternalServerError: "),
            ("overloaded", "InternalServerError", 503, "litellm.ServiceUnavailableError: "),
        ],
    )
    def test_a_trouble_is_its_exception(self, ask, trouble, exception, status, words):
        import openai

        with pytest.raises(openai.APIStatusError) as caught:
            ask(trouble)

        assert type(caught.value).__name__ == exception
        assert caught.value.status_code == status
        assert words in caught.value.message

    def test_a_limit_says_when_to_come_back(self, ask):
        import openai

        with pytest.raises(openai.RateLimitError) as caught:
            ask("rate_limit")

        headers = caught.value.response.headers
        assert headers["retry-after"] == "7"
        assert headers["rate_limit_type"] == "requests"

    def test_a_stream_that_breaks_is_an_error_after_its_first_chunks(self, ask):
        import openai

        chunks = []
        with pytest.raises(openai.APIError, match="The server had an error") as caught:
            for chunk in ask("mid_stream_error", stream=True):
                chunks.append(chunk)

        assert len(chunks) == 3
        assert not isinstance(caught.value, openai.APIStatusError)

    def test_responses_fail_in_the_middle(self, litellm):
        import openai

        with openai.OpenAI(base_url=f"{litellm.url}/v1", api_key="sk-mine", max_retries=0) as client:
            events = list(
                client.responses.create(
                    model="gpt-4o-mini", input="hi", stream=True, extra_headers={TROUBLE: "mid_stream_error"}
                )
            )

        assert [event.type for event in events][-2:] == ["response.output_text.delta", "response.failed"]
        assert events[-1].response.error.message == "The server had an error while processing your request"


class TestAnthropic:
    @pytest.fixture(scope="class")
    def client(self, litellm):
        import anthropic

        with anthropic.Anthropic(base_url=litellm.url, api_key="sk-mine", max_retries=0) as client:
            yield client

    def test_a_limit_is_in_the_envelope_of_anthropic(self, client):
        import anthropic

        with pytest.raises(anthropic.RateLimitError) as caught:
            client.messages.create(
                model="gpt-4o-mini", max_tokens=9, messages=QUESTION, extra_headers={TROUBLE: "rate_limit"}
            )

        assert caught.value.body["error"]["type"] == "rate_limit_error"

    def test_a_stream_that_breaks_raises(self, client):
        import anthropic

        with pytest.raises(anthropic.APIStatusError, match="The server had an error"):
            for _ in client.messages.create(
                model="gpt-4o-mini",
                max_tokens=99,
                messages=QUESTION,
                stream=True,
                extra_headers={TROUBLE: "mid_stream_error"},
            ):
                pass


class TestGradio:
    @pytest.fixture(scope="class")
    def echo(self, tmp_path_factory):
        rules = [
            ("gradio POST /gradio_api/queue/join", "app_error", {"message": "Out of tea"}),
            ("gradio POST /gradio_api/queue/join", "hidden_error"),
            ("gradio POST /gradio_api/queue/join", "queue_full"),
            ("gradio POST /gradio_api/queue/join", "validation"),
            ("gradio GET /config", "unauthorized"),
        ]
        folder = tmp_path_factory.mktemp("gradio")
        with FakeProcess("fake-gradio", "--app", "echo", "--port", "0", "--scenario", scenario(folder, *rules)) as fake:
            yield fake

    def predict(self, fake, trouble: str):
        from gradio_client import Client

        client = Client(fake.url, headers={TROUBLE: trouble}, verbose=False, analytics_enabled=False)
        try:
            endpoint = next(iter(client.endpoints.values()))
            return client.predict(*["x"] * len(endpoint.parameters_info), api_name=endpoint.api_name)
        finally:
            client.close()

    def test_an_error_of_the_app_is_an_app_error_with_its_text(self, echo):
        from gradio_client.exceptions import AppError

        with pytest.raises(AppError, match="Out of tea") as caught:
            self.predict(echo, "app_error")

        assert caught.value.title == "Error"

    def test_a_hidden_error_says_nothing_of_itself(self, echo):
        from gradio_client.exceptions import AppError

        with pytest.raises(AppError, match="verbose"):
            self.predict(echo, "hidden_error")

    @pytest.mark.parametrize(("trouble", "exception"), [("queue_full", "QueueError"), ("validation", "ValidationError")])
    def test_who_may_not_join_learns_why(self, echo, trouble, exception):
        with pytest.raises(Exception) as caught:
            self.predict(echo, trouble)

        assert type(caught.value).__name__ == exception

    def test_without_a_login_the_client_does_not_begin(self, echo):
        with pytest.raises(Exception) as caught:
            self.predict(echo, "unauthorized")

        assert type(caught.value).__name__ == "AuthenticationError"


class TestComfyUI:
    @pytest.fixture(scope="class")
    def comfyui(self, tmp_path_factory):
        rules = [("comfyui POST /prompt", name) for name in ["out_of_memory", "disk_full", "validation"]]
        folder = tmp_path_factory.mktemp("comfyui")
        with FakeProcess("fake-comfyui", "--port", "0", "--scenario", scenario(folder, *rules)) as fake:
            yield fake

    async def post(self, fake, trouble: str, client: str = "") -> httpx.Response:
        workflow = text_to_image(seed=1, checkpoint="sd_xl_base_1.0.safetensors")
        async with httpx.AsyncClient(headers={TROUBLE: trouble}) as http:
            return await http.post(f"{fake.url}/prompt", json={"prompt": workflow, "client_id": client})

    @pytest.mark.parametrize(
        ("trouble", "exception", "node"),
        [("out_of_memory", "torch.OutOfMemoryError", "KSampler"), ("disk_full", "OSError", "SaveImage")],
    )
    async def test_a_run_fails_over_the_socket_and_in_the_history(self, comfyui, trouble, exception, node):
        client = uuid.uuid4().hex
        async with websockets.connect(f"{comfyui.url.replace('http', 'ws')}/ws?clientId={client}") as socket:
            prompt = (await self.post(comfyui, trouble, client)).json()["prompt_id"]
            failure = None
            while True:
                frame = await asyncio.wait_for(socket.recv(), 10)
                message = json.loads(frame) if isinstance(frame, str) else {"type": "preview"}
                if message["type"] == "execution_error":
                    failure = message["data"]
                if message["type"] == "executing" and message["data"]["node"] is None:
                    break
        entry = httpx.get(f"{comfyui.url}/history/{prompt}").json()[prompt]

        assert failure["exception_type"] == exception
        assert failure["node_type"] == node
        assert entry["status"]["status_str"] == "error"
        assert entry["status"]["messages"][-1] == ["execution_error", failure]

    async def test_a_prompt_is_refused_in_its_own_terms(self, comfyui):
        answer = await self.post(comfyui, "validation")

        assert answer.status_code == 400
        assert answer.json()["error"]["type"] == "prompt_outputs_failed_validation"
        assert list(answer.json()["node_errors"]) == ["9"]
