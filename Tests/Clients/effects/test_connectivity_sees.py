"""What our own clients see of each effect."""

import pytest

import table
from showing import rows, show


@pytest.mark.parametrize("client", table.OURS)
def test_every_effect_is_shown_to_ours(client):
    """Where a client of somebody else's sees something, ours does too."""
    others = {cell.name for cell in table.cells(table.OURS[client])}

    assert {cell.name for cell in table.cells(client)} == others


@rows(*table.OURS)
def test_connectivity(cell, playhouse, seen):
    show(cell, playhouse, seen)
