"""The rows of effects.yaml, and the table that the README makes of them."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
README = HERE.parents[2] / "README.md"
# The clients of others are a column each.
OTHERS = ["openai", "websockets", "gradio_client"]
# Ours share one. Each sees what somebody else's client of the same fake sees, at the same place and meanwhile.
OURS = {"LiteLLMClient": "openai", "ComfyUIClient": "websockets", "GradioClient": "gradio_client"}
CLIENTS = [*OTHERS, *OURS]
BEGIN, END = "<!-- effects: made by `make effect-table` -->\n", "<!-- end of effects -->\n"


@dataclass
class Cell:
    """What one client sees of one effect, and how that comes about."""

    client: str
    group: str
    effect: str
    where: str
    when: str
    does: str
    # More than one where chance decides: a reset may come before or after what the client sends.
    sees: list[str]
    # Seconds that it takes at least; no more of time is judged, as machines are busy.
    late: float
    # Whether the client gives up soon, as nothing comes.
    impatient: bool
    # For Gradio: another app than echo.
    app: str

    @property
    def rule(self) -> str:
        """The rule as it stands in a file."""
        effect = self.effect[1:-1] if self.effect.startswith("{") else self.effect
        when = f"when: {self.when}, " if self.when else ""
        return f"[{{on: '{self.where}', {when}{effect}}}]"

    @property
    def name(self) -> str:
        return f"{self.group}: {self.effect}"


@dataclass
class Row:
    effect: str
    # Its own `when`, where it differs from its group's.
    when: str
    cells: dict[str, Cell]


@dataclass
class Group:
    title: str
    about: str
    where: dict[str, str]
    rows: list[Row]

    @property
    def others(self) -> list[str]:
        return [client for client in OTHERS if client in self.where]


def groups() -> list[Group]:
    return [group(one) for one in yaml.safe_load((HERE / "effects.yaml").read_text())]


def group(source: dict) -> Group:
    def own(row: dict, client: str) -> dict:
        return row[client] if isinstance(row[client], dict) else {"sees": row[client]}

    def cell(row: dict, client: str) -> Cell | None:
        if client in OTHERS:
            place = client
            mine = own(row, client) if client in row else None
        else:
            place = OURS[client]
            mine = ours(row, client, own)
        if mine is None:
            return None
        return Cell(
            client=client,
            group=source["group"],
            effect=row["rule"],
            where=mine.get("where", source["where"].get(place)),
            when=row.get("when", source.get("when", "")),
            does=mine.get("does", source["does"].get(place)),
            sees=mine["sees"] if isinstance(mine["sees"], list) else [mine["sees"]],
            late=mine.get("late", row.get("late", 0)),
            impatient=mine.get("impatient", row.get("impatient", False)),
            app=mine.get("app", ""),
        )

    rows = []
    for row in source["rows"]:
        shown = {client: cell(row, client) for client in CLIENTS}
        rows.append(Row(row["rule"], row.get("when", ""), {client: one for client, one in shown.items() if one}))
    return Group(source["group"], source.get("about", ""), source["where"], rows)


def ours(row: dict, client: str, own) -> dict | None:
    """What a client of ours sees: `ours` of the row for all three, or by client; the rest is as for the other's client."""
    said = row.get("ours")
    if isinstance(said, dict):
        said = said.get(client)
    elif OURS[client] not in row:
        said = None
    if said is None:
        return None
    others = own(row, OURS[client]) if OURS[client] in row else {}
    return others | (said if isinstance(said, dict) else {"sees": said})


def cells(client: str) -> list[Cell]:
    return [row.cells[client] for group in groups() for row in group.rows if client in row.cells]


def enumerated(schema) -> list[str]:
    """All words that a schema lists, and the names of the members of its objects."""
    if isinstance(schema, list):
        return [word for one in schema for word in enumerated(one)]
    if not isinstance(schema, dict):
        return []
    words = [word for word in schema.get("enum", []) if isinstance(word, str)]
    return words + [word for name in ("anyOf", "items", "properties", "how") for word in enumerated(schema.get(name))]


def text(seen: dict | None = None) -> str:
    """The tables of the README: of what has been seen, else of what the rows say."""
    lines = []
    for group in groups():
        where = ", ".join(f"`{place}`" for place in group.where.values())
        lines += [f"**{group.title}**{': ' + group.about if group.about else ''} (`on`: {where})", ""]
        lines += ["| effect | " + " | ".join(f"`{client}`" for client in group.others) + " | `Connectivity` |"]
        lines += ["|---" * (len(group.others) + 2) + "|"]
        for row in group.rows:
            cells = [marked(row.cells.get(client), seen) for client in group.others] + [together(row, seen)]
            effect = row.effect[1:-1] if row.effect.startswith("{") else row.effect
            when = f", `when: {row.when}`" if row.when else ""
            lines.append(f"| `{effect}`{when} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def together(row: Row, seen: dict | None) -> str:
    """What our clients see: once where they agree, else by client."""
    by_text: dict[str, list[str]] = {}
    for client in OURS:
        if client in row.cells:
            by_text.setdefault(marked(row.cells[client], seen), []).append(client)
    if len(by_text) < 2:
        return next(iter(by_text), "–")
    return "; ".join(f"{', '.join(f'`{one}`' for one in clients)} {text}" for text, clients in by_text.items())


def marked(cell: Cell | None, seen: dict | None) -> str:
    """A cell with the names in it as code; a dash where the client can see nothing."""
    if cell is None:
        return "–"
    sees = cell.sees
    if seen is not None and seen[cell.client, cell.name] not in sees:
        sees = [seen[cell.client, cell.name]]
    late = "late, but " if cell.late else ""
    names = r"\b(torch\.)?([A-Z]\w+|\w+_\w+)"
    if cell.client in OURS:
        names += r"|\b(protocol|redirected|refused|rejected|timeout|truncated|unauthorized)\b"
    return late + " or ".join(re.sub(names, r"`\g<0>`", one) for one in sees)


def write(seen: dict) -> None:
    """Puts what has been seen into the README."""
    missing = [cell.name for client in CLIENTS for cell in cells(client) if (client, cell.name) not in seen]
    assert not missing, f"the table is written when all of it has been seen; {len(missing)} rows have not"
    before, _, rest = README.read_text().partition(BEGIN)
    README.write_text(before + BEGIN + text(seen) + END + rest.partition(END)[2])
