"""How commands print what they found: for people, for pipes, for machines. No value is ever cut."""

import json
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs")]
OK: Final = "ok"
BAD: Final = "!!"
_STYLES: Final = {OK: "green", BAD: "bold red"}
_INDENT: Final = "    "


def mark(fine: bool) -> str:
    """The first cell of a row that is a finding."""
    return OK if fine else BAD


def print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


def print_rows(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows: as a table where it fits the terminal, else one value a line; in a pipe one row a line, with tabs.

    Args:
        headings: of the columns; an empty one for the column of `mark`.
    """
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(" ".join(cell.split()) for cell in row))
        return
    console = Console(highlight=False)
    table = Table(*headings, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*map(_cell, row))
    endless = console.options.update(max_width=sys.maxsize)
    if Measurement.get(console, endless, table).maximum <= console.width:
        console.print(table)
        return
    for row in rows:
        for line in _lines(headings, row, console.width):
            console.print(line, soft_wrap=True)


def _cell(value: str) -> Text:
    return Text(value, _STYLES.get(value, ""), no_wrap=True)


def _lines(headings: Sequence[str], row: Sequence[str], width: int) -> Iterator[Text]:
    """One row as a block: its first value, after a mark where there is one, and below it the others by their names."""
    start = 1 if headings[0] else 2
    yield Text(" ").join(map(_cell, row[:start]))
    longest = max(map(len, headings[start:]))
    for heading, value in zip(headings[start:], row[start:], strict=True):
        label = f"{_INDENT}{heading:{longest}}  "
        lines = textwrap.wrap(value, max(width - len(label), 1), break_long_words=False, break_on_hyphens=False)
        for number, line in enumerate(lines):
            yield Text.assemble((label if number == 0 else " " * len(label), "dim"), line)
