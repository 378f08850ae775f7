"""What clients see under a scenario: each test runs a client's program by `understudy run`."""

import json
import subprocess
import sys
import textwrap
import xml.etree.ElementTree as ElementTree

from fake_process import FOLDER


def play(tmp_path, rules: str, program: str, *flags: str):
    """Runs a Python program against the fakes while they play the rules; gives its output and the report."""
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text("version: 1\nscenario: test\nrules:\n" + textwrap.indent(textwrap.dedent(rules), "  "))
    report = tmp_path / "report.json"
    done = subprocess.run(
        [FOLDER / "understudy", "run", "--speed", "10x", "--scenario", scenario, "--report", report, *flags,
         "--", sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.split(), json.loads(report.read_text()), done


OPENAI = """
    import openai
    client = openai.OpenAI(max_retries=0, timeout=5)
    def ask(**more):
        return client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": "Good evening"}], **more)
    def outcome(call):
        try:
            call()
            return "answered"
        except Exception as error:
            return type(error).__name__
"""


def test_a_client_in_a_command_of_its_own_meets_the_rule(tmp_path):
    rule = "- on: litellm POST /v1/chat/completions\n  when: {first: 1}\n  error: rate_limit\n"

    output, report, _ = play(tmp_path, rule, OPENAI + "    print(outcome(ask), outcome(ask))", "--only", "litellm")

    assert output == ["RateLimitError", "answered"]
    assert report["rules"][0] == {"name": report["rules"][0]["name"], "matched": 2, "acted": 1}
    assert report["passed"]


def test_a_stream_that_is_cut(tmp_path):
    rule = "- on: litellm POST /v1/chat/completions\n  drop: {how: reset, after_messages: 2}\n"
    program = OPENAI + """
    def stream():
        for _ in ask(stream=True): print("piece")
    print(outcome(stream))
    """

    output, report, _ = play(tmp_path, rule, program, "--only", "litellm")

    assert output[:2] == ["piece", "piece"]
    assert output[2] in ("APIConnectionError", "RemoteProtocolError", "ReadError", "APIError")


def test_websockets_sees_the_close_code(tmp_path):
    rule = "- on: comfyui opens /ws\n  drop: {how: close_frame, code: 1012, reason: restart, after_messages: 1}\n"
    program = """
    import os
    from websockets.sync.client import connect
    from websockets.exceptions import ConnectionClosed
    with connect(os.environ["COMFYUI_URL"].replace("http", "ws") + "/ws?clientId=me") as socket:
        try:
            while True: socket.send('{"type": "system_stats"}'); socket.recv(timeout=5)
        except ConnectionClosed as closed:
            print(closed.rcvd.code, closed.rcvd.reason)
    """

    output, _, _ = play(tmp_path, rule, program, "--only", "comfyui")

    assert output == ["1012", "restart"]


def test_gradio_client_sees_the_apps_error(tmp_path):
    rule = "- on: gradio POST /gradio_api/queue/join\n  error: app_error\n"
    program = """
    import os
    from gradio_client import Client
    from gradio_client.exceptions import AppError
    client = Client(os.environ["GRADIO_URL"], verbose=False)
    try:
        client.predict("hello", api_name="/echo")
        print("answered")
    except AppError:
        print("AppError")
    """

    output, _, done = play(tmp_path, rule, program, "--only", "echo")

    assert output == ["AppError"], done.stderr


def test_who_speaks_to_no_fake_has_verified_nothing(tmp_path):
    junit = tmp_path / "junit.xml"

    _, report, done = play(tmp_path, "- on: litellm\n  delay: 1ms\n", "pass", "--only", "litellm", "--junit", str(junit))

    assert done.returncode == 1
    assert not report["passed"]
    suite = ElementTree.parse(junit).getroot().find("testsuite")
    assert suite.get("failures") == "1"
    assert suite.find("testcase[@name='spoke-to-a-fake']/failure") is not None


def test_a_wrong_scenario_is_refused_whole(tmp_path):
    scenario = tmp_path / "wrong.yaml"
    scenario.write_text("version: 1\nscenario: wrong\nrules:\n  - on: comfyui POST /promt\n    drop: reset\n")

    done = subprocess.run(
        [FOLDER / "understudy", "run", "--scenario", scenario, "--", "true"], capture_output=True, text=True, timeout=60)

    assert done.returncode == 2
    assert "wrong.yaml:4:" in done.stderr
    assert "/prompt" in done.stderr
