"""A summary in words, Thai and English, for the clerk who sent the file. No line is cut at any width."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from saingan.console import stdout
from saingan.publish.files.sentences import table
from saingan.publish.files.summary import Reason, Summary

_BAD = "bold red"
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "|", "utf-8-sig": "UTF-8", "utf-16": "UTF-16"}


def print_summary(summary: Summary, console: Console | None = None) -> None:
    """Show a summary, on standard output unless a console is given."""
    out = console or stdout()
    if summary.dry_run:
        out.print(_label("dry-run", style="bold"))
    out.print(_counts(summary))
    for part in (*_reasons(summary), *_notes(summary)):
        out.print(part)
    if summary.refused_file:
        out.print(_label("fix", "bold"))
        out.print(Text(str(summary.refused_file)), soft_wrap=True)  # in one line, to be copied


def _label(key: str, style: str = "", **details: Any) -> Text:
    thai, english = table("labels")[key].filled(details)
    return Text(f"{thai} / {english}", style=style, overflow="fold")


def _counts(summary: Summary) -> Table:
    shown = Table(box=None, show_header=False, pad_edge=False)
    shown.add_column(overflow="fold")
    shown.add_column(overflow="fold")
    moved = summary.messages != summary.sent
    for key, value, style in (
        ("file", summary.file, ""),
        *_origin(summary.origin),
        ("rows", summary.rows, ""),
        ("could-be-sent" if summary.dry_run else "sent", summary.sent, ""),
        ("messages", summary.messages if moved else None, ""),
        ("undelivered", summary.undelivered or None, _BAD),
        ("refused", summary.refused, _BAD if summary.refused else ""),
        ("warned", summary.warnings.total() or None, "yellow"),
        ("took", f"{summary.seconds:.1f} s", "dim"),
    ):
        if value is not None:
            shown.add_row(_label(key, style), Text(f"{value:,}" if isinstance(value, int) else value, style=style))
    return shown


def _origin(origin: dict[str, Any]) -> Iterator[tuple[str, str | int, str]]:
    """What is known of where the rows come from; what has no label, or is nothing, is left out."""
    for key, value in origin.items():
        if value and key in table("labels"):
            listed = ", ".join(map(str, value)) if isinstance(value, tuple | list) else value
            yield key, _NAMES.get(listed, listed), ""


def _reasons(summary: Summary) -> Iterator[RenderableType]:
    for key, reasons, style in (("why-refused", summary.refusals, "red"), ("why-warned", summary.cautions, "yellow")):
        if reasons:
            yield Text()
            yield _label(key, style=f"bold {style}")
        for reason in sorted(reasons.values(), key=lambda reason: -reason.count):
            yield from _reason(reason, style)


def _reason(reason: Reason, style: str) -> Iterator[RenderableType]:
    place = (
        f"'{reason.heading}' ({reason.field}: {reason.rule})" if reason.heading else f"{reason.field}: {reason.rule}"
    )
    words = table("rules").get(reason.rule)
    label = _label("place", style=style, place=place, count=f"{reason.count:,}", rows=_rows(reason))
    yield Padding(label, (0, 0, 0, 2))
    for line in (*(words or ()), f"{reason.field} {reason.advice}."):
        yield Padding(Text(line, overflow="fold"), (0, 0, 0, 4))


def _rows(reason: Reason) -> str:
    named = ("row " if reason.count == 1 else "rows ") + ", ".join(map(str, reason.rows))
    more = reason.count - len(reason.rows)
    return f"{named} and {more:,} more" if more else named


def _notes(summary: Summary) -> Iterator[RenderableType]:
    if summary.random_key:
        yield _label("random-key", "dim")
    if summary.unused:
        yield _label("unused", "dim", columns=", ".join(summary.unused))
    if summary.stopped:
        yield _label("stopped", _BAD, why=summary.stopped)
