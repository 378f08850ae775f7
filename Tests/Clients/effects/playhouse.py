"""A suite for the tests of effects: a fresh fake and a rule for each, both by way of the control server."""

import time

import httpx

from fake_process import FakeProcess


class Playhouse:
    """One suite, in which each row of the table is played on a fake of its own."""

    def __init__(self, folder):
        self.suite = FakeProcess(
            "understudy", "up", "--only", "echo", "--ports", "random", "--speed", "10x", "--state", str(folder / "state")
        )
        self.control = httpx.Client(base_url=self.suite.ready["control"], timeout=10)
        self.web = httpx.Client(timeout=5)

    def close(self) -> None:
        self.control.close()
        self.web.close()
        self.suite.stop()

    def play(self, kind: str, rule: str = "", app: str = "") -> "Play":
        """A fresh fake of a kind, and the rule that it is to play."""
        order = {"kind": kind} | ({"app": app} if app else {}) | ({"speed": 1000} if kind == "comfyui" else {})
        fake = self.control.post("/fakes", json=order)
        fake.raise_for_status()
        return Play(self, order, fake.json()["id"], fake.json()["url"], rule)


class Play:
    """A rule and the fake that plays it."""

    def __init__(self, house: Playhouse, order: dict, id: str, url: str, rule: str):
        self.house, self.order, self.id, self.url, self.rule = house, order, id, url, rule
        self.control = house.control

    def another(self) -> "Play":
        """A fake of the same kind that plays nothing."""
        return self.house.play(**{name: self.order[name] for name in self.order if name != "speed"})

    def begin(self) -> None:
        """Puts the rule in force; one that goes by the clock has acted when this returns."""
        answer = self.control.post("/rules", content=self.rule, headers={"content-type": "application/yaml"})
        assert answer.status_code == 201, answer.json()["detail"]
        if answer.json()["rules"][0]["on"].count(" ") == 0:
            self.control.get("/journal", params={"event": "effect", "fake": self.id, "count": 1, "wait": "5s"})
            # Asked after the effect, the fake answers when it has come to pass.
            self.control.get(f"/fakes/{self.id}").raise_for_status()

    def acted(self) -> int:
        """How often the rule has acted."""
        return sum(rule["acted"] for rule in self.control.get("/rules").json()["rules"])

    def end(self) -> None:
        """The fake behaves again."""
        self.control.delete("/scenario").raise_for_status()
        if "set:" in self.rule:
            # A state that was set stays.
            self.control.post(f"/fakes/{self.id}/reset").raise_for_status()

    def serves(self) -> bool:
        """Whether the fake answers what it is for; one whose port was closed may take its time."""
        for _ in range(100):
            try:
                return self.ask().is_success
            except httpx.TransportError:
                time.sleep(0.05)
        return False

    def ask(self) -> httpx.Response:
        match self.order["kind"]:
            case "litellm":
                question = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Good evening"}]}
                return self.house.web.post(f"{self.url}/v1/chat/completions", json=question)
            case "comfyui":
                return self.house.web.get(f"{self.url}/queue")
            case _:
                return self.house.web.get(f"{self.url}/config")

    def close(self) -> None:
        """The fake goes, and what it has lived through is forgotten."""
        self.control.delete("/scenario").raise_for_status()
        self.control.delete(f"/fakes/{self.id}").raise_for_status()
        self.control.delete("/journal").raise_for_status()


    def __enter__(self) -> "Play":
        return self

    def __exit__(self, *_) -> None:
        self.close()
