"""The table in the README is the one that the tests hold, and nothing of the language is missing from it."""

import json
import re

import pytest

import table

SCHEMA = json.loads((table.HERE.parents[2] / "contracts" / "scenario.schema.json").read_text())["$defs"]
EFFECTS = " ".join(cell.rule for client in table.CLIENTS for cell in table.cells(client))
# Other tools' words for effects that have words of ours.
ALIASES = {"fault", "fixedDelayMilliseconds", "delayDistribution", "chunkedDribbleDelay", "latency", "bandwidth"}
ALIASES |= {"slow_close", "timeout", "reset_peer", "slicer", "limit_data"}


def test_the_readme_has_the_table(pytestconfig):
    if pytestconfig.getoption("--write-table"):
        pytest.skip("it is written when all has been seen")
    section = table.README.read_text().partition(table.BEGIN)[2].partition(table.END)[0]

    assert section == table.text(), "make effect-table"


def test_every_word_has_a_row():
    words = set(SCHEMA["rule"]["properties"]["effects"]["items"]["properties"]) - ALIASES

    assert not {word for word in words if not re.search(rf"\b{word}: ", EFFECTS)}


def test_every_corruption_has_a_row():
    kinds = set(table.enumerated(SCHEMA["corrupt"]))

    assert len(kinds) > 25
    assert not {kind for kind in kinds if not re.search(rf"corrupt: {{?{kind}\b", EFFECTS)}


def test_every_way_to_drop_has_a_row():
    ways = set(table.enumerated(SCHEMA["drop"])) - {"close_frame"}

    assert ways == {"reset", "close", "half_close", "hang"}
    assert not {way for way in ways if not re.search(rf"drop: ({{how: )?{way}\b", EFFECTS)}
    assert "drop: {code: " in EFFECTS


def test_every_delay_has_a_row():
    points = set(SCHEMA["delay"]["anyOf"][1]["properties"]) - {"head"}

    assert not {point for point in points if f"delay: {{{point}: " not in EFFECTS}


def test_every_native_error_has_a_row(playhouse):
    names = set()
    for kind in ("comfyui", "litellm", "gradio"):
        with playhouse.play(kind) as fake:
            names |= {(kind, error["name"]) for error in fake.control.get(f"/fakes/{fake.id}").json()["errors"]}
    cells = [cell for client in table.CLIENTS for cell in table.cells(client)]
    shown = {(cell.where.split()[0], name) for cell in cells for name in re.findall(r"error: (?:{name: )?(\w+)", cell.rule)}

    assert len(names) > 35
    assert not names - shown
