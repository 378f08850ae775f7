"""Fixtures of the table: one suite for each file of tests, and what has been seen in it."""

import pytest

# What is asserted there is to be told as if it stood in a test.
pytest.register_assert_rewrite("showing")

import table
from playhouse import Playhouse


@pytest.fixture(scope="module")
def playhouse(tmp_path_factory):
    house = Playhouse(tmp_path_factory.mktemp("effects"))
    yield house
    house.close()


@pytest.fixture(scope="session")
def seen(request):
    """What each client has seen, by client and row. With --write-table the README has it afterwards."""
    seen = {}
    yield seen
    if request.config.getoption("--write-table"):
        table.write(seen)
