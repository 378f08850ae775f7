"""App files: the schema that editors use and the reader say the same, and the commands that go with them."""

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from fake_process import FOLDER

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "contracts" / "gradio-app.schema.json").read_text())
BUNDLED = ["wan2gp", "audioldm", "rvc", "echo"]
FILES = [*(ROOT / "Sources/GradioAssets/apps").glob("*.yaml"), *(ROOT / "Tests/Recordings/gradio").glob("*.yaml")]

GOOD = """\
app: good
title: Good
summary: Says what it was told.
gradio: 5
launch: { show_error: true, max_file_size: 5mb, auth: { ada: lovelace } }
queue: { max_size: null, default_concurrency_limit: 2 }
components:
  - row:
    children:
      - textbox: message
        label: Message
      - Label: answer
        since: 4
functions:
  - api_name: say
    inputs: { text: message }
    outputs: [answer]
    trigger: [message.submit]
    validators: [ { require: len(text) > 0, message: Say something } ]
    do:
      - progress: { step: 1, of: 2, desc: half }
      - for: word
        in: split(text)
        do: [ { sleep: 0.01 }, { yield: "{word}" } ]
      - if: text == 'no'
        then: [ { error: { message: No, duration: 1 } } ]
        else: [ { info: fine }, { return: "{text}" } ]
"""

# What stands in the good file, what stands there instead, what the reader says, and whether the schema can know.
WRONG = [
    ("textbox: message", "component: message\n        value: x", 'a component has no property "value"', True),
    ("textbox: message", "textbox: message\n        id: -1", "ids are no less than 0", True),
    ("textbox: message", "textbox: message\n        props: [x]", "expected a mapping of keys and values", True),
    ("inputs: { text", "info: { parameters: [] }\n    inputs: { text", "expected a mapping of keys and values", True),
    ("inputs: { text", "info: { returns: { anser: {} } }\n    inputs: { text", 'did you mean "answer"?', False),
    ("title: Good", "titel: Good", '2:1: unknown key "titel"; did you mean "title"?', True),
    ("gradio: 5", "gradio: 2", "4:9: the versions of Gradio that can be played are 3, 4, 5 and 6", True),
    ("max_file_size: 5mb", "max_file_size: much", "5:44: expected a size in bytes such as 20480, 20kb or 5mb", True),
    ("textbox: message", "textbo: message", 'no component type "textbo"; did you mean "textbox"?', True),
    ("label: Message", "lable: Message", 'a textbox has no property "lable"; did you mean "label"?', True),
    ("      - textbox: message", "      - button: b\n        children: []\n      - textbox: message", "holds no other", True),
    ("api_name: say", "description: say", 'a function needs its "api_name"', True),
    ("text: message", "text: massage", 'no component with the name "massage"; did you mean "message"?', False),
    ("do:\n      - prog", "reply: 1\n    do:\n      - prog", 'a function has either "reply" or "do"', True),
    ("then:", "than:", 'unknown key "than"; did you mean "then"?', True),
    ("in: split(text)", "else: []", '"else" does not belong to "for"', True),
    ("{ sleep: 0.01 }", "{ sleep: later }", 'nothing is called "later" here', False),
    ("duration: 1", "duraton: 1", 'unknown key "duraton"; did you mean "duration"?', True),
    ("desc: half", "description: half", 'unknown key "description"', True),
    ("{word}", "{word", "", False),
]


def understudy(*words: str, given: str = "") -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(FOLDER / "understudy"), *words], input=given, capture_output=True, text=True, timeout=20)


def accepts(text: str) -> bool:
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(yaml.safe_load(text))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_has_the_components_of_all_versions_and_no_other():
    own = {"id", "props", "config", "since", "until", "option"}
    expected: dict[str, set] = {"component": {"component", "Component", "children", *own}}
    for major in (3, 4, 5, 6):
        table = json.loads((ROOT / f"Sources/GradioAssets/data/components-{major}.json").read_text())
        for kind, template in table.items():
            names = expected.setdefault(kind, {kind, template["class"], *own})
            names |= {*template.get("order", []), *template.get("component", {}).get("props", {})}
            if template.get("container"):
                names.add("children")
    found = {
        one["anyOf"][0]["required"][0]: set(one["propertyNames"]["enum"])
        for one in SCHEMA["$defs"]["component"]["anyOf"]
    }

    assert found == expected


def test_schema_and_reader_accept_the_apps_that_there_are():
    result = understudy("app", "check", *map(str, FILES))

    assert (result.returncode, result.stderr) == (0, "")
    assert [file.name for file in FILES if not accepts(file.read_text())] == []


def test_a_good_file_is_read_from_standard_input_and_its_endpoints_are_told():
    result = understudy("app", "check", "-", given=GOOD)

    assert result.stdout == "-: Good, Gradio 5, 1 endpoint, all right\n  /say(text: textbox) → label\n"
    assert accepts(GOOD)


@pytest.mark.parametrize("part, instead, problem, seen", WRONG)
def test_a_wrong_file_is_refused_with_its_place(part, instead, problem, seen):
    wrong = GOOD.replace(part, instead, 1)
    assert wrong != GOOD

    result = understudy("app", "check", "-", given=wrong)

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: standard input:")
    assert problem in result.stderr
    assert accepts(wrong) is not seen


def test_several_wrong_files_are_told_at_once(tmp_path):
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("titel: x\n")

    result = understudy("app", "check", str(tmp_path / "a.yaml"), "echo", str(tmp_path / "b.yaml"))

    assert result.returncode == 2
    assert "2 problems" in result.stderr and "a.yaml:1:1" in result.stderr and "b.yaml:1:1" in result.stderr
    assert result.stdout.startswith("echo: Echo, Gradio 6, 3 endpoints, all right")


def test_the_list_names_every_app_with_what_it_is_for():
    apps = json.loads(understudy("app", "list", "--json").stdout)

    assert [app["name"] for app in apps] == BUNDLED
    assert all(app["summary"] and app["source"] and app["endpoints"] for app in apps)
    assert all(name in understudy("app", "list").stdout for name in BUNDLED)


@pytest.mark.parametrize("name", BUNDLED)
def test_what_is_shown_can_be_played(name):
    shown = understudy("app", "show", name).stdout

    assert shown == (ROOT / f"Sources/GradioAssets/apps/{name}.yaml").read_text()


def test_an_unknown_app_is_told_with_the_nearest():
    result = understudy("app", "show", "ecko")

    assert result.returncode == 2
    assert 'did you mean "echo"?' in result.stderr


def test_the_readme_s_app_is_what_it_says(tmp_path):
    readme = (ROOT / "README.md").read_text()
    app = readme.partition("```yaml\napp: painter")[2].partition("```")[0]
    (tmp_path / "painter.yaml").write_text("app: painter" + app)

    result = subprocess.run(
        [str(FOLDER / "understudy"), "app", "check", "painter.yaml"], cwd=tmp_path, capture_output=True, text=True,
        timeout=20)

    assert accepts("app: painter" + app)
    assert result.stdout in readme and result.stdout.count("\n") == 2
