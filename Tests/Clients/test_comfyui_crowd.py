"""Many clients of a ComfyUI at once. `make bench` has a thousand of them, optimised; this is the same in small."""

import sys

from fake_process import ROOT, FakeProcess

sys.path.insert(0, str(ROOT / "Benchmarks"))

from bench.crowd import Crowd  # noqa: E402


def test_among_many_clients_no_prompt_and_no_message_is_lost_or_comes_twice():
    with FakeProcess("fake-comfyui", "--port", "0", "--control", "off") as fake:
        with Crowd(fake.address[1], 150) as crowd:
            assert crowd.run(40) == []
