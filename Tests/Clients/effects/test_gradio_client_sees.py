"""What `gradio_client` sees of each effect."""

from showing import rows, show


@rows("gradio_client")
def test_gradio_client(cell, playhouse, seen):
    show(cell, playhouse, seen)
