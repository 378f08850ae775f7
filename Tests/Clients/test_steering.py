"""The commands that steer and watch a suite, as a shell meets them: scenario, rule, fake, journal."""

import json
import subprocess

import httpx
import pytest

from fake_process import FOLDER, FakeProcess

WRONG = """\
version: 1
scenario: wrong
rules:
  - on: comfyui POST /promt
    drop: reset
  - on: litellm
    dely: 1s
  - on: gradio.wan2gb
    refuse: 3
"""
QUESTION = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Good evening"}]}


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    state = tmp_path_factory.mktemp("steering") / "state"
    with FakeProcess("understudy", "up", "--only", "litellm", "--ports", "random", "--state", str(state)) as suite:
        yield suite


@pytest.fixture
def understudy(suite, tmp_path):
    """Runs a command for that suite; afterwards nothing is in force, and nothing has happened."""

    def run(*words: str, status: int = 0, input: str | None = None) -> str:
        done = subprocess.run(
            [FOLDER / "understudy", *words],
            capture_output=True, text=True, timeout=20, cwd=tmp_path, input=input,
            env={"UNDERSTUDY_URL": suite.ready["control"], "PATH": "/usr/bin:/bin"},
        )
        assert done.returncode == status, done.stderr
        return done.stderr if status else done.stdout

    yield run
    httpx.post(f"{suite.ready['control']}/reset").raise_for_status()


def ask(suite) -> int:
    return httpx.post(f"{suite.url}/v1/chat/completions", json=QUESTION).status_code


def test_metrics_are_families_with_names_of_their_own(suite):
    text = httpx.get(f"{suite.ready['control']}/metrics").text
    families = [line.split()[2].removesuffix("_total") for line in text.splitlines() if line.startswith("# TYPE")]

    assert "understudy_journal_held_entries" in families
    assert len(set(families)) == len(families)


def test_every_scenario_that_is_listed_can_be_shown_and_passes_the_check(understudy, tmp_path):
    names = [scenario["name"] for scenario in json.loads(understudy("scenario", "list", "--json"))]
    table = understudy("scenario", "list").splitlines()
    shown = [tmp_path / f"{name}.yaml" for name in names]
    for file in shown:
        file.write_text(understudy("scenario", "show", file.stem))

    checked = understudy("scenario", "check", *names, *map(str, shown)).splitlines()

    assert len(names) == 17
    assert [line.split()[0] for line in table] == names
    assert len(checked) == 2 * len(names)
    assert all(line.endswith("all right") for line in checked)


def test_all_problems_of_a_file_are_told_with_their_places(understudy, tmp_path):
    (tmp_path / "wrong.yaml").write_text(WRONG)

    for complaint in (
        understudy("scenario", "check", "wrong.yaml", status=2),
        understudy("scenario", "apply", "wrong.yaml", status=2),
    ):
        assert 'wrong.yaml:4:22: unknown path of comfyui "/promt": did you mean "/prompt"?' in complaint
        assert complaint.startswith("error: 4 problems\nwrong.yaml:4:22: ")
        assert 'wrong.yaml:7:5: unknown field of a rule "dely": did you mean "delay"?' in complaint
        assert 'wrong.yaml:8:9: unknown fake "gradio.wan2gb": did you mean "gradio.wan2gp"?' in complaint
        assert "wrong.yaml:9:13: expected a duration with its unit for refuse" in complaint
    assert understudy("scenario", "status") == "No scenario is played.\n"


def test_a_name_that_there_is_not_gets_the_nearest(understudy):
    assert 'did you mean "busy-gpu"?' in understudy("scenario", "apply", "bizy-gpu", status=2)
    assert "cannot read nowhere.yaml" in understudy("scenario", "check", "nowhere.yaml", status=2)


def test_a_scenario_is_applied_from_standard_input_and_stopped(suite, understudy):
    text = "version: 1\nscenario: mine\nrules:\n  - {name: busy, on: litellm POST /v1/chat/completions, error: overloaded}\n"

    said = understudy("scenario", "apply", "-", input=text)
    statuses = [ask(suite)]
    status = understudy("scenario", "status")
    stopped = understudy("scenario", "stop")
    statuses.append(ask(suite))

    assert said == "Playing mine: 1 rule.\n"
    assert "  acted 1 of 1  busy\n" in status
    assert stopped == "The fakes behave again.\n"
    assert statuses == [503, 200]


def test_rules_come_are_counted_and_go(suite, understudy):
    rule = "litellm POST /v1/chat/completions: error rate_limit, first 1"

    added = understudy("rule", "add", rule)
    statuses = [ask(suite), ask(suite)]
    listed = json.loads(understudy("rule", "list", "--json"))["rules"]
    name = listed[0]["name"]
    removed = understudy("rule", "remove", name)

    assert added == f"Added: {name}\n"
    assert statuses == [429, 200]
    assert (listed[0]["matched"], listed[0]["acted"]) == (2, 1)
    assert removed == f"Removed: {name}\n"
    assert understudy("rule", "list") == "No rule is in force.\n"
    assert "no rule" in understudy("rule", "remove", name, status=2)


def test_rules_are_added_all_or_none(understudy):
    complaint = understudy("rule", "add", "litellm: delay 1ms", "litellm POST /v1/chat/complitions: drop reset", status=2)

    assert complaint.startswith("error: 2:14: unknown path of litellm")
    assert '"/v1/chat/completions"' in complaint
    assert complaint.count("\n") == 1
    assert understudy("rule", "list") == "No rule is in force.\n"


def test_a_fake_comes_and_goes(understudy):
    id, url = understudy("fake", "add", "gradio", "--id", "second", "--app", "rvc").split()
    listed = understudy("fake", "list")
    answer = httpx.get(f"{url}/config").status_code
    again = understudy("fake", "add", "gradio", "--id", "second", status=2)
    gone = understudy("fake", "remove", "second")

    assert id == "second"
    assert url in listed
    assert answer == 200
    assert "taken" in again
    assert gone == "Gone: second\n"
    assert "second" not in understudy("fake", "list")
    assert 'did you mean "comfyui"?' in understudy("fake", "add", "comfui", status=2)


def test_the_journal_tells_what_is_asked_for(suite, understudy, tmp_path):
    understudy("rule", "add", "litellm POST /v1/chat/completions: error rate_limit, first 1")
    ask(suite), ask(suite)

    effects = understudy("journal", "--where", "event=effect").splitlines()
    refused = [json.loads(line) for line in understudy("journal", "--json", "--where", "status=429").splitlines()]
    said = understudy("journal", "--har", "run.har")
    archive = json.loads((tmp_path / "run.har").read_text())

    assert len(effects) == 1 and "rate_limit" in effects[0]
    assert [entry["path"] for entry in refused] == ["/v1/chat/completions"]
    assert said == "Wrote run.har.\n"
    assert [entry["response"]["status"] for entry in archive["log"]["entries"]] == [429, 200]
    assert 'did you mean "event"?' in understudy("journal", "--where", "evnt=effect", status=2)
    assert understudy("journal", "--clear") == "Forgotten.\n"
    assert understudy("journal", "--where", "event=exchange") == ""


def test_the_journal_is_followed(suite, understudy):
    command = [FOLDER / "understudy", "journal", "--follow", "--where", "event=exchange", "--url", suite.ready["control"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
        try:
            # Until it follows, what happens is told as what has happened.
            ask(suite)
            first = follower.stdout.readline()
            ask(suite)
            second = follower.stdout.readline()
        finally:
            follower.terminate()

    assert "POST /v1/chat/completions → 200" in first
    assert "POST /v1/chat/completions → 200" in second
    assert first != second


def test_without_a_suite_it_says_how_to_start_one(tmp_path):
    done = subprocess.run(
        [FOLDER / "understudy", "rule", "list"], capture_output=True, text=True, timeout=20, cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"})

    assert done.returncode == 1
    assert "understudy up" in done.stderr


def test_the_shell_completes_scenarios(tmp_path):
    (tmp_path / "mine.yaml").write_text("")
    script = subprocess.run(
        [FOLDER / "understudy", "--generate-completion-script", "bash"], capture_output=True, text=True, timeout=20).stdout
    (tmp_path / "completion.bash").write_text(script)
    shell = """
        source completion.bash; shopt -s progcomp
        COMP_WORDS=(understudy scenario apply ''); COMP_CWORD=3; COMP_LINE='understudy scenario apply '; COMP_POINT=26
        _understudy; printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "-c", shell], capture_output=True, text=True, timeout=20, cwd=tmp_path,
        env={"PATH": f"{FOLDER}:/usr/bin:/bin"})

    assert {"busy-gpu", "chaos", "mine.yaml"} <= set(done.stdout.split()), done.stderr
