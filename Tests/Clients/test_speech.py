"""Speech of the fake LiteLLM proxy, as openai-python 3.54.0 asks for it and a player plays it."""

import io

import av
import openai
import pytest

TEXT = "The lighthouse has been dark for a year, and nobody knows why."

pytestmark = pytest.mark.invented


@pytest.fixture(scope="module")
def client(litellm_proxy):
    with openai.OpenAI(base_url=f"{litellm_proxy.url}/v1", api_key="sk-anything", max_retries=0) as client:
        yield client


def spoken(client, **options) -> bytes:
    return client.audio.speech.create(model="gpt-4o", voice="alloy", input=TEXT, **options).content


def played(file: bytes) -> tuple[str, float, bytes]:
    """The codec, how many seconds there are, and the samples of the first channel if they have 16 bits."""
    with av.open(io.BytesIO(file)) as container:
        stream = container.streams.audio[0]
        samples, count = b"", 0
        for frame in container.decode(stream):
            count += frame.samples
            samples += bytes(frame.planes[0])[: frame.samples * 2]
        return stream.codec_context.name, count / stream.rate, samples


@pytest.mark.parametrize(
    ("format", "codec"),
    [(None, "mp3"), ("mp3", "mp3"), ("aac", "aac"), ("opus", "opus"), ("flac", "flac"), ("wav", "pcm_s16le")],
)
def test_each_format_is_what_it_is_called(client, format, codec):
    name, seconds, _ = played(spoken(client, **({"response_format": format} if format else {})))

    assert name.removesuffix("float").removeprefix("lib") == codec
    assert seconds == pytest.approx(len(TEXT) / 15, abs=0.1)


def test_samples_are_the_same_however_they_are_packed(client):
    pcm = spoken(client, response_format="pcm")
    _, seconds, wav = played(spoken(client, response_format="wav"))
    _, _, flac = played(spoken(client, response_format="flac"))

    assert wav == pcm == flac
    assert len(pcm) == pytest.approx(seconds * 24_000 * 2, abs=2)
    assert len(set(pcm)) > 100


def test_fast_speech_is_shorter(client):
    assert len(spoken(client, response_format="pcm", speed=2)) < len(spoken(client, response_format="pcm")) * 0.6
