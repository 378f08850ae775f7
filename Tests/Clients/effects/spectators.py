"""What each client makes of a fake, in a few words: `answered`, or the exception and what it says."""

import json
import random
import threading
import time
import uuid
from collections import Counter

import httpx

from workflows import text_to_image

LINES = "the sea — the fog — the lighthouse"


def words(error: BaseException) -> str:
    """An exception as the table has it: its class, a status or close code, and what it was made of."""
    import websockets.exceptions

    if isinstance(error, Refused):
        return str(error)
    told = [type(error).__name__]
    if isinstance(error, websockets.exceptions.ConnectionClosed):
        if error.rcvd:
            told.append(f"{error.rcvd.code} {error.rcvd.reason}".strip())
        elif error.sent:
            told.append(f"the client says {error.sent.code}")
    elif isinstance(error, websockets.exceptions.InvalidStatus):
        told.append(str(error.response.status_code))
    elif isinstance(error, httpx.HTTPStatusError):
        told.append(str(error.response.status_code))
    elif status := getattr(error, "status_code", None):
        told.append(str(status))
    return " ".join(told)


def difference(expected: list, seen: list) -> str:
    """How what came is not what was to come: `answered` if it is."""
    missing, more = Counter(expected) - Counter(seen), Counter(seen) - Counter(expected)
    if expected == seen:
        return "answered"
    if not seen:
        return "nothing"
    if not missing and not more:
        return "another order"
    if missing.total() == more.total():
        return "another value"
    if missing and more:
        return "other messages"
    if missing:
        return "one missing" if missing.total() == 1 else "some missing"
    return "one twice" if set(more) <= set(expected) else "one more"


class Spectator:
    """A client with what it can do; each deed gives a few words."""

    def __init__(self, patience: float):
        self.patience = patience

    def see(self, deed: str, play) -> str:
        """Does one thing while a rule is in force. A deed may put the rule in force itself, when it has begun."""
        return getattr(self, deed)(play)


class Asking(Spectator):
    """What can be asked of a LiteLLM proxy, by whatever client puts the question."""

    kind = "litellm"

    def question(self, play) -> str:
        raise NotImplementedError

    def ask(self, play) -> str:
        play.begin()
        return self.question(play)

    def ask_twice(self, play) -> str:
        """A second question over the connection of the first."""
        play.begin()
        return f"{self.question(play)}, then {self.question(play)}"

    def ask_again(self, play) -> str:
        """The rule acts on a connection that is kept alive."""
        self.question(play)
        play.begin()
        return self.question(play)

    def ask_beside(self, play) -> str:
        """The rule acts while another client has a connection."""
        with httpx.Client() as other:
            other.get(f"{play.url}/health/liveliness")
            play.begin()
            return self.question(play)


class OpenAI(Asking):
    """`openai`, without retries, so that each row is one call."""

    def __init__(self, patience: float):
        import openai

        super().__init__(patience)
        self.client = openai.OpenAI(base_url="http://nowhere", api_key="sk-mine", max_retries=0, timeout=patience)

    def call(self, play, **more):
        return self.client.with_options(base_url=f"{play.url}/v1").chat.completions.create(
            model="gpt-4o",
            messages=[{"role": "user", "content": "Tell me of the sea."}],
            extra_body={"mock_response": LINES},
            **more,
        )

    def question(self, play) -> str:
        try:
            answer = self.call(play)
            if not hasattr(answer, "choices"):
                return f"returns {type(answer).__name__}"
            content = answer.choices[0].message.content
            return difference([LINES], [content])
        except Exception as error:
            return words(error)

    def stream(self, play) -> str:
        expected = self.pieces(play, [])
        play.begin()
        seen = []
        try:
            self.pieces(play, seen)
            return difference(expected, seen)
        except Exception as error:
            return f"{'chunks, then ' if seen else ''}{words(error)}"

    def pieces(self, play, seen: list) -> list:
        for chunk in self.call(play, stream=True):
            if not getattr(chunk, "choices", None):
                seen.append(None)
            elif (content := chunk.choices[0].delta.content) is not None:
                seen.append(content)
        return seen


class WebSockets(Spectator):
    """`websockets`, at ComfyUI's socket."""

    kind = "comfyui"
    run_as_usual: list = []

    def connect(self, play, name: str = "", **more):
        from websockets.sync.client import connect

        return connect(
            f"{play.url.replace('http', 'ws')}/ws?clientId={name or uuid.uuid4().hex}",
            open_timeout=self.patience, close_timeout=0.2, max_size=1 << 24, proxy=None, **more,
        )

    def open(self, play) -> str:
        """Opens, hears how the queue stands, asks something, pings."""
        play.begin()
        return self.conversation(play)

    def conversation(self, play) -> str:
        try:
            with self.connect(play, ping_interval=None) as socket:
                return self.talk(socket)
        except Exception as error:
            return words(error)

    def talk(self, socket) -> str:
        told = json.loads(socket.recv(self.patience))["type"]
        if told != "status":
            return f"begins with {told}"
        socket.send('{"type": "system_stats"}')
        stats = json.loads(socket.recv(self.patience))
        if stats["type"] != "stats":
            return f"gets {stats['type']}"
        if not socket.ping().wait(self.patience):
            return "no pong"
        return "answered"

    def keep_alive(self, play) -> str:
        """The client's own pings, as it sends them every 20 s unless told otherwise."""
        play.begin()
        try:
            with self.connect(play, ping_interval=0.1, ping_timeout=0.3) as socket:
                socket.recv(self.patience)
                socket.recv(self.patience)
                return "answered"
        except Exception as error:
            return words(error)

    def push(self, play) -> str:
        """Sends until the server takes no more."""
        play.begin()
        socket = self.connect(play, ping_interval=None)
        socket.recv(self.patience)
        sent = threading.Event()

        def send():
            try:
                for _ in range(256):
                    socket.send(random.randbytes(1 << 18))  # what cannot be made smaller
                sent.set()
            except Exception:
                pass

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        try:
            return "answered" if sent.wait(self.patience) else "send waits"
        finally:
            # The sender learns that it is over.
            socket.socket.shutdown(2)
            sender.join(5)

    def open_again(self, play) -> str:
        """The rule acts on a socket that is open and idle."""
        try:
            with self.connect(play, ping_interval=None) as socket:
                self.talk(socket)
                play.begin()
                return self.talk_on(socket)
        except Exception as error:
            return words(error)

    def talk_on(self, socket) -> str:
        message = socket.recv(self.patience)
        return f"gets {json.loads(message)['type']}"

    def open_beside(self, play) -> str:
        """The rule acts while another client is there."""
        with self.connect(play, ping_interval=None):
            play.begin()
            return self.conversation(play)

    def restart(self, play) -> str:
        """What the server knows of a run, when it is back."""
        self.messages(play)
        play.begin()
        for _ in range(100):
            try:
                history = httpx.get(f"{play.url}/history").json()
                return "back, history kept" if history else "back, history lost"
            except httpx.TransportError:
                time.sleep(0.02)
        return "not back"

    def run(self, play) -> str:
        """Has a picture made, and hears how it goes."""
        expected = self.expected(play)
        play.begin()
        seen = []
        try:
            self.messages(play, seen)
            return difference(expected, seen)
        except Exception as error:
            return f"{'messages, then ' if seen else ''}{words(error)}"

    def expected(self, play) -> list:
        """What a run is without the rule: on another fake, as each remembers what it has made."""
        if not WebSockets.run_as_usual:
            with play.another() as other:
                WebSockets.run_as_usual = self.messages(other)
        return WebSockets.run_as_usual

    def messages(self, play, seen: list | None = None) -> list:
        seen = [] if seen is None else seen
        name = uuid.uuid4().hex
        with self.connect(play, name, ping_interval=None) as socket:
            workflow = text_to_image(seed=1, checkpoint="sd_xl_base_1.0.safetensors")
            answer = httpx.post(f"{play.url}/prompt", json={"prompt": workflow, "client_id": name}, timeout=self.patience)
            if answer.is_error:
                raise Refused(f"{answer.status_code} {self.type(answer)}".strip())
            while True:
                frame = socket.recv(self.patience)
                if not isinstance(frame, str):
                    continue
                message = json.loads(frame)
                type, data = message["type"], message["data"]
                if type == "status":
                    continue
                if type == "execution_error":
                    raise Refused(f"execution_error {data['exception_type']}")
                if type == "execution_interrupted":
                    raise Refused(type)
                seen.append((type, str(data.get("node")), data.get("value")))
                if type == "executing" and data["node"] is None:
                    return seen

    def upload(self, play) -> str:
        """Sends a picture, as all clients do: by HTTP."""
        play.begin()
        answer = httpx.post(f"{play.url}/upload/image", files={"image": ("sea.png", b"sea")}, timeout=self.patience)
        return "answered" if answer.is_success else str(answer.status_code)

    @staticmethod
    def type(answer: httpx.Response) -> str:
        try:
            return answer.json()["error"]["type"]
        except (ValueError, KeyError, TypeError):
            return ""


class Refused(Exception):
    """Nothing of the client's: what the server says in its own words."""


class Gradio(Spectator):
    """`gradio_client`, at the app echo."""

    kind = "gradio"

    def predict(self, play) -> str:
        """The whole of it: what the app is like, the job, its events."""
        play.begin()
        return self.whole(play)

    def whole(self, play) -> str:
        try:
            client = self.client(play)
        except Exception as error:
            return words(error)
        return self.job(client)

    def submit(self, play) -> str:
        """The client is there already when the rule comes into force."""
        client = self.client(play)
        play.begin()
        return self.job(client)

    def client(self, play):
        from gradio_client import Client

        return Client(
            play.url,
            verbose=False,
            analytics_enabled=False,
            download_files=False,
            httpx_kwargs={"timeout": self.patience},
            # No certificates are read for each request: that takes longer than all the rest.
            ssl_verify=False,
        )

    def job(self, client) -> str:
        job = client.submit("hello", 3, api_name="/stream")
        try:
            # The client's own limit comes first, if it keeps to it.
            job.result(timeout=self.patience + 1)
            return difference(["hello ", "hello hello ", "hello hello hello "], list(job.outputs()))
        except Exception as error:
            return words(error)
        finally:
            # Its thread would wait for ever for an event that does not come, and the interpreter for the thread.
            for events in list(client.pending_messages_per_event.values()):
                events.append(None)

    def upload(self, play) -> str:
        """Hands over a file."""
        from gradio_client import handle_file

        client = self.client(play)
        play.begin()
        try:
            client.submit(input_audio=handle_file(__file__), api_name="/infer_convert").result(timeout=self.patience + 1)
            return "answered"
        except Exception as error:
            return words(error)


SPECTATORS = {"openai": OpenAI, "websockets": WebSockets, "gradio_client": Gradio}
