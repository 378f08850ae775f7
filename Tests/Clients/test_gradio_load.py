"""What a fake Gradio bears: many sessions in one line, and paths that clients make up."""

import ctypes
import os
import struct
import sys
from pathlib import Path

import httpx

from fake_process import ROOT, FakeProcess

sys.path.append(str(ROOT / "Benchmarks"))
from bench.sessions import Sessions  # noqa: E402


def resident(pid: int) -> int:
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


def test_forty_sessions_in_one_line_are_told_their_positions_and_leave_nothing_behind():
    app = ROOT / "Benchmarks" / "bench" / "sessions.yaml"
    with FakeProcess("fake-gradio", "--port", "0", "--app", str(app)) as fake:
        held = []
        for _ in range(3):
            with Sessions(fake.address[1], 40) as sessions:
                amiss, count, _ = sessions.run()
            assert (amiss, count) == ([], 40 * (2 + 20 + 1) + sum(range(1, 41)))
            held.append(resident(fake.pid))

    assert held[2] - held[1] < 2 << 20


class Watch:
    """Tells whether anybody touched a folder or what is in it."""

    def __init__(self, folder: Path):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.descriptor = self.libc.inotify_init1(os.O_NONBLOCK)
        # Everything but what the watch itself brings about.
        assert self.libc.inotify_add_watch(self.descriptor, os.fsencode(folder), 0xFFF) > 0

    def touched(self) -> list[str]:
        try:
            told = os.read(self.descriptor, 1 << 16)
        except BlockingIOError:
            return []
        names, place = [], 0
        while place < len(told):
            _, mask, _, length = struct.unpack_from("iIII", told, place)
            names.append(f"{mask:x} {told[place + 16:place + 16 + length].rstrip(bytes(1)).decode()}")
            place += 16 + length
        return names


def test_paths_of_clients_never_reach_the_disk(rvc, tmp_path):
    secret = tmp_path / "secret.wav"
    secret.write_bytes(b"RIFF secret")
    watch = Watch(tmp_path)
    file = {"path": str(secret), "orig_name": "secret.wav", "meta": {"_type": "gradio.FileData"}}
    with httpx.Client(base_url=f"{rvc.url}/gradio_api", timeout=20) as http:
        answers = [
            http.get(f"/file={secret}"),
            http.get(f"/file/{secret}"),
            http.get(f"/file={tmp_path}/../{tmp_path.name}/secret.wav"),
            http.get(f"/file=file://{secret}"),
            http.post("/upload", files={"files": (f"../../../..{tmp_path}/new.wav", b"RIFF")}),
            http.post("/upload", files={"files": (str(tmp_path / "new.wav"), b"RIFF")}),
            http.post("/component_server", json={"data": str(secret), "component_id": 1, "fn_name": "ls", "session_hash": "a"}),
        ]
        event = http.post("/call/v2/infer_convert", json={"input_audio": file}).json()["event_id"]
        converted = http.get(f"/call/infer_convert/{event}").text
        static = httpx.get(f"{rvc.url}/static/..%2f..%2f..{secret}")
    assert "secret" not in "".join(answer.text.replace(str(secret), "").replace(secret.name, "") for answer in answers[:4])
    assert [answer.status_code for answer in answers[:4]] == [403] * 4
    assert all("/new.wav" in answer.text and str(tmp_path) not in answer.text for answer in answers[4:6])
    assert "event: error" in converted and static.status_code in (400, 404)
    assert watch.touched() == []

    # And the watch would have seen it.
    secret.read_bytes()
    assert watch.touched()
