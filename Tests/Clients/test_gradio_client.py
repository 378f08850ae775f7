"""gradio_client 2.7.2 against the built-in apps of the fake Gradio."""

import time
import wave
from concurrent.futures import CancelledError, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest


@pytest.fixture(scope="module")
def connect(tmp_path_factory):
    """Opens a client in a session of its own, and closes all together at the end: each waits a second for that."""
    from gradio_client import Client

    folder = str(tmp_path_factory.mktemp("downloads"))
    opened = []

    def connect(fake) -> Client:
        opened.append(Client(fake.url, verbose=False, analytics_enabled=False, download_files=folder))
        return opened[-1]

    yield connect
    with ThreadPoolExecutor(max(1, len(opened))) as pool:
        list(pool.map(lambda client: client.close(), opened))


@pytest.fixture(scope="module")
def client_of(connect):
    """The one client of an app, for tests that need no session of their own: opening takes its time."""
    clients = {}

    def client_of(fake):
        if fake.url not in clients:
            clients[fake.url] = connect(fake)
        return clients[fake.url]

    return client_of


# Little work, for tests that are about something else.
SMALL = {"resolution": "640x640", "num_frames": 5, "num_inference_steps": 4, "api_name": "/generate_video"}


class TestVideo:
    def test_the_api_is_described(self, client_of, wan2gp):
        api = client_of(wan2gp).view_api(return_format="dict")

        assert api["unnamed_endpoints"] == {}
        assert set(api["named_endpoints"]) == {"/generate_video", "/list_models"}
        endpoint = api["named_endpoints"]["/generate_video"]
        prompt, *_, seed = endpoint["parameters"]
        assert (prompt["parameter_name"], prompt["component"]) == ("prompt", "Textbox")
        assert prompt["python_type"]["type"] == "str"
        assert prompt["parameter_has_default"] is False
        assert (seed["parameter_has_default"], seed["parameter_default"]) == (True, -1)
        assert [value["component"] for value in endpoint["returns"]] == ["Video", "Textbox"]

    def test_the_api_is_described_for_people(self, client_of, wan2gp):
        text = client_of(wan2gp).view_api(return_format="str")

        assert 'api_name="/generate_video") -> (generated_video, status)' in text
        assert "Literal['832x480', '480x832', '640x640', '1280x720', '720x1280']" in text

    def test_text_becomes_a_playable_video(self, client_of, wan2gp):
        video, status = client_of(wan2gp).predict(prompt="a lighthouse in the fog", seed=9, **SMALL)

        file = Path(path(video))
        assert file.name == "wan_9.mp4"
        boxes = mp4_boxes(file.read_bytes())
        assert boxes[0] == "ftyp"
        assert {"moov", "mdat"} <= set(boxes)
        assert status == "Done: 640x640, 5 frames, seed 9"

    def test_the_same_seed_is_the_same_film(self, client_of, wan2gp):
        client = client_of(wan2gp)

        def film(prompt: str) -> bytes:
            return Path(path(client.predict(prompt=prompt, seed=9, **SMALL)[0])).read_bytes()

        assert film("a mill") == film("a mill") != film("a boat")

    def test_progress_is_told_on_the_way(self, client_of, wan2gp):
        job = client_of(wan2gp).submit(prompt="a mill", **(SMALL | {"num_inference_steps": 30}))

        seen = []
        while not job.done():
            if progress := job.status().progress_data:
                seen.append(progress[0])
            time.sleep(0.002)
        job.result(30)

        steps = [(unit.index, unit.length, unit.unit, unit.desc) for unit in seen if unit.length]
        assert steps
        assert steps == sorted(steps)
        assert {step[1:] for step in steps} == {(30, "steps", "Denoising")}
        assert job.status().code.value == "FINISHED"

    def test_what_it_says_in_between_is_kept(self, client_of, wan2gp):
        job = client_of(wan2gp).submit(prompt="a mill", **SMALL)

        final = job.result(30)

        *before, last = [output[1] for output in job.outputs()]
        assert before[:2] == ["Encoding prompt", "VAE decoding"]
        assert last == final[1]

    def test_an_error_of_the_app_has_its_words(self, client_of, wan2gp):
        from gradio_client.exceptions import AppError

        with pytest.raises(AppError, match="Prompt cannot be empty.") as caught:
            client_of(wan2gp).predict(prompt="", **SMALL)

        assert caught.value.title == "Wan2GP"

    def test_jobs_wait_for_each_other(self, client_of, wan2gp):
        client = client_of(wan2gp)
        jobs = [client.submit(prompt=f"picture {number}", **SMALL) for number in range(3)]

        # Which of them comes first is up to the client's threads.
        ranks = set()
        while not all(job.done() for job in jobs):
            ranks |= {job.status().rank for job in jobs}
            time.sleep(0.002)
        films = {Path(path(job.result(10)[0])).read_bytes() for job in jobs}

        assert ranks & {0, 1}
        assert len(films) == 3


class TestVoice:
    def test_a_voice_goes_up_and_another_comes_back(self, client_of, rvc, tmp_path):
        from gradio_client import handle_file

        source = tone(tmp_path / "in put.wav")

        information, result = client_of(rvc).predict(
            input_audio=handle_file(str(source)), vc_transform0=12, api_name="/infer_convert"
        )

        assert information.startswith("Success.")
        with wave.open(result) as sound:
            assert sound.getnframes() > 0
        assert Path(result).read_bytes() != source.read_bytes()

    def test_without_a_recording_it_says_so(self, client_of, rvc):
        information, result = client_of(rvc).predict(input_audio=None, api_name="/infer_convert")

        assert (information, result) == ("You need to upload an audio", None)

    def test_an_uploaded_file_can_be_had_again(self, rvc, tmp_path):
        source = tone(tmp_path / "tone.wav")
        with httpx.Client(base_url=f"{rvc.url}/gradio_api") as http:
            with source.open("rb") as file:
                (stored,) = http.post("/upload", files={"files": file}).json()
            answer = http.get(f"/file={stored}")
            part = http.get(f"/file={stored}", headers={"Range": "bytes=10-"})

        assert stored.endswith("/tone.wav")
        assert answer.headers["content-type"] == "audio/wav"
        assert answer.content == source.read_bytes()
        assert (part.status_code, part.content) == (206, answer.content[10:])

    def test_a_file_that_is_not_there_is_not_allowed(self, rvc):
        answer = httpx.get(f"{rvc.url}/gradio_api/file=/etc/passwd")

        assert answer.status_code == 403
        assert answer.json() == {"detail": "File not allowed: /etc/passwd."}


class TestSound:
    def test_text_becomes_a_sound_of_the_wanted_length(self, client_of, audioldm):
        result = client_of(audioldm).predict("rain on a roof", duration=2.5, api_name="/text2audio")

        with wave.open(result) as sound:
            assert sound.getframerate() == 16000
            assert sound.getnframes() == 40000

    def test_the_same_text_is_the_same_sound(self, client_of, audioldm):
        client = client_of(audioldm)

        def sound(text: str) -> bytes:
            return Path(client.predict(text, duration=2.5, api_name="/text2audio")).read_bytes()

        assert sound("rain") == sound("rain") != sound("wind")


class TestEcho:
    def test_what_is_said_comes_back(self, client_of, echo):
        assert client_of(echo).predict("Grüße 😀 \n\"\\", api_name="/echo") == "Grüße 😀 \n\"\\"

    def test_a_stream_grows(self, client_of, echo):
        job = client_of(echo).submit("la", 3, api_name="/stream")

        assert list(job) == ["la ", "la la ", "la la la "]
        assert job.result(30) == "la la la "

    def test_a_running_job_is_cancelled_at_its_next_word(self, connect, echo):
        client = connect(echo)
        job = client.submit("la", 100, api_name="/stream")
        until(lambda: job.outputs())

        job.cancel()

        # An empty completion wins the race now and then: so it is with the real server.
        with pytest.raises((CancelledError, KeyError, ValueError)):
            job.result(30)
        assert len(job.outputs()) < 50
        assert client.predict("still there", api_name="/echo") == "still there"

    def test_a_waiting_job_is_cancelled(self, connect, echo):
        # Two sessions: within one, the real server ends the running job of the same function too.
        one, other = connect(echo), connect(echo)
        running = one.submit("la", 10, api_name="/stream")
        until(lambda: running.outputs())
        waiting = other.submit("li", 1, api_name="/stream")
        # Only when an estimation has come does the client surely know what to cancel.
        until(lambda: waiting.status().queue_size)

        waiting.cancel()

        with pytest.raises((CancelledError, KeyError, ValueError)):
            waiting.result(30)
        assert waiting.outputs() == []
        assert running.result(30) == "la " * 10

    def test_state_stays_with_its_session(self, connect, echo):
        one, other = connect(echo), connect(echo)

        assert [one.predict(api_name="/tally") for _ in range(3)] == [1, 2, 3]
        assert other.predict(api_name="/tally") == 1

    def test_too_few_arguments_are_the_callers_fault(self, client_of, echo):
        with pytest.raises(TypeError):
            client_of(echo).predict(api_name="/echo")

    def test_an_endpoint_that_is_not_there_is_the_callers_fault(self, client_of, echo):
        with pytest.raises(ValueError, match="api_name"):
            client_of(echo).predict("x", api_name="/no-such-endpoint")

    def test_many_sessions_do_not_mix(self, connect, echo):
        def talk(session: int) -> bool:
            # One after the other: see the test of several at once.
            client = connect(echo)
            words = [f"{session}.{number}" for number in range(5)]
            return [client.predict(word, api_name="/echo") for word in words] == words

        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(talk, range(4)))

    def test_several_at_once_come_back(self, connect, echo):
        # The client takes a job for one of the stream that is open, and gives it up with that stream, if the server has
        # closed it and the client has not read so yet when the job's join is answered. With the real server that
        # happens to one in a thousand or so, and to several in a row while the machine is busy.
        client = connect(echo)
        lost = 0
        for turn in range(10):
            jobs = {word: client.submit(word, api_name="/echo") for word in [f"{turn}.{number}" for number in range(6)]}
            for word, job in jobs.items():
                try:
                    assert job.result(10) == word
                except CancelledError:
                    lost += 1

        assert lost < 10

    def test_the_simple_form_needs_no_client(self, echo):
        with httpx.Client(base_url=f"{echo.url}/gradio_api", timeout=5) as http:
            event = http.post("/call/echo", json={"data": ["plain"]}).json()["event_id"]
            answer = http.get(f"/call/echo/{event}").text

        assert answer == 'event: complete\ndata: ["plain"]\n\n'

    def test_invalid_json_is_refused_in_pythons_words(self, echo):
        answer = httpx.post(
            f"{echo.url}/gradio_api/queue/join", content="{bad", headers={"content-type": "application/json"}
        )

        assert answer.status_code == 422
        (fault,) = answer.json()["detail"]
        assert fault["loc"] == ["body", 1]
        assert fault["ctx"] == {"error": "Expecting property name enclosed in double quotes"}


class TestStory:
    @pytest.mark.parametrize("name", ["wan2gp", "rvc", "audioldm"])
    @pytest.mark.parametrize("question", ["/api/health", "/api/status", "/api/ready"])
    def test_the_storys_questions_are_answered(self, request, name, question):
        answer = httpx.get(request.getfixturevalue(name).url + question)

        assert answer.status_code == 200
        assert answer.json()


def path(value) -> str:
    """A file's path, in whichever form the component has it."""
    return value["video"] if isinstance(value, dict) else value


def mp4_boxes(file: bytes) -> list[str]:
    """The outermost boxes, which have to fill the file."""
    kinds, place = [], 0
    while place < len(file):
        size = int.from_bytes(file[place : place + 4])
        assert size >= 8
        kinds.append(file[place + 4 : place + 8].decode())
        place += size
    assert place == len(file)
    return kinds


def tone(file: Path) -> Path:
    """A tenth of a second of something to hear."""
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes(b"".join(((n % 40) * 500 - 10000).to_bytes(2, "little", signed=True) for n in range(1600)))
    return file


def until(holds, seconds=5.0):
    """Asks again and again: the client tells of no event."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.005)
