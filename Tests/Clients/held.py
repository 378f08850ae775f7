"""A fake whose every answer and message is held against its contract."""

from contract import Contract
from fake_process import FakeProcess, Server
from tap import Tap


class HeldServer(Server):
    """A server all of whose answers and messages are held against its contract."""

    def __init__(self, tap: Tap, contract: Contract):
        super().__init__(tap.url)
        self.contract = contract
        self._tap = tap

    def complaints(self) -> list[str]:
        """What is wrong with what it has said since the last time."""
        return [complaint for said in self._tap.heard() for complaint in self.contract.complaints(said)]


def held(contract: Contract, *arguments: str, executable: str = "fake-comfyui"):
    """A fake of its own, held against a contract."""
    with FakeProcess(executable, "--port", "0", *arguments) as fake, Tap(fake.url) as tap:
        yield HeldServer(tap, contract)
