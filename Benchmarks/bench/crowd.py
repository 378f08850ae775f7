"""A thousand clients of a ComfyUI, each with a WebSocket and an id of its own, some of which send prompts."""

import http.client
import json
import selectors
from collections import Counter
from time import monotonic

from .idle import IdleSockets

PATIENCE = 60


class Crowd:
    """So many clients, connected until the end of the context. `run` has the first of them send one prompt each."""

    def __init__(self, port: int, count: int):
        self.port = port
        opened = [IdleSockets(port, f"/ws?clientId=client-{number}", 1) for number in range(count)]
        self.sockets = [one.sockets[0] for one in opened]
        self.received = [bytearray() for _ in self.sockets]
        self.selector = selectors.DefaultSelector()
        for number, connection in enumerate(self.sockets):
            connection.setblocking(False)
            self.selector.register(connection, selectors.EVENT_READ, number)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.selector.close()
        for connection in self.sockets:
            connection.close()

    def run(self, prompts: int) -> list[str]:
        """What is amiss with the messages and the history after that many prompts; nothing, if all is well."""
        server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

        def ask(method, path, body=None):
            server.request(method, path, json.dumps(body) if body is not None else None)
            answer = server.getresponse()
            return json.loads(answer.read() or b"null")

        ids = []
        for number in range(prompts):
            picture = {"width": 16, "height": 16, "batch_size": 1, "color": number}
            answer = ask("POST", "/prompt", {"client_id": f"client-{number}", "prompt": {
                "1": {"class_type": "EmptyImage", "inputs": picture},
                "9": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "crowd"}}}})
            ids.append(answer["prompt_id"])
            self.read(0)
        end = monotonic() + PATIENCE
        while ask("GET", "/prompt")["exec_info"]["queue_remaining"] and monotonic() < end:
            self.read(0.05)
        while self.read(0.3):
            pass
        amiss = []
        finished = ask("GET", "/history")
        if list(finished) != ids:
            amiss.append(f"{len(finished)} prompts in the history")
        names = {entry["outputs"]["9"]["images"][0]["filename"] for entry in finished.values()}
        if len(names) != prompts:
            amiss.append(f"{len(names)} pictures")
        own = {
            "execution_start": 1, "execution_cached": 1, "progress_state": 4, "executing": 3, "executed": 1,
            "execution_success": 1}
        for number, stream in enumerate(self.received):
            said = list(messages(stream))
            statuses = sum(message is STATUS for message in said)
            if statuses != 3 * prompts:
                amiss.append(f"client {number}: {statuses} times the queue's length")
            others = Counter(message["type"] for message in said if message is not STATUS)
            if others != (own if number < prompts else {}):
                amiss.append(f"client {number}: {dict(others)}")
            strangers = {message["data"].get("prompt_id") for message in said if message is not STATUS}
            if strangers - set(ids[number:number + 1] if number < prompts else []):
                amiss.append(f"client {number}: messages of another's prompt")
        return amiss

    def read(self, patience: float) -> bool:
        """Takes what has come; false if nothing has."""
        ready = self.selector.select(patience)
        for key, _ in ready:
            try:
                self.received[key.data] += key.fileobj.recv(1 << 20)
            except BlockingIOError:
                pass
        return bool(ready)


STATUS = {"type": "status"}


def messages(stream: bytes):
    """The messages of a server's frames, without the greeting: it masks none, and cuts none of these into parts."""
    stream, place = bytes(stream), 0
    while place < len(stream):
        length, place = stream[place + 1], place + 2
        if length == 126:
            length, place = int.from_bytes(stream[place:place + 2], "big"), place + 2
        elif length == 127:
            length, place = int.from_bytes(stream[place:place + 8], "big"), place + 8
        text, place = stream[place:place + length], place + length
        # Nearly all are of this kind, and there are half a million of them.
        if not text.startswith(b'{"type": "status"'):
            yield json.loads(text)
        elif b'"sid"' not in text:
            yield STATUS
