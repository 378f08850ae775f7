"""The table of results: what was measured, beside what, the ratio, and whether the target is met."""

from dataclasses import dataclass


@dataclass
class Row:
    what: str
    measured: str
    beside: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None  # None: no target, or nothing to say about it

    @property
    def verdict(self) -> str:
        return {True: "met", False: "MISSED", None: ""}[self.met]

    @property
    def cells(self) -> list[str]:
        return [self.what, self.measured, self.beside, self.ratio, self.target, self.verdict]


HEADINGS = ["what", "measured", "beside", "ratio", "target", "verdict"]


def rendered(rows: list[Row]) -> str:
    """The rows as a Markdown table, its columns aligned for people."""
    lines = [HEADINGS] + [row.cells for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    texts = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines]
    texts.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(texts)


def rate(value: float, unit: str = "/s") -> str:
    if value >= 100_000:
        return f"{value / 1000:,.0f}k{unit}"
    return f"{value:,.0f}{unit}"


def size(value: float) -> str:
    return f"{value / 1e6:.1f} MB" if abs(value) >= 1e6 else f"{value / 1e3:.1f} KB"


def time(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds >= 0.01 else f"{seconds * 1000:.2f} ms"
