"""What an erasure found and did, for the operator: numbers only."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from saingan.erase.erase import Summary
from saingan.topics import REGISTRY, VIEW

_DAY_MS = 86_400_000
_LINES = (
    ("persons", "persons concerned"),
    ("records", "records"),
    ("marks", "ERASE marks to set"),
    ("messages", "messages in the input topics"),
    ("rows", "rows of the table"),
    ("outcomes", "rows on the outcome topic"),
    ("letters", "dead letters"),
)
_LAG = "max.compaction.lag.ms"


def print_found(summary: Summary, console: Console | None = None) -> None:
    """Show what there is to erase."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for name, meaning in _LINES:
        table.add_row(f"{getattr(summary, name):,}", meaning)
    (console or Console()).print(table)


def print_done(summary: Summary, unopened: int, console: Console | None = None) -> None:
    """Say that it is done, and what is not in this command's reach."""
    out = console or Console()
    out.print(Text("erased", style="bold"))
    for note in (*_left(summary, unopened), *_UNREACHED.splitlines()):
        out.print(Text(f"- {note}"), soft_wrap=True)


def _left(summary: Summary, unopened: int) -> list[str]:
    notes = []
    if summary.unread:
        notes.append(
            f"{summary.unread:,} of the messages the workers have yet to read: run the same again when they have, for "
            "what cannot be taken in becomes a dead letter then."
        )
    if unopened:
        notes.append(
            f"{unopened:,} dead letters could be theirs, but cannot be opened here and their originals are gone: run "
            "the same again with SAINGAN_OPERATOR_PRIVATE_KEY, or let them run out (30 days)."
        )
    return notes


_UNREACHED = f"""\
The broker drops what was cleared when it compacts: within {int(REGISTRY[_LAG]) // _DAY_MS} days on input topics, \
{int(VIEW[_LAG]) // _DAY_MS} on the outcome topic; the tombstones themselves a day later.
Backups of database and broker, and PostgreSQL's archived WAL, keep what they hold until they run out.
Subscribers' own copies: the outcome topic tells them that the rows are gone; to follow is theirs to do.
A copy that is sent later alters no table, but lies in its topic until `saingan erase --marked` clears it: run that \
every night."""
