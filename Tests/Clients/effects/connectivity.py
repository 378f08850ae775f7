"""What the clients of Connectivity make of a fake. They are Swift: a process, the onlooker, does what it is told."""

import json
import select
import subprocess
import time

import httpx

from fake_process import FOLDER
from spectators import LINES, Asking, Spectator, difference
from workflows import text_to_image

# No client of ours takes longer than this, whatever a fake does to it.
LONGEST = 20.0


class Onlooker:
    """The process: an order a line, and a line about what came of it. It ends when nobody gives orders any more."""

    def __init__(self):
        self.process = subprocess.Popen([FOLDER / "onlooker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def tell(self, **order) -> dict:
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], LONGEST)[0]:
            self.process.kill()
            self.process.wait()
            del Onlooker.only
            raise AssertionError(f"nothing came of {order} within {LONGEST:g} s")
        told = json.loads(self.process.stdout.readline())
        assert "wrong" not in told, told["wrong"]
        return told

    @classmethod
    def one(cls) -> "Onlooker":
        if not hasattr(cls, "only"):
            cls.only = cls()
        return cls.only


class Ours(Spectator):
    """A client of ours, without retries of requests."""

    has_met = False

    def do(self, play, deed: str, **more) -> dict:
        if not self.has_met:
            Onlooker.one().tell(meet=self.kind, url=play.url, patience=self.patience)
            self.has_met = True
        return Onlooker.one().tell(do=deed, **more)


def outcome(told: dict, expected: list, before: str) -> str:
    """What came in a few words."""
    if "fails" not in told:
        return difference(expected, told["gets"])
    return f"{f'{before}, then ' if told['gets'] else ''}{told['fails']}"


class LiteLLMClient(Ours, Asking):
    stream_as_usual: list = []

    def question(self, play) -> str:
        return outcome(self.do(play, "chat", answer=LINES), [LINES], "")

    def stream(self, play) -> str:
        if not LiteLLMClient.stream_as_usual:
            LiteLLMClient.stream_as_usual = self.do(play, "stream", answer=LINES)["gets"]
        play.begin()
        return outcome(self.do(play, "stream", answer=LINES), LiteLLMClient.stream_as_usual, "chunks")


class ComfyUIClient(Ours):
    kind = "comfyui"
    run_as_usual: list = []
    workflow = text_to_image(seed=1, checkpoint="sd_xl_base_1.0.safetensors")

    def open(self, play) -> str:
        """The rule is in force from the first connection on."""
        expected = self.expected(play)
        play.begin()
        told = self.do(play, "connect")
        return told["fails"] if "fails" in told else self.picture(play, expected)

    def run(self, play) -> str:
        """The rule acts on a client that is connected."""
        expected = self.expected(play)
        self.do(play, "connect")
        play.begin()
        return self.picture(play, expected)

    # Its own pings are part of what it does.
    keep_alive = open
    push = open
    open_again = run

    def open_beside(self, play) -> str:
        """The rule acts while another client is there."""
        expected = self.expected(play)
        with httpx.Client() as other:
            other.get(f"{play.url}/queue")
            play.begin()
            told = self.do(play, "connect")
            return told["fails"] if "fails" in told else self.picture(play, expected)

    def restart(self, play) -> str:
        """What the server knows of a job, when it is back."""
        self.do(play, "connect")
        self.picture(play, [])
        play.begin()
        for _ in range(100):
            told = self.do(play, "history")
            if "fails" not in told:
                return f"back, history {'kept' if told['gets'] else 'lost'}"
            time.sleep(0.02)
        return "not back"

    def upload(self, play) -> str:
        play.begin()
        return outcome(self.do(play, "upload"), ["sea.png"], "")

    def picture(self, play, expected: list) -> str:
        told = self.do(play, "picture", workflow=self.workflow)
        if told["gets"][-1:] == ["reconnected"]:
            return "answered after a reconnection" if told["gets"][:-1] == expected[-1:] else "another picture"
        return outcome(told, expected, "events")

    def expected(self, play) -> list:
        """What a job is without the rule: on another fake, as each remembers what it has made."""
        if not ComfyUIClient.run_as_usual:
            with play.another() as other:
                stranger = ComfyUIClient(self.patience)
                stranger.do(other, "connect")
                ComfyUIClient.run_as_usual = stranger.do(other, "picture", workflow=self.workflow)["gets"]
        return ComfyUIClient.run_as_usual


class GradioClient(Ours):
    kind = "gradio"
    outputs = ['["hello "]', '["hello hello "]', '["hello hello hello "]', '["hello hello hello "]']

    def predict(self, play) -> str:
        """The whole of it: what the app is like, the call, its events."""
        play.begin()
        return self.call(play)

    def submit(self, play) -> str:
        """The client is there already when the rule comes into force."""
        self.do(play, "connect")
        play.begin()
        return self.call(play)

    def call(self, play) -> str:
        return outcome(self.do(play, "call"), self.outputs, "outputs")

    def upload(self, play) -> str:
        self.do(play, "connect")
        play.begin()
        return outcome(self.do(play, "upload"), ["sea.txt"], "")


OURS = {"LiteLLMClient": LiteLLMClient, "ComfyUIClient": ComfyUIClient, "GradioClient": GradioClient}
