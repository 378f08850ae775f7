"""What clients do with a LiteLLM proxy, from end to end: every route in every state, and every way to fail.

The clients are those of fakes in different states; `desk` is one that knows many models and wants no key.
"""

import json
from types import SimpleNamespace

import httpx

from contract import Contract

HELLO = [{"role": "user", "content": "Good evening"}]
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]
PERSON = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
          "required": ["name", "age"], "additionalProperties": False}


def play_everything(contract: Contract, all: SimpleNamespace) -> None:
    play_chats(all.desk, all.keyed, all.opened)
    play_failures(all.keyed, all.opened)
    play_others(all.desk, all.keyed)
    play_dialects(all.desk, all.keyed)
    play_files(all.desk, all.keyed)
    play_models(all.desk, all.keyed, all.locked)
    play_health(all.desk, all.ill, all.locked, all.cached)
    play_utilities(all.desk)
    play_keys(all.keyed, all.locked)
    play_cache_and_metrics(all.desk, all.cached, all.opened, all.wild)
    play_pages(all.desk)
    play_everything_else(contract, all.keyed, all.locked)


def asking(url: str, **fields) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=20, headers=fields)


def play_chats(desk: httpx.Client, keyed: httpx.Client, opened: httpx.Client) -> None:
    def chat(client=desk, path="/v1/chat/completions", status=200, **body):
        answer = client.post(path, json={"model": "gpt-4o-mini", "messages": HELLO, **body})
        assert answer.status_code == status, answer.text
        return answer

    for path in ("/v1/chat/completions", "/chat/completions", "/engines/a/b/chat/completions",
                 "/openai/deployments/gpt-4o/chat/completions?api-version=1"):
        model = {"model": "gpt-4o"}
        if "a/b" in path:
            chat(path=path, status=400)
            path = path.replace("a/b", "gpt-4o")
        chat(path=path, **model), chat(path=path, stream=True, stream_options={"include_usage": True})
    for more in ({"n": 2}, {"tools": TOOLS, "tool_choice": "required"}, {"logprobs": True, "top_logprobs": 2},
                 {"response_format": {"type": "json_schema", "json_schema": {"name": "p", "schema": PERSON}}},
                 {"max_tokens": 2}, {"model": "o4-mini", "reasoning_effort": "high"}, {"model": "claude-sonnet-4-5"}):
        chat(**more), chat(stream=True, **more)
    chat(model="gpt-4o,gpt-4o-mini")
    chat(path="/queue/chat/completions", priority=1), chat(path="/queue/chat/completions", priority=1, stream=True)
    chat(path="/queue/chat/completions", status=400)
    chat(path="/cursor/chat/completions"), chat(path="/cursor/chat/completions", stream=True)
    for stream in (False, True):
        assert desk.post("/cursor/chat/completions", json={"model": "gpt-4o", "input": "hi", "stream": stream}).is_success
    for client in (keyed, opened):
        for model in ("gpt-4o-mini", "up-chat", "mock-tools", "up-tools", "up-reason"):
            for more in ({}, {"n": 2}, {"logprobs": True}, {"stream_options": {"include_usage": True}}):
                chat(client, model=model, **more), chat(client, model=model, stream=True, **more)
    chat(keyed, model="fb-src"), chat(keyed, model="up-flaky", status=500)
    for model in ("up-miderr", "up-middrop", "up-mideof", "up-midgarbage"):
        chat(keyed, model=model, stream=True)


def play_failures(keyed: httpx.Client, opened: httpx.Client) -> None:
    """Every way to fail, on every route that calls a deployment."""
    asked = {
        "/v1/chat/completions": {"messages": HELLO}, "/v1/completions": {"prompt": "x"}, "/v1/embeddings": {"input": "x"},
        "/v1/responses": {"input": "x"}, "/v1/messages": {"messages": HELLO, "max_tokens": 9},
        "/v1/images/generations": {"prompt": "x"}, "/v1/audio/speech": {"input": "x", "voice": "alloy"},
        "/v1/moderations": {"input": "x"}, "/v1/rerank": {"query": "x", "documents": ["x"]},
        "/queue/chat/completions": {"messages": HELLO, "priority": 0},
        "/cursor/chat/completions": {"messages": HELLO},
    }
    failing = ["up-400", "up-401", "up-403", "up-404", "up-422", "up-429", "up-413", "up-500", "up-502", "up-503", "up-529",
               "up-ctx", "up-policy", "up-refused", "up-html", "claude-429", "claude-529"]
    for path, body in asked.items():
        for model in [*failing, "no-such-model", None, 5]:
            for stream in (False, True):
                answer = opened.post(path, json={**body, "model": model, "stream": stream})
                # A page is an empty stream of chunks.
                assert answer.status_code >= 400 or model == "up-html" and stream, (path, model)
        for content in (b"{bad", b"[]", b"", b'{"model": "gpt-4o-mini", "api_base": "x", "input": "x"}'):
            assert opened.post(path, content=content).status_code in (400, 401), (path, content)
        for model in ("up-slow",):
            assert keyed.post(path, json={**body, "model": model, "timeout": 0.01}).status_code >= 400
    for model in ("mock-ratelimit", "mock-ctx", "mock-ise", "mock-policy", "mock-streamerr"):
        for stream in (False, True):
            for path in ("/v1/chat/completions", "/v1/completions", "/v1/messages", "/queue/chat/completions"):
                opened.post(path, json={**asked[path], "model": model, "stream": stream})
    for field in ("mock_timeout", "mock_testing_fallbacks"):
        assert opened.post(
            "/v1/chat/completions", json={"model": "gpt-4o-mini", "messages": HELLO, field: True}).status_code == 400
    answers = [opened.post("/v1/chat/completions", json={"model": "cool", "messages": HELLO}) for _ in range(4)]
    assert answers[-1].status_code == 429 and "retry-after" in answers[-1].headers
    for _ in range(2):
        keyed.post("/v1/chat/completions", json={"model": "rpm1", "messages": HELLO})
    assert opened.post("/v1/messages", json={"model": "gpt-4o-mini", "messages": HELLO}).status_code == 400
    assert opened.post(
        "/v1/chat/completions", json={"model": "claude-ok", "messages": HELLO, "logit_bias": {"1": 1}}).status_code == 400


def play_others(desk: httpx.Client, keyed: httpx.Client) -> None:
    for prefix in ("/v1", "", "/engines/gpt-3.5-turbo-instruct", "/openai/deployments/gpt-3.5-turbo-instruct"):
        for more in ({}, {"stream": True, "stream_options": {"include_usage": True}}, {"n": 2, "echo": True, "logprobs": 2}):
            assert desk.post(
                f"{prefix}/completions", json={"model": "gpt-3.5-turbo-instruct", "prompt": "Once", **more}).is_success
    for model in ("fake-model", "up-chat", "up-text"):
        for more in ({}, {"stream": True}, {"prompt": ["a", "b"]}, {"stream": True, "stream_options": {"include_usage": True}}):
            assert keyed.post("/v1/completions", json={"model": model, "prompt": "Once", **more}).is_success
    for prefix in ("/v1", "", "/engines/text-embedding-3-small", "/openai/deployments/text-embedding-3-small"):
        for more in ({}, {"encoding_format": "base64"}, {"dimensions": 8, "input": ["a", "b"]}):
            assert desk.post(
                f"{prefix}/embeddings", json={"model": "text-embedding-3-small", "input": "sea", **more}).is_success
    assert keyed.post("/v1/embeddings", json={"model": "up-emb", "input": "sea"}).is_success
    for prefix in ("/v1", "", "/engines/dall-e-3", "/openai/deployments/dall-e-3"):
        assert desk.post(f"{prefix}/images/generations", json={"model": "dall-e-3", "prompt": "x", "size": "32x32"}).is_success
        assert desk.post(f"{prefix}/images/edits", data={"model": "dall-e-3", "prompt": "x"}, files={"image": b"x"}).is_success
    for more in ({"model": "up-img"}, {"model": "img-b64"}, {"model": "up-img", "response_format": "url"}):
        keyed.post("/v1/images/generations", json={"prompt": "x", **more})
    keyed.post("/v1/images/edits", data={"model": "up-img", "prompt": "x"}, files={"image": b"x"})
    keyed.post("/v1/images/edits", data={"model": "none"})
    for prefix in ("/v1", ""):
        for form in ("mp3", "wav", "pcm"):
            assert desk.post(
                f"{prefix}/audio/speech",
                json={"model": "tts-1", "input": "Hi.", "voice": "alloy", "response_format": form}).is_success
        for form in (None, "json", "text", "srt", "vtt", "verbose_json"):
            data = {"model": "whisper-1"} | ({"response_format": form} if form else {})
            assert desk.post(f"{prefix}/audio/transcriptions", data=data, files={"file": b"x"}).is_success
        assert desk.post(f"{prefix}/moderations", json={"model": "omni-moderation-latest", "input": ["a", "b"]}).is_success
    assert desk.post("/v1/audio/transcriptions", data={"model": "whisper-1"}).status_code == 422
    assert desk.post("/v1/audio/speech", json={"model": "none", "input": "x", "voice": "x"}).status_code == 400
    for model in ("none", "up-500", "up-429", "up-401"):
        assert keyed.post("/v1/audio/transcriptions", data={"model": model}, files={"file": b"x"}).status_code >= 400
    for path, model in (("audio/speech", "up-tts"), ("moderations", "up-mod")):
        assert keyed.post(f"/v1/{path}", json={"model": model, "input": "x", "voice": "alloy"}).is_success
    assert keyed.post("/v1/audio/transcriptions", data={"model": "up-whisper"}, files={"file": b"x"}).is_success
    for path in ("/rerank", "/v1/rerank", "/v2/rerank"):
        for more in ({}, {"top_n": 1, "return_documents": True}):
            assert desk.post(
                path, json={"model": "rerank-english-v3.0", "query": "sea", "documents": ["a", "sea"], **more}).is_success
    assert keyed.post("/v1/rerank", json={"model": "up-rerank", "query": "sea", "documents": ["a"]}).is_success


def play_dialects(desk: httpx.Client, keyed: httpx.Client) -> None:
    tool = {"type": "function", "name": "weather", "parameters": TOOLS[0]["function"]["parameters"]}
    for base in ("/v1/responses", "/responses", "/openai/v1/responses"):
        body = {"model": "gpt-4o", "input": "Good evening"}
        given = desk.post(base, json=body).json()["id"]
        for more in ({}, {"tools": [tool], "tool_choice": "required"}):
            assert desk.post(base, json={**body, **more, "stream": True}).is_success
            assert desk.post(base, json={**body, **more}).is_success
        for part in ("", "/input_items"):
            assert desk.get(f"{base}/{given}{part}").is_success
        assert desk.post(f"{base}/{given}/cancel").is_success and desk.delete(f"{base}/{given}").is_success
        assert desk.get(f"{base}/{given}").status_code == 400
        assert desk.post(f"{base}/input_tokens", json=body).is_success
    assert desk.post("/v1/responses/input_tokens", json={"input": "x"}).status_code == 400
    assert keyed.post("/v1/responses/input_tokens", json={"model": "gpt-4o-mini", "input": "x"}).status_code == 401
    for model in ("gpt-4o-mini", "up-resp", "claude-ok", "up-chat"):
        for stream in (False, True):
            assert keyed.post("/v1/responses", json={"model": model, "input": "x", "stream": stream}).is_success
            assert keyed.post(
                "/v1/messages", json={"model": model, "messages": HELLO, "max_tokens": 9, "stream": stream}).is_success
    desk_tool = {"name": "weather", "input_schema": tool["parameters"]}
    for model in ("claude-sonnet-4-5", "gpt-4o"):
        for more in ({}, {"tools": [desk_tool], "tool_choice": {"type": "any"}}, {"max_tokens": 1}):
            for stream in (False, True):
                assert desk.post("/v1/messages", json={
                    "model": model, "messages": HELLO, "max_tokens": 99, "stream": stream, **more}).is_success
    assert desk.post("/v1/messages/count_tokens", json={"model": "gpt-4o", "messages": HELLO}).is_success
    assert desk.post("/v1/messages/count_tokens", json={"model": "unheard-of", "messages": HELLO}).is_success
    assert desk.post("/v1/messages/count_tokens", json={"model": "gpt-4o"}).status_code == 400
    for model, status in (("gpt-4o-mini", 401), ("claude-ok", 404)):
        body = {"model": model, "messages": HELLO}
        assert keyed.post("/v1/messages/count_tokens", json=body).status_code == status
    contents = {"contents": [{"role": "user", "parts": [{"text": "Good evening"}]}]}
    for base in ("/v1beta/models", "/models"):
        for client, model in ((desk, "gemini-2.0-flash"), (keyed, "gpt-4o-mini"), (keyed, "up-500")):
            for method in ("generateContent", "streamGenerateContent", "countTokens"):
                client.post(f"{base}/{model}:{method}", json=contents)


def play_files(desk: httpx.Client, keyed: httpx.Client) -> None:
    body = {"model": "gpt-4o", "messages": HELLO}
    line = {"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": body}

    def upload(base: str, content=json.dumps(line).encode(), client=desk):
        return client.post(f"{base}/files", files={"file": ("a.jsonl", content)}, data={"purpose": "batch"})

    told = "custom_llm_provider=openai&provider=openai"
    for base in ("/v1", "", "/openai/v1"):
        file = upload(base).json()["id"]
        assert desk.get(f"{base}/files?purpose=batch&{told}").is_success and desk.get(f"{base}/files/{file}?{told}").is_success
        assert desk.get(f"{base}/files/{file}/content?{told}").content == json.dumps(line).encode()
        asked = {"input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
        batch = desk.post(f"{base}/batches", json=asked).json()["id"]
        while (done := desk.get(f"{base}/batches/{batch}").json())["status"] != "completed":
            pass
        assert desk.get(f"{base}/files/{done['output_file_id']}/content").is_success
        other = desk.post(f"{base}/batches", json=asked).json()["id"]
        assert desk.post(f"{base}/batches/{other}/cancel?{told}").is_success and desk.get(f"{base}/batches/{other}?{told}").is_success
        assert desk.get(f"{base}/batches?{told}").is_success
        assert desk.delete(f"{base}/files/{file}?{told}").is_success
        for path in (f"/files/{file}", f"/files/{file}/content", "/batches/none"):
            assert desk.get(base + path).status_code == 404
        assert desk.post(f"{base}/batches", json={"input_file_id": "none", "endpoint": "x"}).status_code == 404
    for base, query in (("/azure/v1", ""), ("/nobody/v1", ""), ("/v1", "?provider=none")):
        for path in ("/files", "/files/x", "/files/x/content", "/batches", "/batches/x"):
            assert desk.get(base + path + query).status_code == 500
        desk.delete(f"{base}/files/x{query}"), desk.post(f"{base}/batches/x/cancel{query}"), upload(base)
    for content in (b"{", b"[]", b"{}", b""):
        assert upload("/v1", content).status_code == 400
    assert desk.post("/v1/files", data={"purpose": "batch"}).status_code == 422
    assert upload("/v1", client=keyed).is_success
    assert keyed.get("/v1/files").status_code == 500


def play_models(desk: httpx.Client, keyed: httpx.Client, locked: httpx.Client) -> None:
    for path in ("/v1/models", "/models", "/cursor/models", "/cursor/v1/models"):
        assert desk.get(path).is_success and desk.get(f"{path}?include_metadata=true").is_success
    for path in ("/v1/models", "/models"):
        assert desk.get(f"{path}/gpt-4o").is_success and desk.get(f"{path}/none").status_code == 404
    for path in ("/model/info", "/v1/model/info"):
        deployments = keyed.get(path).json()["data"]
        assert keyed.get(f"{path}?litellm_model_id={deployments[0]['model_info']['id']}").is_success
        assert keyed.get(f"{path}?litellm_model_id=none").status_code == 400
    assert keyed.get("/v2/model/info?page=2&size=5").is_success and locked.get("/v2/model/info").status_code == 500
    for query in ("", "?model_group=gpt-4o-mini", "?model_group=none"):
        assert keyed.get(f"/model_group/info{query}").is_success


def play_health(desk: httpx.Client, ill: httpx.Client, locked: httpx.Client, cached: httpx.Client) -> None:
    for client in (ill, locked):
        well = client.get("/health?model=fake-model").json()["healthy_endpoints"][0]
        assert client.get("/health").is_success and client.get(f"/health?model_id={well['model_id']}").is_success
    assert ill.get("/health?model=up-503").status_code == ill.get("/health?model=none").status_code == 503
    assert ill.get("/health?model_id=none").status_code == 404
    for client in (desk, locked, cached):
        for path in ("liveliness", "liveness", "readiness", "readiness/details"):
            assert client.get(f"/health/{path}").is_success
    for path in ("liveliness", "liveness", "readiness"):
        assert desk.options(f"/health/{path}").is_success
    for query in ("", "?service=slack"):
        assert desk.get(f"/health/services{query}").status_code == 422


def play_utilities(desk: httpx.Client) -> None:
    for body in ({"prompt": "x"}, {"messages": HELLO}, {"contents": [{"parts": [{"text": "x"}]}]}):
        assert desk.post("/utils/token_counter", json={"model": "gpt-4o", **body}).is_success
    assert desk.post("/utils/token_counter", json={"model": "gpt-4o"}).status_code == 400
    assert desk.post("/utils/token_counter", json={}).status_code == 422
    for query, status in (("?model=gpt-4o-mini", 200), ("?model=none", 400), ("", 422)):
        assert desk.get(f"/utils/supported_openai_params{query}").status_code == status
    for query, status in (("?model=gpt-4o-mini", 200), ("?model=none", 404), ("", 422)):
        assert desk.get(f"/utils/model_info{query}").status_code == status
    for model in ("gpt-4o-mini", "none"):
        body = {"call_type": "completion", "request_body": {"model": model, "messages": HELLO}}
        assert desk.post("/utils/transform_request", json=body).is_success
    assert desk.post("/utils/transform_request", json={}).status_code == 422
    for path in ("/settings", "/active/callbacks"):
        assert desk.get(path).is_success
    assert desk.post("/spend/calculate", json={"model": "gpt-4o-mini", "messages": HELLO}).is_success
    assert desk.post("/spend/calculate", json={}).status_code == 400
    for query in ("", "?start_date=2026-01-01&end_date=2026-01-02"):
        assert desk.get(f"/global/spend/report{query}").status_code == 400


def play_keys(keyed: httpx.Client, locked: httpx.Client) -> None:
    wanted = {"models": ["fake-model"], "duration": "1h", "rpm_limit": 1, "metadata": {"a": 1}}
    key = keyed.post("/key/generate", json=wanted).json()["key"]
    assert keyed.post("/key/generate", json={}).is_success and keyed.post("/key/generate").status_code == 422
    assert keyed.post("/key/generate", json={"duration": "99999999999d"}).status_code == 400
    assert keyed.get(f"/key/info?key={key}").is_success and keyed.get("/key/info?key=sk-none").status_code == 404
    assert keyed.post("/key/update", json={"key": key, "max_budget": 1.5}).is_success
    assert keyed.post("/key/update", json={"key": "sk-none"}).status_code == 404
    for path in ("/key/update", "/key/delete"):
        assert keyed.post(path, json={}).status_code == 422
    with asking(str(keyed.base_url), authorization=f"Bearer {key}") as own:
        assert own.get("/key/info").is_success
        for path, body in (("chat/completions", {"messages": HELLO}), ("completions", {"prompt": "x"})):
            for _ in range(2):
                own.post(f"/v1/{path}", json={"model": "fake-model", **body})
        assert own.post("/v1/chat/completions", json={"model": "up-chat", "messages": HELLO}).status_code == 403
        message = {"model": "fake-model", "messages": HELLO, "max_tokens": 9}
        assert own.post("/v1/messages", json=message).status_code == 429
        assert own.post("/v1/responses", json={"model": "fake-model", "input": "x"}).status_code == 429
        assert own.post("/key/generate", json={}).status_code == 401
    assert keyed.post("/key/delete", json={"keys": [key]}).is_success
    for method, path, body in (
        ("POST", "generate", {}), ("GET", "info", None), ("POST", "update", {"key": "x"}), ("POST", "delete", {"keys": []}),
    ):
        assert locked.request(method, f"/key/{path}", json=body).status_code == 500
    for key, status in (
        ("sk-good-key-0001", 200), ("sk-par1-key-0001", 200), ("sk-tpm1-key-0001", 200), ("sk-tpm1-key-0001", 429),
        ("sk-budget-key-01", 422), ("sk-expired-key01", 401), ("sk-blocked-key01", 401), ("sk-none", 401), ("odd", 401),
    ):
        with asking(str(keyed.base_url), authorization=f"Bearer {key}") as own:
            answer = own.post("/v1/chat/completions", json={"model": "gpt-4o-mini", "messages": HELLO})
            assert answer.status_code == status, (key, answer.text)
            if status == 422:
                for path in ("/v1/messages", "/v1/responses", "/v1/embeddings", "/v1/images/generations"):
                    assert own.post(path, json={"model": "gpt-4o-mini"}).status_code == 422
                assert own.get("/v1/models").status_code == own.get("/v1/files").status_code == 422


def play_cache_and_metrics(desk: httpx.Client, cached: httpx.Client, opened: httpx.Client, wild: httpx.Client) -> None:
    for client in (desk, cached):
        client.get("/cache/ping"), client.get("/cache/redis/info")
        client.post("/cache/delete", json={"keys": ["x"]}), client.post("/cache/flushall")
    for body in ({"model": "up-chat", "messages": HELLO}, {"model": "up-chat", "messages": HELLO, "stream": True}):
        for _ in range(2):
            assert cached.post("/v1/chat/completions", json=body).is_success
    for _ in range(2):
        assert cached.post("/v1/embeddings", json={"model": "up-emb", "input": "x"}).is_success
        assert cached.post("/v1/responses", json={"model": "up-resp", "input": "x"}).is_success
        assert cached.post("/v1/completions", json={"model": "up-text", "prompt": "x"}).is_success
    for path in ("/v1/files", "/v1/files/file-up1", "/v1/files/file-up1/content", "/v1/batches", "/v1/batches/batch_up1"):
        assert cached.get(path).is_success
    assert opened.get("/metrics").status_code == 307 and opened.get("/metrics/").is_success
    for path in ("/metrics", "/metrics/"):
        assert desk.get(path).status_code == 404
        with asking(str(cached.base_url)) as stranger:
            assert stranger.get(path).status_code == 401
    for stream in (False, True):
        assert wild.post("/v1/chat/completions", json={"model": "any", "messages": HELLO, "stream": stream}).is_success


def play_pages(desk: httpx.Client) -> None:
    for path in ("/", "/redoc", "/ui/", "/openapi.json"):
        assert desk.get(path).is_success and desk.head(path).is_success
    assert desk.get("/routes").is_success
    for path in ("/v1/models/", "/v1/chat/completions/", "/ui"):
        assert desk.get(path).status_code == 307
    for path in ("/docs", "/favicon.ico", "/health/live", "/nowhere"):
        assert desk.get(path).status_code == 404
    for method, path in (
        ("GET", "/v1/chat/completions"), ("DELETE", "/v1/completions"), ("HEAD", "/v1/models"), ("OPTIONS", "/v1/models"),
        ("GET", "/engines/x/completions"), ("POST", "/health"),
    ):
        assert desk.request(method, path).status_code == 405
    asked = {"origin": "http://example.org", "access-control-request-method": "POST", "access-control-request-headers": "x-a"}
    assert desk.options("/v1/chat/completions", headers=asked).text == "OK"
    assert desk.get("/v1/models", headers={"origin": "http://example.org"}).is_success
    upgrade = {
        "connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
        "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA=="}
    assert desk.get("/v1/models", headers=upgrade).status_code == 403


def play_everything_else(contract: Contract, keyed: httpx.Client, locked: httpx.Client) -> None:
    """Every route without a key and with a wrong one; those of the management also as they are meant."""
    with asking(str(locked.base_url)) as stranger, asking(str(locked.base_url), authorization="Bearer sk-wrong") as wrong, \
            asking(str(keyed.base_url), authorization="Bearer sk-good-key-0001") as ordinary, \
            asking(str(keyed.base_url), authorization="Bearer sk-budget-key-01") as poor:
        for (path, method), operation in contract.operations.items():
            if method in ("head", "options"):
                continue
            url = path.replace("{", "").replace("}", "")
            is_management = operation["tags"] == ["management"]
            clients = [stranger, wrong, poor] + [ordinary, locked, keyed] * (is_management or "providers" in operation["tags"])
            takes = method in ("post", "put", "patch")
            for client in clients:
                client.request(method, url, json={} if takes else None)
            if not is_management:
                continue
            query = {each["name"]: "x" for each in operation.get("parameters", []) if each.get("in") == "query"}
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            fields = dict.fromkeys(body.get("required", []), "x")
            for client in (locked, keyed, ordinary):
                client.request(method, url, params=query, json=fields if takes else None)
