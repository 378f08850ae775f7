"""The rows of effects.yaml, and the table that the README makes of them."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
README = HERE.parents[2] / "README.md"
# A client more is a column more.
CLIENTS = ["openai", "websockets", "gradio_client"]
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
    def clients(self) -> list[str]:
        return [client for client in CLIENTS if client in self.where]


def groups() -> list[Group]:
    return [group(one) for one in yaml.safe_load((HERE / "effects.yaml").read_text())]


def group(source: dict) -> Group:
    def cell(row: dict, client: str) -> Cell:
        own = row[client] if isinstance(row[client], dict) else {"sees": row[client]}
        return Cell(
            client=client,
            group=source["group"],
            effect=row["rule"],
            where=own.get("where", source["where"][client]),
            when=row.get("when", source.get("when", "")),
            does=own.get("does", source["does"][client]),
            sees=own["sees"] if isinstance(own["sees"], list) else [own["sees"]],
            late=row.get("late", 0),
            impatient=row.get("impatient", False),
            app=own.get("app", ""),
        )

    rows = [
        Row(row["rule"], row.get("when", ""), {client: cell(row, client) for client in CLIENTS if client in row})
        for row in source["rows"]
    ]
    return Group(source["group"], source.get("about", ""), source["where"], rows)


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
        lines += ["| effect | " + " | ".join(f"`{client}`" for client in group.clients) + " |"]
        lines += ["|---" * (len(group.clients) + 1) + "|"]
        for row in group.rows:
            cells = [marked(row.cells.get(client), seen) for client in group.clients]
            effect = row.effect[1:-1] if row.effect.startswith("{") else row.effect
            when = f", `when: {row.when}`" if row.when else ""
            lines.append(f"| `{effect}`{when} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def marked(cell: Cell | None, seen: dict | None) -> str:
    """A cell with the names in it as code; a dash where the client can see nothing."""
    if cell is None:
        return "–"
    sees = cell.sees
    if seen is not None and seen[cell.client, cell.name] not in sees:
        sees = [seen[cell.client, cell.name]]
    late = "late, but " if cell.late else ""
    return late + " or ".join(re.sub(r"\b(torch\.)?([A-Z]\w+|\w+_\w+)", r"`\g<0>`", one) for one in sees)


def write(seen: dict) -> None:
    """Puts what has been seen into the README."""
    missing = [cell.name for client in CLIENTS for cell in cells(client) if (client, cell.name) not in seen]
    assert not missing, f"the table is written when all of it has been seen; {len(missing)} rows have not"
    before, _, rest = README.read_text().partition(BEGIN)
    README.write_text(before + BEGIN + text(seen) + END + rest.partition(END)[2])
