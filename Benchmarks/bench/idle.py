"""WebSockets that are open and say nothing."""

import resource
import socket


def make_room(count: int):
    """Lets this process, and those that it starts, have so many sockets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count + 200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 200), hard))


class IdleSockets:
    """So many WebSockets on a port, open until the end of the context."""

    def __init__(self, port: int, path: str, count: int):
        make_room(count)
        self.sockets = [self.opened(port, path) for _ in range(count)]

    @staticmethod
    def opened(port: int, path: str) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", port), 10)
        connection.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        got = b""
        while b"\r\n\r\n" not in got:
            piece = connection.recv(4096)
            if not piece:
                raise RuntimeError("the server closed during the handshake")
            got += piece
        if not got.startswith(b"HTTP/1.1 101 "):
            raise RuntimeError(f"no WebSocket on {path}: {got[:100]!r}")
        return connection

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for connection in self.sockets:
            connection.close()
