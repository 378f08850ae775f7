"""Load: how many answers, echoes or events a second a port gives."""

import re
import socket
import subprocess
import tempfile

from . import cores, programs

CONNECTIONS = 32


def request(method: str, path: str, body: bytes = b"", content_type: str = "application/json") -> bytes:
    """The bytes of a request, as a client would send them."""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    if body:
        head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def answer(port: int, bytes_sent: bytes) -> bytes:
    """The whole answer to a request, head and body, for an answer with content-length."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(bytes_sent)
        got = b""
        while b"\r\n\r\n" not in got:
            got += received(connection)
        head, _, body = got.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        if not length or not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"unexpected answer: {head[:200]!r}")
        while len(body) < int(length[1]):
            body += received(connection)
        return head + b"\r\n\r\n" + body


def received(connection: socket.socket) -> bytes:
    got = connection.recv(65536)
    if not got:
        raise RuntimeError("the server closed")
    return got


def answers(port: int, path: str, seconds: float, body: bytes = b"", *, refusals: bool = False) -> float:
    """Answers a second, 32 connections kept alive; POST with a body. Refusals are failures, unless they are wanted."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        if body:
            quoted = "".join(f"\\{byte:03d}" for byte in body)
            script.write(
                f'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = "{quoted}"\n')
            script.flush()
        text = run(
            [programs.installed("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s"]
            + (["-s", script.name] if body else []) + [f"http://127.0.0.1:{port}{path}"])
    if errors := re.search("Socket errors.*" if refusals else "(Socket errors|Non-2xx).*", text):
        raise RuntimeError(f"{path}: {errors[0]}")
    return float(re.search(r"Requests/sec: *([\d.]+)", text)[1])


def echoes(port: int, path: str, seconds: float, sockets: int = 16, protocol: str = "-") -> float:
    """Messages a second that came back, one under way on each WebSocket."""
    count, took = run([str(programs.load()), "echo", str(port), path, protocol, str(seconds), str(sockets)]).split()
    return int(count) / float(took)


def events(port: int, bytes_sent: bytes, seconds: float, streams: int = 1) -> float:
    """Events a second of streams that are asked for again and again."""
    count, took = run(
        [str(programs.load()), "events", str(port), str(seconds), str(streams)], given=bytes_sent).split()
    return int(count) / float(took)


def run(command: list[str], given: bytes = b"") -> str:
    done = subprocess.run(command, input=given, capture_output=True, timeout=60, preexec_fn=cores.on(cores.LOAD))
    if done.returncode:
        raise RuntimeError(done.stderr.decode().strip() or f"{command[0]} failed")
    return done.stdout.decode()
