"""Asks the matrix app for everything, with whatever gradio_client is installed, and prints what came of it as JSON.

    probe.py URL LOCKED_URL WAV
"""

import inspect
import json
import os
import sys
import tempfile
import wave

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

import gradio_client
from gradio_client import Client

url, locked, sound = sys.argv[1:4]
TEXT = "Grüße 😀 \"\\"
seen = {"version": gradio_client.__version__}


def attempt(name, does):
    try:
        assert does()
        seen[name] = "ok"
    except BaseException as error:  # whatever it is, the table has it
        seen[name] = type(error).__name__
        print(f"{name}: {error!r}", file=sys.stderr)
    return seen[name] == "ok"


def opened(url, **named):
    known = inspect.signature(Client.__init__).parameters
    for folder in ("download_files", "output_dir"):
        if folder in known:
            named[folder] = tempfile.mkdtemp()
    return Client(url, verbose=False, **named)


def connect():
    global client
    client = opened(url)
    return True


def login():
    return opened(locked, auth=("alice", "wonder")).submit("hello", api_name="/predict").result(10) == "alice: hello"


def api():
    described = client.view_api(return_format="dict")["named_endpoints"]
    return set(described) == {"/echo", "/steps", "/tally", "/raise_pitch", "/fail"}


def steps():
    job = client.submit("la", 3, api_name="/steps")
    return list(job) == ["la 1", "la 2", "la 3"]


def files():
    handle = getattr(gradio_client, "handle_file", lambda path: path)
    result = client.submit(handle(sound), api_name="/raise_pitch").result(10)
    with wave.open(result) as higher:
        return higher.getnframes() > 0


def errors():
    try:
        client.submit("allowed", api_name="/fail").result(10)
    except Exception as error:
        return "not allowed" in str(error) or type(error).__name__ in ("AppError", "ValueError")


def cancels():
    job = client.submit("la", 100, api_name="/steps")
    while not job.outputs():
        pass
    job.cancel()
    try:
        job.result(10)
    except BaseException:
        return len(job.outputs()) < 50
    return False


def state():
    return [client.submit(api_name="/tally").result(10) for _ in range(3)] == [1, 2, 3]


if attempt("connect", connect):
    attempt("api", api)
    attempt("login", login)
    if not attempt("call", lambda: client.submit(TEXT, api_name="/echo").result(10) == TEXT):
        print(json.dumps(seen), flush=True)
        os._exit(0)
    attempt("steps", steps)
    attempt("state", state)
    attempt("files", files)
    attempt("errors", errors)
    attempt("cancel", cancels)
print(json.dumps(seen), flush=True)
# Threads of some versions never end.
os._exit(0)
