"""`understudy run`: its report in all its forms, and its exit status."""

import json
import os
import signal
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

from fake_process import FOLDER

ASK = 'curl -s "$LITELLM_BASE_URL/health/liveliness"'
RULES = """\
version: 1
scenario: mine
rules:
  - {name: busy, on: litellm GET /health/liveliness, error: not_ready}
  - {name: idle, on: litellm POST /v1/embeddings, drop: reset}
"""


def run(folder, command: list[str], *flags: str, **environment: str) -> subprocess.CompletedProcess:
    known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [FOLDER / "understudy", "run", "--only", "litellm", *flags, "--", *command],
        capture_output=True, text=True, timeout=30, cwd=folder, env=known | environment)


def shell(script: str) -> list[str]:
    return ["sh", "-c", script]


@pytest.mark.parametrize(("script", "status", "says"), [
    (ASK, 0, "understudy: passed"),
    (f"{ASK}; exit 7", 1, "the command ended with status 7"),
    ("true", 1, "the command spoke to no fake"),
    ("kill -INT $$", 130, "understudy: failed"),
    ("kill -TERM $$", 143, "understudy: failed"),
])
def test_the_exit_status_tells_how_it_went(tmp_path, script, status, says):
    done = run(tmp_path, shell(script))

    assert done.returncode == status
    assert says in done.stderr


@pytest.mark.parametrize(("signal", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_reaches_the_command_and_ends_the_run_in_its_name(tmp_path, signal, status):
    run = subprocess.Popen(
        [FOLDER / "understudy", "run", "--only", "litellm", "--", "sh", "-c", "echo ready; exec sleep 30"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tmp_path)
    with run:
        assert run.stdout.readline() == b"ready\n"
        run.send_signal(signal)

        assert run.wait(10) == status


@pytest.mark.parametrize(("flags", "command", "status", "says"), [
    ([], ["no-such-command"], 2, "cannot run no-such-command"),
    (["--scenario", "bizy-gpu"], ["true"], 2, 'did you mean "busy-gpu"?\n  (a file of your own ends in .yaml or .json)\n'),
    (["--sede", "1"], ["true"], 2, "--sede"),
    (["--tls-cert", "none.pem", "--tls-key", "none.pem"], ["true"], 3, "none.pem"),
])
def test_what_cannot_be_run_says_why(tmp_path, flags, command, status, says):
    done = run(tmp_path, command, *flags)

    assert says in done.stderr
    assert done.returncode == status


def test_the_report_is_the_same_in_all_its_forms(tmp_path):
    (tmp_path / "mine.yaml").write_text(RULES)
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")

    done = run(
        tmp_path, shell(f'{ASK} >/dev/null; curl -s "$LITELLM_BASE_URL/nowhere" >/dev/null; echo mine'),
        "--scenario", "mine.yaml", "--junit", "junit.xml", "--report", "report.json",
        GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    report = json.loads((tmp_path / "report.json").read_text())
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    cases = {case.get("name"): [child.tag for child in case] for case in suite.iter("testcase")}
    warnings = ["rule: idle", "route: litellm GET /nowhere"]

    assert done.returncode == 0
    assert report["passed"] and report["scenario"] == "mine" and report["seed"] == 7
    assert report["errors"] == [{"name": "litellm not_ready", "count": 1}]
    assert report["unrouted"] == [{"request": "litellm GET /nowhere", "count": 1}]
    assert [(rule["name"], rule["acted"]) for rule in report["rules"]] == [("busy", 1), ("idle", 0)]
    assert [finding["id"] for finding in report["findings"] if finding["severity"] == "warning"] == warnings
    assert cases == {
        "command": [], "spoke-to-a-fake": [], "rule: busy": [], **{name: ["skipped"] for name in warnings},
    }
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("5", "0", "2")
    assert done.stdout.splitlines() == [
        "mine", *(line for line in done.stdout.splitlines() if line.startswith("::warning title=understudy::"))]
    assert done.stdout.count("::warning title=understudy::") == 2
    assert summary.read_text().startswith("before\n### understudy: passed\n")
    for name in warnings:
        assert name in done.stderr and f"| {name} | warning |" in summary.read_text()


def test_who_does_not_run_on_github_is_not_annotated(tmp_path):
    done = run(tmp_path, shell(f"{ASK} >/dev/null; exit 1"))

    assert done.stdout == ""
    assert "\x1b" not in done.stderr


def test_annotations_tell_failures_as_errors(tmp_path):
    done = run(tmp_path, ["true"], GITHUB_ACTIONS="true")

    assert "::error title=understudy::spoke-to-a-fake: " in done.stdout
