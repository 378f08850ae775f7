"""Answers in the shape that was asked for: openai-python 3.54.0, instructor 1.17.0 and langchain-openai 1.7.3 against the
fake LiteLLM proxy, each answer held against its schema."""

import enum
import json
from typing import Annotated, Literal

import instructor
import jsonschema
import openai
import pytest
from annotated_types import Len
from instructor.core import InstructorRetryException
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel, Field

pytestmark = pytest.mark.invented


class Mood(enum.Enum):
    calm = "calm"
    wild = "wild"


class Harbour(BaseModel):
    name: str = Field(min_length=12, max_length=20)
    code: str = Field(pattern=r"^[A-Z]{2}-\d{3,5}$")
    depth: float = Field(gt=0, lt=0.5)
    ships: int = Field(ge=10, le=20, multiple_of=5)
    mood: Mood
    berths: Annotated[list[int], Len(3, 6)]
    tides: tuple[float, str]
    owner: str | None
    kind: Literal["fishing", "trade"] = "trade"


class Branch(BaseModel):
    """Names itself, once where it may be missing and once in a list."""

    label: str
    next: "Branch | None" = None
    twigs: list["Branch"] = []


class Circle(BaseModel):
    shape: Literal["circle"]
    radius: float = Field(gt=0)


class Square(BaseModel):
    shape: Literal["square"]
    side: int = Field(gt=0)


class Drawing(BaseModel):
    shapes: list[Annotated[Circle | Square, Field(discriminator="shape")]] = Field(min_length=4)
    names: dict[str, int]


# What models of Pydantic do not write.
SCHEMAS = {
    "allOf": {"$defs": {"a": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}},
              "allOf": [{"$ref": "#/$defs/a"}, {"properties": {"b": {"type": "boolean"}}, "required": ["b"]}]},
    "bounds": {"type": "array", "prefixItems": [{"type": "integer", "exclusiveMaximum": -7}, {"type": "number", "maximum": -0.5}],
               "items": {"type": "number", "multipleOf": 0.25, "minimum": 3}, "minItems": 5},
    "unique": {"type": "array", "items": {"type": "integer", "minimum": 1, "maximum": 4}, "minItems": 4, "uniqueItems": True},
    "patterns": {"type": "object", "additionalProperties": {"type": "string", "pattern": r"^(?:a|bc)+\.[^a-z\s]?$"},
                 "minProperties": 3},
    "formats": {"type": "array", "minItems": 4, "prefixItems": [
        {"type": "string", "format": name} for name in ("date-time", "email", "ipv4", "uuid")]},
    "nullable": {"type": ["null", "string"], "minLength": 9},
}


@pytest.fixture(scope="module")
def client(litellm_proxy):
    with openai.OpenAI(base_url=f"{litellm_proxy.url}/v1", api_key="sk-anything", max_retries=0) as client:
        yield client


@pytest.fixture(scope="module")
def structured(client):
    return instructor.from_openai(client)


def question(number: int) -> list[dict]:
    return [{"role": "user", "content": f"Question {number}"}]


class TestSchemas:
    @pytest.mark.parametrize("name", SCHEMAS)
    def test_an_answer_is_valid(self, client, name):
        schema = SCHEMAS[name]
        check = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        wish = {"type": "json_schema", "json_schema": {"name": "wish", "schema": schema}}

        for number in range(4):
            answer = client.chat.completions.create(model="gpt-4o", messages=question(number), response_format=wish)
            check.validate(json.loads(answer.choices[0].message.content))

    @pytest.mark.parametrize("model", [Harbour, Branch, Drawing])
    def test_a_model_is_parsed(self, client, model):
        answers = [
            client.chat.completions.create(
                model="gpt-4o", messages=question(number),
                response_format={"type": "json_schema", "json_schema": {"name": "m", "schema": model.model_json_schema()}},
            ).choices[0].message.content
            for number in range(4)
        ]

        assert all(model.model_validate_json(answer) for answer in answers)
        assert len(set(answers)) > 1

    def test_the_sdks_own_way_parses_too(self, client):
        answer = client.chat.completions.parse(model="gpt-4o", messages=question(1), response_format=Square)
        response = client.responses.parse(model="gpt-4o", input="Question 1", text_format=Square)

        assert answer.choices[0].message.parsed.side > 0
        assert response.output_parsed.side > 0

    def test_a_stream_is_parsed_at_its_end(self, client):
        with client.chat.completions.stream(model="gpt-4o", messages=question(1), response_format=Harbour) as stream:
            harbour = stream.get_final_completion().choices[0].message.parsed

        assert 10 <= harbour.ships <= 20


def tool(name: str, model: type[BaseModel]) -> dict:
    return {"type": "function", "function": {"name": name, "parameters": model.model_json_schema()}}


class TestTools:
    TOOLS = [tool("circle", Circle), tool("square", Square), tool("harbour", Harbour)]

    @pytest.mark.parametrize(
        ("choice", "named"),
        [
            ("auto", "circle"),
            ("required", "circle"),
            ({"type": "function", "function": {"name": "harbour"}}, "harbour"),
        ],
    )
    def test_the_tool_that_was_chosen_is_called(self, client, choice, named):
        def ask(stream: bool):
            return client.chat.completions.create(
                model="gpt-4o", messages=question(1), tools=self.TOOLS, tool_choice=choice, stream=stream)

        (call,) = ask(False).choices[0].message.tool_calls
        streamed = "".join(
            part.function.arguments
            for chunk in ask(True)
            for part in chunk.choices[0].delta.tool_calls or []
        )

        assert call.function.name == named
        assert streamed == call.function.arguments
        {"circle": Circle, "harbour": Harbour}[named].model_validate_json(streamed)

    def test_no_tool_is_called_when_none_may_be(self, client):
        message = client.chat.completions.create(
            model="gpt-4o", messages=question(1), tools=self.TOOLS, tool_choice="none").choices[0].message

        assert message.tool_calls is None
        assert message.content

    def test_all_are_called_at_once_on_request(self, client):
        def ask(stream: bool):
            return client.chat.completions.create(
                model="gpt-4o", messages=question(1), tools=self.TOOLS, parallel_tool_calls=True, stream=stream)

        calls = ask(False).choices[0].message.tool_calls
        streamed: dict[int, str] = {}
        for chunk in ask(True):
            for part in chunk.choices[0].delta.tool_calls or []:
                streamed[part.index] = streamed.get(part.index, "") + part.function.arguments

        assert [call.function.name for call in calls] == ["circle", "square", "harbour"]
        assert len({call.id for call in calls}) == 3
        assert [streamed[index] for index in range(3)] == [call.function.arguments for call in calls]

    def test_an_answer_to_a_tool_is_text(self, client):
        call = {"id": "call_1", "type": "function", "function": {"name": "circle", "arguments": "{}"}}
        messages = question(1) + [
            {"role": "assistant", "tool_calls": [call]}, {"role": "tool", "tool_call_id": "call_1", "content": "done"}]

        message = client.chat.completions.create(model="gpt-4o", messages=messages, tools=self.TOOLS).choices[0].message

        assert message.tool_calls is None
        assert message.content


class TestInstructor:
    @pytest.mark.parametrize("mode", [instructor.Mode.TOOLS, instructor.Mode.JSON_SCHEMA])
    @pytest.mark.parametrize("model", [Harbour, Drawing])
    def test_a_model_comes_back(self, client, mode, model):
        structured = instructor.from_openai(client, mode=mode)

        answer = structured.chat.completions.create(
            model="gpt-4o", messages=question(2), response_model=model, max_retries=0)

        # What comes is a subclass with methods of instructor's.
        assert isinstance(answer, model)

    def test_what_is_no_such_model_is_asked_for_again(self, structured):
        """`mock-tools` always calls get_weather, which is not what was wanted."""
        with pytest.raises(InstructorRetryException) as caught:
            structured.chat.completions.create(
                model="mock-tools", messages=question(2), response_model=Square, max_retries=2)

        assert caught.value.n_attempts == 3

    @pytest.mark.parametrize(
        ("model", "kind"),
        [
            ("up-429", openai.RateLimitError),
            ("up-401", openai.AuthenticationError),
            ("up-ctx", openai.BadRequestError),
            ("up-503", openai.InternalServerError),
        ],
    )
    def test_a_failure_is_told_as_the_sdks_own(self, structured, model, kind):
        with pytest.raises((InstructorRetryException, kind)) as caught:
            structured.chat.completions.create(
                model=model, messages=question(2), response_model=Square, max_retries=1)

        error = caught.value
        chain = []
        while error:
            chain.append(error)
            error = error.__cause__
        assert any(isinstance(error, kind) for error in chain), chain


class TestLangChain:
    @pytest.fixture(scope="class")
    def chat(self, litellm_proxy):
        def chat(model: str = "gpt-4o-mini", **options) -> ChatOpenAI:
            return ChatOpenAI(
                model=model, base_url=f"{litellm_proxy.url}/v1", api_key="sk-anything", max_retries=0, **options)

        return chat

    def test_a_message_is_answered(self, chat):
        answer = chat().invoke("Good evening")

        assert answer.content == "Hello! This is a mock reply."
        assert answer.usage_metadata["total_tokens"] == 30
        assert answer.response_metadata["model_name"] == "gpt-4o-mini"

    async def test_a_stream_is_the_same_text(self, chat):
        chunks = [chunk async for chunk in chat(stream_usage=True).astream("Good evening")]

        assert "".join(chunk.content for chunk in chunks) == "Hello! This is a mock reply."
        assert len(chunks) > 5
        assert sum(chunk.usage_metadata["total_tokens"] for chunk in chunks if chunk.usage_metadata) > 0

    @pytest.mark.parametrize("method", ["json_schema", "function_calling"])
    def test_a_structured_answer_comes_back(self, chat, method):
        answer = chat("gpt-4o").with_structured_output(Square, method=method).invoke("A square")

        assert type(answer) is Square

    def test_tools_are_bound_and_chosen(self, chat):
        bound = chat("gpt-4o").bind_tools([Circle, Square], tool_choice="Square")

        (call,) = bound.invoke("A square").tool_calls

        assert call["name"] == "Square"
        assert Square(**call["args"])

    def test_texts_are_embedded(self, litellm_proxy):
        embeddings = OpenAIEmbeddings(
            model="text-embedding-3-small", base_url=f"{litellm_proxy.url}/v1", api_key="sk-anything",
            check_embedding_ctx_length=False)

        one, other = embeddings.embed_documents(["a lighthouse", "a mill"])

        assert one != other
        assert embeddings.embed_query("a mill") == pytest.approx(other, rel=1e-6)

    @pytest.mark.parametrize("stream", [False, True])
    @pytest.mark.parametrize(
        ("model", "kind"),
        [
            ("mock-ratelimit", openai.RateLimitError),
            ("mock-ctx", openai.BadRequestError),
            ("mock-timeout", openai.APIStatusError),
            ("no-such-model", openai.BadRequestError),
            ("up-400", openai.BadRequestError),
            ("up-401", openai.AuthenticationError),
            ("up-403", openai.PermissionDeniedError),
            ("up-404", openai.NotFoundError),
            ("up-422", openai.UnprocessableEntityError),
            ("up-429", openai.RateLimitError),
            ("up-502", openai.InternalServerError),
            ("up-529", openai.InternalServerError),
            ("up-refused", openai.InternalServerError),
        ],
    )
    def test_a_failure_is_the_sdks_exception(self, chat, model, kind, stream):
        with pytest.raises(kind):
            model = chat(model)
            list(model.stream("Hi")) if stream else model.invoke("Hi")

    def test_a_stream_that_fails_on_the_way_tells_of_it(self, chat):
        text = ""

        with pytest.raises(openai.APIError, match="The server had an error"):
            for chunk in chat("up-miderr").stream("Hi"):
                text += chunk.content

        assert text == "Hello there,"
