"""What an erasure found and did, for the operator: numbers only."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from saingan.console import stdout
from saingan.erase.summary import Summary
from saingan.plural import counted
from saingan.topics import CONFIG, Kind

_DAY_MS = 86_400_000
_LINES = (
    ("persons", "person", "concerned"),
    ("strangers", "person", "without a record that can be read"),
    ("records", "record", ""),
    ("marks", "ERASE mark", "to set"),
    ("messages", "message", "in the input topics"),
    ("rows", "row", "of the table"),
    ("outcomes", "row", "on the outcome topic"),
    ("letters", "dead letter", ""),
)
_WHERE_ANY = {"strangers"}
_LAG = "max.compaction.lag.ms"


def print_found(summary: Summary, console: Console | None = None) -> None:
    """Show what there is to erase."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for name, noun, where in _LINES:
        number = getattr(summary, name)
        if number or name not in _WHERE_ANY:
            table.add_row(f"{number:,}", f"{counted(number, noun).partition(' ')[2]} {where}")
    (console or stdout()).print(table)


def print_done(summary: Summary, unopened: int, console: Console | None = None) -> None:
    """Say that it is done, and what is not in this command's reach."""
    out = console or stdout()
    out.print(Text("erased" if summary.left else "already forgotten: nothing was left to erase", style="bold"))
    for note in (*_left(summary, unopened), *_UNREACHED.splitlines()):
        out.print(Text(f"- {note}"), soft_wrap=True)


def _left(summary: Summary, unopened: int) -> list[str]:
    notes = []
    if summary.unread:
        notes.append(
            f"The workers have not read {counted(summary.unread, 'message')} of these yet. Run the same command again "
            "when they have: a record that they refuse becomes a dead letter then."
        )
    if unopened:
        notes.append(
            f"{counted(unopened, 'dead letter')} may be about them, but cannot be opened here, and the originals are "
            "gone. Run the same command again with SAINGAN_OPERATOR_PRIVATE_KEY, or wait 30 days until they expire."
        )
    return notes


_CLEARED_IN, _SENT_IN = (int(CONFIG[kind][_LAG]) // _DAY_MS for kind in (Kind.REGISTRY, Kind.VIEW))
_UNREACHED = f"""\
The broker removes cleared messages when it compacts: within {_CLEARED_IN} days on input topics, \
{_SENT_IN} on the outcome topic; the tombstones themselves a day later.
Backups of database and broker, and PostgreSQL's archived WAL, keep their content until they expire.
Subscribers have copies of their own: the outcome topic says that the rows are gone, and they must delete them.
A copy that is sent later changes no table, but stays in its topic until `saingan erase --marked` clears it. Run that \
command every night."""
