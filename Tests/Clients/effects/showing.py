"""A row of the table, played.

A row is a rule, put in force through the control server for a fake that was made for it. What the client sees must be
what the row says; the rule must have acted; and the fake must serve as ever when the rule is gone.
"""

import time

import pytest

import table
from connectivity import OURS
from spectators import SPECTATORS

# A client that takes longer than this has been left hanging.
LONGEST = 8.0
# How long clients wait for an answer, and how long for one that is not to come.
PATIENCE, IMPATIENCE = 5.0, 0.5


def show(cell: table.Cell, playhouse, seen: dict) -> None:
    spectator = (SPECTATORS | OURS)[cell.client](IMPATIENCE if cell.impatient else PATIENCE)
    with playhouse.play(spectator.kind, cell.rule, cell.app) as play:
        began = time.monotonic()
        sees = spectator.see(cell.does, play)
        took = time.monotonic() - began
        acted = play.acted()
        play.end()
        serves = play.serves()
    seen[cell.client, cell.name] = sees

    assert sees in cell.sees
    assert cell.late <= took < LONGEST
    assert acted > 0
    assert serves


def rows(*clients: str):
    cells = [cell for client in clients for cell in table.cells(client)]
    return pytest.mark.parametrize("cell", [pytest.param(cell, id=f"{cell.client}, {cell.name}") for cell in cells])
