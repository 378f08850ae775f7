"""A tap on the line between clients and a fake: bytes go through as they are, and what they say is read beside it.

Nothing is changed on the way but the port, so that what a client meets here it meets without the tap as well.
"""

import socket
import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader


@dataclass
class Exchange:
    """A request and its answer. Names of fields are in lower case."""

    method: str
    target: str
    fields: dict[str, str]
    body: bytes
    status: int = 0
    answer_fields: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""
    # Whether a stream of events ended without its last chunk.
    is_cut: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.target} → {self.status}"


@dataclass
class Message:
    """A message of a WebSocket."""

    from_server: bool
    content: str | bytes


class Tap:
    """Listens on a port of its own and passes everything on to a server.

    `with Tap("http://127.0.0.1:8188") as tap:` has `tap.url`; `tap.heard()` gives what is new since the last time.
    """

    def __init__(self, upstream: str):
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname, parts.port)
        self._lines: list[Line] = []
        self._threads: list[threading.Thread] = []
        self._ends: set[socket.socket] = set()

    def __enter__(self) -> "Tap":
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = "http://127.0.0.1:%d" % self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *_) -> None:
        for end in [self._listener, *self._ends]:
            hang_up(end)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def heard(self) -> list[Exchange | Message]:
        """What was said completely and was not given before."""
        news = []
        for line in list(self._lines):
            is_closed = line.is_closed
            news += line.read(is_closed)
            if is_closed:
                self._lines.remove(line)
        return news

    def _start(self, work, *arguments) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        try:
            while True:
                self._start(self._serve, self._listener.accept()[0])
        except OSError:
            # It was hung up.
            pass

    def _serve(self, near: socket.socket) -> None:
        line = Line()
        self._lines.append(line)
        try:
            far = socket.create_connection(self._upstream)
        except OSError:
            near.close()
            line.is_closed = True
            return
        self._ends |= {near, far}
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        back = self._start(pump, far, near, line.answered)
        pump(near, far, line.asked)
        back.join()
        line.is_closed = True
        self._ends -= {near, far}
        for end in (near, far):
            end.close()


def pump(source: socket.socket, target: socket.socket, copy: bytearray) -> None:
    """Passes bytes on until there are no more. A connection that breaks is passed on as one that ends."""
    while piece := received(source):
        # First written down, then passed on: what a client has seen has been heard.
        copy += piece
        try:
            target.sendall(piece)
        except OSError:
            # It listens no more, but may still have something to say: the rest is taken, so that it can be said.
            pass
    hang_up(target, socket.SHUT_WR)


def received(source: socket.socket) -> bytes:
    try:
        return source.recv(65536)
    except OSError:
        return b""


def hang_up(end: socket.socket, how: int = socket.SHUT_RDWR) -> None:
    try:
        end.shutdown(how)
    except OSError:
        # It is gone already.
        pass


class Line:
    """One connection: what went each way, and how far it has been read."""

    def __init__(self):
        self.asked = bytearray()
        self.answered = bytearray()
        self.is_closed = False
        self._requests: list[Exchange] = []
        self._sockets: list[Frames] = []

    def read(self, is_closed: bool) -> list[Exchange | Message]:
        news = []
        while not self._sockets:
            if not self._requests and not self._read_request():
                break
            exchange = self._read_answer(is_closed)
            if not exchange:
                break
            news.append(exchange)
        for frames in self._sockets:
            news += frames.read()
        return news

    def _read_request(self) -> bool:
        head = take_head(self.asked)
        if not head:
            return False
        first, fields, begin = head
        found = take_body(self.asked, begin, fields, False)
        if not found:
            return False
        method, target, _ = first.split(" ", 2)
        self._requests.append(Exchange(method, target, fields, found[0]))
        del self.asked[: found[1]]
        return True

    def _read_answer(self, is_closed: bool) -> Exchange | None:
        while head := take_head(self.answered):
            first, fields, begin = head
            status = int(first.split(" ", 2)[1])
            if 100 <= status < 200 and status != 101:
                del self.answered[:begin]
                continue
            exchange = self._requests[0]
            is_empty = exchange.method == "HEAD" or status in (101, 204, 304)
            found = (b"", begin) if is_empty else take_body(self.answered, begin, fields, True, is_closed)
            if not found and is_closed and fields.get("content-type", "").startswith("text/event-stream"):
                found, exchange.is_cut = (take_chunks(self.answered, begin), len(self.answered)), True
            if not found:
                return None
            exchange.status, exchange.answer_fields, exchange.answer = status, fields, found[0]
            del self.answered[: found[1]]
            self._requests.pop(0)
            if status == 101:
                extensions = fields.get("sec-websocket-extensions", "")
                self._sockets = [Frames(self.asked, False, extensions), Frames(self.answered, True, extensions)]
            return exchange
        return None


def take_head(data: bytearray) -> tuple[str, dict[str, str], int] | None:
    """First line, fields, and where the body begins."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = bytes(data[:end]).decode("latin-1").split("\r\n")
    pairs = (line.split(":", 1) for line in lines)
    return first, {name.lower(): value.strip() for name, value in pairs}, end + 4


def take_body(
    data: bytearray, begin: int, fields: dict[str, str], is_answer: bool, is_closed: bool = False
) -> tuple[bytes, int] | None:
    """A body, and where what follows it begins."""
    if fields.get("transfer-encoding", "").lower() == "chunked":
        body = bytearray()
        while True:
            end = data.find(b"\r\n", begin)
            if end < 0:
                return None
            size = int(bytes(data[begin:end]).split(b";")[0], 16)
            begin = end + 2
            if len(data) < begin + size + 2:
                return None
            body += data[begin : begin + size]
            begin += size + 2
            if size == 0:
                return bytes(body), begin
    if "content-length" in fields or not is_answer:
        end = begin + int(fields.get("content-length", 0))
        return (bytes(data[begin:end]), end) if len(data) >= end else None
    return (bytes(data[begin:]), len(data)) if is_closed else None


def take_chunks(data: bytearray, begin: int) -> bytes:
    """The whole chunks of a body that broke off."""
    body = bytearray()
    while (end := data.find(b"\r\n", begin)) >= 0:
        size = int(bytes(data[begin:end]).split(b";")[0], 16)
        if len(data) < end + 2 + size:
            break
        body += data[end + 2 : end + 2 + size]
        begin = end + 2 + size + 2
    return bytes(body)


class Frames:
    """One direction of a WebSocket."""

    def __init__(self, data: bytearray, from_server: bool, extensions: str):
        self._data = data
        self._from_server = from_server
        self._reader = StreamReader()
        self._pieces: list[bytes] = []
        self._kind = Opcode.TEXT
        self._messages: list[Message] = []
        self._extensions = []
        if "permessage-deflate" in extensions:
            side = "server" if from_server else "client"
            forgets = f"{side}_no_context_takeover" in extensions
            self._extensions = [PerMessageDeflate(forgets, forgets, 15, 15)]
        self._parser = self._frames()
        next(self._parser, None)

    def read(self) -> list[Message]:
        count = len(self._data)
        self._reader.feed_data(bytes(self._data[:count]))
        del self._data[:count]
        self._messages = []
        next(self._parser, None)
        return self._messages

    def _frames(self):
        while True:
            frame = yield from Frame.parse(
                self._reader.read_exact, mask=not self._from_server, extensions=self._extensions)
            if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
                self._kind, self._pieces = frame.opcode, []
            if frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                self._pieces.append(bytes(frame.data))
                if frame.fin:
                    content = b"".join(self._pieces)
                    text = self._kind is Opcode.TEXT
                    self._messages.append(Message(self._from_server, content.decode() if text else content))
