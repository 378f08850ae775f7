"""What `websockets` sees of each effect."""

from showing import rows, show


@rows("websockets")
def test_websockets(cell, playhouse, seen):
    show(cell, playhouse, seen)
