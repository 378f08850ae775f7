"""What clients do with a Gradio app, from end to end: every route in every state, and every way to fail.

The clients are those of fakes that play different apps, the ones that were recorded from the real server.
"""

import json
from types import SimpleNamespace

import httpx

P = "/gradio_api"
NOWHERE = "/gradio_api/file=/etc/passwd"


def play_everything(all: SimpleNamespace) -> None:
    play_pages(all.core)
    play_calls(all.core, all.streams)
    play_failures(all.faults, all.core)
    play_queue(all.queues)
    play_files(all.media)
    play_login(all.locked)
    play_oddities(all.core)
    for path in ("run/echo", "run/echo/", "api/echo", "api/echo/"):
        assert all.closed.post(f"{P}/{path}", json={"data": ["a"]}).status_code == 404


def joined(app: httpx.Client, session: str, function: int, *data, status=200, **more) -> dict:
    body = {"data": list(data), "fn_index": function, "session_hash": session, **more}
    answer = alone(app, f"{P}/queue/join", json=body)
    assert answer.status_code == status, answer.text
    return answer.json() if status != 500 else {}


def alone(app: httpx.Client, path: str, **more) -> httpx.Response:
    """On a connection of its own: the real server closes one on which it was surprised, and says so nowhere."""
    return httpx.post(f"{str(app.base_url).rstrip('/')}{path}", cookies=app.cookies, timeout=20, **more)


def messages(app: httpx.Client, session: str) -> list[dict]:
    """What a session hears until its stream ends."""
    text = app.get(f"{P}/queue/data", params={"session_hash": session}).text
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line]


def outcome(app: httpx.Client, session: str, function: int, *data) -> dict:
    joined(app, session, function, *data)
    return next(message for message in messages(app, session) if message["msg"] == "process_completed")


def called(app: httpx.Client, path: str, body, status=200) -> str | None:
    """The events of a call in the simple form."""
    answer = app.post(f"{P}/call/{path}", json=body)
    assert answer.status_code == status, answer.text
    return app.get(f"{P}/call/{path.rstrip('/')}/{answer.json()['event_id']}").text if status == 200 else None


def function(app: httpx.Client, name: str) -> int:
    found = app.get("/config").json()["dependencies"]
    return next(item["id"] for item in found if item["api_name"] == name)


def first_of(app: httpx.Client, path: str) -> None:
    """Takes the first event of a stream that does not end, and goes."""
    with app.stream("GET", path) as answer:
        assert next(answer.iter_lines())


def play_pages(core: httpx.Client) -> None:
    for path in (
        "/", f"{P}/runs", f"{P}/runs/", "/config?page=&deep_link=none", "/config/", f"{P}/info?serialize=False", f"{P}/info/", f"{P}/openapi.json",
        f"{P}/app_id", f"{P}/app_id/", f"{P}/startup-events", f"{P}/deep_link?session_hash=a", "/theme.css?v=1", f"{P}/theme.css",
        "/robots.txt", "/manifest.json", "/favicon.ico", "/monitoring", "/monitoring/summary", f"{P}/queue/status",
        f"{P}/user", f"{P}/user/", f"{P}/token", f"{P}/token/", f"{P}/login_check", f"{P}/login_check/",
    ):
        assert core.get(path).status_code == 200, path
    assert core.head("/").status_code == 200
    for query, is_all, has_examples in (
        ("", False, True), ("all_endpoints=", False, True), ("all_endpoints=False", True, False),
        ("page=&all_endpoints=1", True, True), ("page=none&all_endpoints=1", True, False), ("page=&", False, True),
    ):
        endpoints = core.get(f"{P}/info?{query}").json()["named_endpoints"]
        assert ("/hidden" in endpoints, "code_snippets" in endpoints["/echo"]) == (is_all, has_examples), query
    for path in ("/static/none.js", "/assets/a/none.js", f"{P}/custom_component/x/client/index.js", "/info", "/queue/data"):
        assert core.get(path).status_code == 404, path
    assert core.get(f"{P}/deep_link").status_code == 422
    first_of(core, f"{P}/heartbeat/page")
    with core.stream("GET", f"{P}/dev/reload") as answer:
        assert answer.status_code == 200


def play_calls(core: httpx.Client, streams: httpx.Client) -> None:
    assert outcome(core, "one", 0, "hé ✓")["output"]["data"] == ["echo: hé ✓"]
    for name, body in (("echo", {"data": ["a"]}), ("add/", {"data": [1, 2]}), ("many", {"data": ["x"], "session_hash": "own"}),
                       ("v2/add", {"a": 3, "b": 4}), ("v2/add/", {"a": 3})):
        assert "event: complete" in called(core, name, body)
    for name in ("text", "shrink", "tree", "chat", "scores"):
        assert outcome(streams, name, function(streams, name), 3)["success"]
    assert "event: generating" in called(streams, "text", {"data": [2]})
    for path in ("run/direct", "run/predict/", "api/direct", "api/predict/"):
        assert core.post(f"{P}/{path}", json={"data": ["x"], "fn_index": 0}).status_code == 200
    for path in ("reset", "reset/"):
        assert core.post(f"{P}/{path}", json={"event_id": "none"}).json() == {"success": True}
    cancelled = joined(streams, "cancel", function(streams, "slow"), 5)["event_id"]
    fields = {"session_hash": "cancel", "fn_index": function(streams, "slow"), "event_id": cancelled}
    assert streams.post(f"{P}/cancel", json=fields).json() == {"success": True}
    assert [message["output"] for message in messages(streams, "cancel") if message["msg"] == "process_completed"] == [{}]


def play_failures(faults: httpx.Client, core: httpx.Client) -> None:
    err = function(faults, "err")
    for kind in ("plain", "custom", "unhandled", "empty"):
        assert outcome(faults, kind, err, kind)["success"] is False
        assert "event: error" in called(faults, "err", {"data": [kind]})
        for path in ("run/err", "run/err/", "api/err", "api/err/"):
            assert faults.post(f"{P}/{path}", json={"data": [kind]}).status_code == 500
    for name in ("gen_err", "gen_crash"):
        assert outcome(faults, name, function(faults, name), 2)["success"] is False
    logs = function(faults, "logs")
    joined(faults, "logs", logs, "a")
    assert [message["level"] for message in messages(faults, "logs") if message["msg"] == "log"] == ["info", "warning", "success"]
    for body in ({"fn_index": 0, "data": []}, {"session_hash": "x", "data": []}):
        assert core.post(f"{P}/queue/join", json=body).status_code == 400
    joined(core, "x", 99, status=500)
    joined(core, "x", function(core, "validated"), "ab", status=422)
    for path in ("queue/join", "call/echo", "call/v2/add", "call/v2/add/", "call/echo/", "run/echo", "run/echo/", "api/echo",
                 "api/echo/", "cancel", "reset", "reset/", "stream/nobody"):
        for content, kind in ((b"", "application/json"), (b"{", "application/json"), (b"[1]", "application/json"),
                              (b"text", "text/plain")):
            answer = core.post(f"{P}/{path}", content=content, headers={"content-type": kind})
            assert answer.status_code == 422, (path, content, answer.text)
    for path, body in (("call/nope", {"data": []}), ("call/nope/", {"data": []}), ("call/v2/nope", {}), ("call/v2/nope/", {}),
                       ("run/nope", {"data": []}), ("run/nope/", {"data": []}), ("api/nope", {"data": []}),
                       ("api/nope/", {"data": []})):
        assert alone(core, f"{P}/{path}", json=body).status_code == 500, path
    for path in ("queue/data?session_hash=nobody", "call/echo/nobody", "call/v2/echo/nobody"):
        broken_off(core, f"{P}/{path}")
    for path in ("queue/data", "upload_progress"):
        assert core.get(f"{P}/{path}").status_code == 422


def broken_off(app: httpx.Client, path: str) -> None:
    """Reads an answer that breaks off without its last chunk."""
    try:
        app.get(path)
    except httpx.RemoteProtocolError:
        return
    raise AssertionError(f"{path} came to an end")


def play_queue(queues: httpx.Client) -> None:
    work = function(queues, "work")
    # Each in a session of its own: a cancellation ends whatever its session runs of the function.
    calls = [(session, joined(queues, session, work, 30)["event_id"]) for session in ("runs", "first", "second", "third")]
    joined(queues, "late", work, 30, status=503)
    for path, body in (("work", {"data": [30]}), ("work/", {"data": [30]}), ("v2/work", {"seconds": 30}),
                       ("v2/work/", {"seconds": 30})):
        called(queues, path, body, status=503)
    assert queues.get(f"{P}/queue/status").json()["queue_size"] == 3
    for session, call in reversed(calls):
        fields = {"session_hash": session, "fn_index": work, "event_id": call}
        assert queues.post(f"{P}/cancel", json=fields).status_code == 200
        assert messages(queues, session)[-2:] == [
            {"msg": "process_completed", "event_id": call, "output": {}, "success": True, "title": None, "used_cache": None,
             "cache_duration": None, "avg_time": None}, {"msg": "close_stream", "event_id": None}]


def play_files(media: httpx.Client) -> None:
    files = [("files", ("in put.wav", b"RIFF0000WAVE" * 70)), ("files", ("page.html", b"<p>Good evening</p>"))]
    paths = media.post(f"{P}/upload?upload_id=first", files=files).json()
    first_of(media, f"{P}/upload_progress?upload_id=first")
    assert media.get(f"{P}/upload_progress?upload_id=none").status_code == 404
    for path, fields, status in (
        (paths[0], {}, 200), (paths[1], {}, 200), (paths[0], {"range": "bytes=10-"}, 206), (paths[0], {"range": "bytes=0-9"}, 206),
        (paths[0], {"range": "bytes=9000-"}, 416), ("/etc/passwd", {}, 403),
    ):
        for form in ("file=", "file/"):
            # A path that begins with a slash: the other form has one of its own.
            where = f"{P}/{form}{path if form == 'file=' else path.lstrip('/')}"
            if form == "file/":
                where = f"{P}/file/{path}"
            assert media.get(where, headers=fields).status_code == status, where
    assert media.head(f"{P}/file={paths[0]}").status_code == 200
    assert media.head(NOWHERE).status_code == 403
    assert outcome(media, "v", function(media, "generate_video"), "a fox", "", "832x480", 5, 2, 5, 1)["success"]
    voice = {"path": paths[0], "meta": {"_type": "gradio.FileData"}}
    assert outcome(media, "s", function(media, "infer_convert"), voice, 0, "pm")["success"]
    large = [("files", ("large.bin", b"0" * 30_000))]
    assert media.post(f"{P}/upload", files=large).status_code == 413
    assert media.post(f"{P}/upload", json={}).status_code == 400
    for kind, content in (("multipart/form-data", b"x"), ("multipart/form-data; boundary=b", b"garbage")):
        assert media.post(f"{P}/upload", content=content, headers={"content-type": kind}).status_code == 400
    nameless = b'--b\r\nContent-Disposition: form-data; name="files"\r\n\r\nx\r\n--b--\r\n'
    answer = alone(media, f"{P}/upload", content=nameless, headers={"content-type": "multipart/form-data; boundary=b"})
    assert answer.status_code == 500


def play_login(locked: httpx.Client) -> None:
    refused = ("/config", "/config/", "/monitoring", "/monitoring/summary", *(f"{P}/{path}" for path in (
        "info", "info/", "openapi.json", "queue/data?session_hash=a", "queue/status", "call/predict/none", "call/v2/predict/none",
        "upload_progress?upload_id=a", "login_check", "login_check/", "deep_link?session_hash=a", "dev/reload", "file=/a",
        "file//a", "proxy=a")))
    for path in refused:
        assert locked.get(path).status_code == 401, path
    for path in (f"{P}/file=/a", f"{P}/proxy=a"):
        assert locked.head(path).status_code == 401
    for path in ("queue/join", "call/predict", "call/predict/", "call/v2/predict", "call/v2/predict/", "run/predict",
                 "run/predict/", "api/predict", "api/predict/", "upload", "component_server", "component_server/"):
        assert locked.post(f"{P}/{path}", json={"data": []}).status_code == 401, path
    for path in ("/", f"{P}/app_id", f"{P}/user", f"{P}/token"):
        assert locked.get(path).status_code == 200
    for path in ("/login", "/login/"):
        assert locked.post(path, data={"username": "alice"}).status_code == 422
        assert locked.post(path, data={"username": "alice", "password": "x"}).status_code == 400
        assert locked.post(path, data={"username": "alice", "password": "wonder"}).status_code == 200
    assert outcome(locked, "mine", 0, "hello")["output"]["data"] == ["alice: hello"]
    for path in (f"{P}/user", f"{P}/token", f"{P}/login_check"):
        assert locked.get(path).status_code == 200
    assert locked.get("/logout?all_session=true").status_code == 302
    assert locked.get("/config").status_code == 401


def play_oddities(core: httpx.Client) -> None:
    for path in ("/login", "/login/"):
        assert core.post(path, data={"username": "a", "password": "b"}).status_code == 302
    for method, path, status in (
        ("POST", "/config", 405), ("HEAD", "/config", 405), ("DELETE", f"{P}/reset", 405), ("GET", f"{P}/call/echo", 405),
        ("HEAD", "/nowhere", 404), ("PUT", "/nowhere", 404), ("GET", "/robots.txt/", 307), ("POST", f"{P}/queue/join/", 307),
        ("HEAD", "/robots.txt/", 307), ("OPTIONS", "/config", 405), ("OPTIONS", "/nowhere", 404),
    ):
        assert core.request(method, path).status_code == status, (method, path)
    preflight = {"origin": "http://elsewhere.test", "access-control-request-method": "POST"}
    assert core.options(f"{P}/queue/join", headers=preflight).status_code == 200
    assert core.get("/config", headers={"origin": "http://127.0.0.1:5173"}).headers["vary"] == "Origin"
    for method in ("get", "head"):
        assert core.request(method, f"{P}/proxy=http://elsewhere.test/a").status_code == 400
    for path in ("component_server", "component_server/"):
        assert core.post(f"{P}/{path}", json={}).status_code in (400, 404)
        body = {"data": 1, "component_id": 1, "fn_name": "ls", "session_hash": "a"}
        assert core.post(f"{P}/{path}", json=body).status_code == 404
        assert core.post(f"{P}/{path}", content=b"{").status_code == 400
    assert core.post(f"{P}/stream/nobody", json={"data": []}).status_code == 404
    assert core.post(f"{P}/stream/nobody/close").status_code == 404
    for name in ("playlist.m3u8", "playlist-file", "1.aac"):
        for component, status in (("1", 404), ("a", 422)):
            assert core.get(f"{P}/stream/s/1/{component}/{name}").status_code == status
