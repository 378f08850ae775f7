"""What `openai` sees of each effect."""

from showing import rows, show


@rows("openai")
def test_openai(cell, playhouse, seen):
    show(cell, playhouse, seen)
