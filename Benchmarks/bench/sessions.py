"""Sessions of a Gradio app, all of which wait in one line, each with its stream open, and then are told the same story at once."""

import http.client
import json
import selectors
import socket
from time import monotonic

PATIENCE = 60
AT_ONCE, YIELDS = 40, 20
WAIT, TELL = 0, 1


class Sessions:
    """So many sessions of the app sessions.yaml, connected until the end of the context."""

    def __init__(self, port: int, count: int):
        self.port = port
        self.count = count
        self.received = [bytearray() for _ in range(count)]
        self.selector = selectors.DefaultSelector()
        self.sockets = []
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.selector.close()
        self.http.close()
        for connection in self.sockets:
            connection.close()

    def post(self, path: str, body: dict) -> dict:
        self.http.request("POST", "/gradio_api" + path, json.dumps(body), {"Content-Type": "application/json"})
        return json.loads(self.http.getresponse().read())

    def join(self, function: int, session: str, *data) -> str:
        body = {"data": data, "fn_index": function, "session_hash": session}
        return self.post("/queue/join", body)["event_id"]

    def run(self) -> tuple[list[str], int, float]:
        """What is amiss with positions and messages (nothing, if all is well), how many messages came, and in how many seconds."""
        # In one session a cancel would end them all, and tell of one.
        blocking = [self.join(WAIT, f"before-{number}") for number in range(AT_ONCE)]
        events = [self.join(TELL, f"session {number}", f"story {number}") for number in range(self.count)]
        for number in range(self.count):
            self.open(f"session+{number}", self.received[number])
        # Nobody is to keep what those have said.
        for number in range(AT_ONCE):
            self.open(f"before-{number}", bytearray())
        begun = monotonic()
        for number, event in enumerate(blocking):
            self.post("/cancel", {"session_hash": f"before-{number}", "fn_index": WAIT, "event_id": event})
        while self.selector.get_map() and monotonic() - begun < PATIENCE:
            self.read()
        took = monotonic() - begun
        amiss = [f"{len(self.selector.get_map())} streams did not end"] if self.selector.get_map() else []
        count = 0
        for number, (event, stream) in enumerate(zip(events, self.received)):
            said = messages(bytes(stream))
            count += len(said)
            amiss += [f"session {number}: {fault}" for fault in faults(said, event, number)]
        return amiss, count, took

    def open(self, session: str, stream: bytearray) -> None:
        connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        connection.sendall(
            f"GET /gradio_api/queue/data?session_hash={session} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        connection.setblocking(False)
        self.selector.register(connection, selectors.EVENT_READ, stream)
        self.sockets.append(connection)

    def read(self) -> None:
        for key, _ in self.selector.select(1):
            try:
                piece = key.fileobj.recv(1 << 18)
            except BlockingIOError:
                continue
            stream = key.data
            stream += piece
            if not piece or stream.endswith(b"\r\n0\r\n\r\n"):
                self.selector.unregister(key.fileobj)


def messages(stream: bytes) -> list[dict]:
    """The messages of an answer in chunks; a chunk may hold several, and a message lie in two."""
    rest, body = stream.partition(b"\r\n\r\n")[2], b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size or b"0", 16)
        body, rest = body + rest[:length], rest[length + 2:]
    return [json.loads(line[6:]) for line in body.split(b"\n\n") if line]


def faults(said: list[dict], event: str, place: int):
    """What is amiss with the messages of one session, which joined when so many others waited."""
    kinds = [message["msg"] for message in said]
    estimations = [message for message in said if message["msg"] == "estimation"]
    wanted = ["process_starts", *["process_generating"] * YIELDS, "process_completed", "close_stream"]
    if kinds[len(estimations):] != wanted:
        yield f"messages {kinds[len(estimations):][:30]}"
        return
    ranks = [message["rank"] for message in estimations]
    # A step for each that begins, until it is its own turn.
    if ranks != list(range(place, -1, -1)):
        yield f"positions {ranks[:5]} … {ranks[-5:]} of {place}"
    if estimations[0]["queue_size"] != place + 1:
        yield f"length {estimations[0]['queue_size']} at place {place}"
    if {message["event_id"] for message in said[:-1]} != {event}:
        yield "messages of another's event"
    story = "".join(f"story {place} {number};" for number in range(YIELDS))
    if said[-2]["output"]["data"] != [story]:
        yield f"the story {said[-2]['output']['data']}"
