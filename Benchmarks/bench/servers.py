"""The servers: ours, the bare one and nginx. Each starts on a free loopback port and ends by its process id."""

import json
import os
import select
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from . import cores, programs

PATIENCE = 10


class Server:
    """One process and where it listens."""

    def __init__(self, command, *, environment=None, folder=None, pinned=True):
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=folder,
            env={**os.environ, **(environment or {})}, preexec_fn=cores.on(cores.SERVER) if pinned else None)

    def first_line(self) -> str:
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        line = self.process.stdout.readline().decode() if ready else ""
        if not line:
            self.stop()
            raise RuntimeError(f"{self.process.args[0]} did not start")
        return line.strip()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def resident(self) -> int:
        """Bytes of memory that it holds (VmRSS)."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no VmRSS")

    @property
    def processor_seconds(self) -> float:
        """Time that it has computed, all threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def thread_seconds(self) -> dict[str, float]:
        """Time that each thread has computed, by its number."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return {task.name: int((task / "schedstat").read_text().split()[0]) / 1e9 for task in tasks}


class Floor(Server):
    """Our socket floor without a fake."""

    def __init__(self):
        super().__init__([str(programs.released("floor-echo")), "0"])
        self.port = urlsplit(self.first_line()).port


class Suite(Server):
    """All fakes, as `understudy up` starts them."""

    def __init__(self, *flags, pinned=True, environment=None):
        self.folder = tempfile.TemporaryDirectory(prefix="understudy-bench-")
        super().__init__(
            [str(programs.released("understudy")), "up", "--ports", "random", "--seed", "7", *flags],
            folder=self.folder.name, pinned=pinned, environment=environment)
        ready = json.loads(self.first_line())
        self.fakes = {fake["id"]: urlsplit(fake["url"]).port for fake in ready["fakes"]}
        self.control = urlsplit(ready["control"]).port if "control" in ready else None
        self.start_seconds = time.monotonic() - self.begun

    def stop(self):
        super().stop()
        self.folder.cleanup()


class Bare(Server):
    """libwebsockets and nothing else; it gives the answer that it is started with, after a wait if one is named.

    With a number of events the answer comes at once, and each event after such a wait.
    """

    def __init__(self, answer: bytes, milliseconds: int = 0, events: int = 0):
        with tempfile.NamedTemporaryFile() as file:
            file.write(answer)
            file.flush()
            super().__init__([str(programs.bare()), file.name, str(milliseconds), str(events)])
            self.port = int(self.first_line())


class BarePaced(Server):
    """Event streams, all at the same gap, by the least that can be written for it; no libwebsockets."""

    def __init__(self, milliseconds: int):
        super().__init__([str(programs.bare_paced()), str(milliseconds)])
        self.port = int(self.first_line())


class Nginx(Server):
    """`return 200` with the same body, one worker, an ordinary user's process in a folder of its own."""

    def __init__(self, body: bytes):
        self.folder = tempfile.TemporaryDirectory(prefix="understudy-nginx-")
        self.port = free_port()
        path = Path(self.folder.name)
        text = body.decode().replace("\\", "\\\\").replace('"', '\\"').replace("$", "")
        (path / "nginx.conf").write_text(f"""
            daemon off; master_process off; pid {path}/pid; error_log stderr crit;
            events {{ worker_connections 512; }}
            http {{
                access_log off; keepalive_requests 1000000000; default_type application/json;
                client_body_temp_path {path}/b; proxy_temp_path {path}/p; fastcgi_temp_path {path}/f;
                uwsgi_temp_path {path}/u; scgi_temp_path {path}/s;
                server {{ listen 127.0.0.1:{self.port}; location / {{ return 200 "{text}"; }} }}
            }}""")
        super().__init__([programs.installed("nginx"), "-p", str(path), "-c", str(path / "nginx.conf")])
        wait_for(self.port)

    def stop(self):
        super().stop()
        self.folder.cleanup()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(port: int):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"nobody listens on {port}")
