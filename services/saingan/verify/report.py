"""What a verification found, in numbers and digests: fit to be shown, kept and sent, for it names no one."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.table import Table

from saingan.console import stdout
from saingan.plural import counted
from saingan.topics import OUTCOME
from saingan.verify.compare import Difference

SAME: Final = "same"
DIFFERS: Final = "differs"
ON_ITS_WAY: Final = "on its way"
_STYLES: Final = {SAME: "green", DIFFERS: "bold red", ON_ITS_WAY: "yellow"}
_SHORT: Final = 12  # characters of a hash, to be compared by eye


@dataclass
class Tally:
    """The records of one registry topic up to the ledger's positions.

    Attributes:
        rejected: dead letters by reason.
        behind: offsets past the positions, not yet taken in by the worker: lag, not a difference.
    """

    read: int = 0
    tombstones: int = 0
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    behind: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "taken_in": self.accepted,
            "refused": dict(self.rejected),
            "tombstones": self.tombstones,
            "behind": self.behind,
        }


@dataclass(frozen=True)
class Report:
    """The outcome of `verify`.

    Attributes:
        streams: by topic.
        persons: persons of whom any record was taken in.
        expected, table, published: SHA-256 over all rows, by the standard, in the table and in the topic.
        rows_expected, rows_in_table: numbers of rows.
        messages, keys: of the outcome topic, all that were read and those that stand.
        offsets: of the outcome topic: transaction markers have offsets too, and are no messages.
        waiting, letters: rows in the table and dead letters that are not sent yet: lag, not a difference.
        lagging: rows that the topic does not have as the table has them yet, but will have.
        moved: those of them that changed while the topic was read.
        due: persons whose rows the worker had still to derive again, for new dates of observation or rules.
        withdrawing: keys of the topic without a row, in a new store: the workers withdraw them when it has caught up.
        counts: differences by (side, kind); ``examples`` are the first of them.
    """

    observed_on: date
    complete_through: date
    streams: dict[str, Tally]
    persons: int
    rows_expected: int
    rows_in_table: int
    messages: int
    offsets: int
    keys: int
    waiting: int
    letters: int
    lagging: int
    moved: int
    due: int
    withdrawing: int
    expected: str
    table: str
    published: str
    counts: dict[tuple[str, str], int]
    examples: tuple[Difference, ...]

    @property
    def clean(self) -> bool:
        return not self.counts

    @property
    def behind(self) -> tuple[str, ...]:
        """What is on its way, or yet to be done, in words."""
        lag = sum(tally.behind for tally in self.streams.values())
        said = (
            (self.waiting, "row", "on the way to the topic"),
            (self.letters, "dead letter", "on the way to the topic of dead letters"),
            (self.moved, "row", "changed while the topic was read"),
            (lag, "offset", "not read by a worker yet"),
            (self.due, "person", "whose rows are still to be derived again, for new dates of observation or new rules"),
            (self.withdrawing, "key", "on the topic without a row, to be withdrawn when this new store has caught up"),
        )
        return tuple(f"{counted(number, noun)} {words}" for number, noun, words in said if number)

    def status(self, side: str) -> str:
        """`SAME`, `DIFFERS` or `ON_ITS_WAY`: the ``table`` beside the standard, or the ``topic`` beside the table."""
        if any(differing == side for differing, _ in self.counts):
            return DIFFERS
        if side == "topic" and self.published != self.table:
            return ON_ITS_WAY
        return SAME

    def as_dict(self) -> dict[str, Any]:
        """For machines: what is printed, with the whole hashes."""
        return {
            "clean": self.clean,
            "behind": list(self.behind),
            "observed_on": self.observed_on.isoformat(),
            "complete_through": self.complete_through.isoformat(),
            "streams": {topic: tally.as_dict() for topic, tally in self.streams.items()},
            "persons": self.persons,
            "standard": {"rows": self.rows_expected, "sha256": self.expected},
            "table": {"rows": self.rows_in_table, "sha256": self.table, "status": self.status("table")},
            "topic": {
                "rows": self.keys,
                "sha256": self.published,
                "status": self.status("topic"),
                "messages": self.messages,
                "offsets": self.offsets,
            },
            "rows_on_the_way": self.waiting,
            "dead_letters_on_the_way": self.letters,
            "rows_that_differ_until_they_arrive": self.lagging,
            "rows_changed_meanwhile": self.moved,
            "persons_due": self.due,
            "keys_to_withdraw": self.withdrawing,
            "differences": [
                {"side": side, "kind": kind, "rows": rows} for (side, kind), rows in sorted(self.counts.items())
            ],
            "examples": [
                {"side": each.side, "kind": each.kind, "digest": each.digest, "columns": list(each.columns)}
                for each in self.examples
            ],
        }


def print_report(report: Report, console: Console | None = None) -> None:
    """Print counts, differences and hashes; no personal data."""
    console = console or stdout()
    console.print(_streams(report))
    for topic, tally in report.streams.items():
        for reason, count in sorted(tally.rejected.items()):
            console.print(f"{topic}: refused {count:,} for {reason}")
    console.print(_rows(report))
    console.print(
        f"{counted(report.persons, 'person')}. {OUTCOME.name}: {counted(report.messages, 'message')} in "
        f"{counted(report.offsets, 'offset')}; transaction markers have offsets too, and are no rows."
    )
    if not report.clean:
        console.print(_examples(report))
        for (side, kind), count in sorted(report.counts.items()):
            console.print(f"{side}: {count:,} {kind}", style="bold red")
    if report.behind:
        but = "No differences, but for " if report.clean else "Beside the differences: "
        console.print(but + ", ".join(report.behind) + ".", style="bold yellow")
    elif report.clean:
        console.print("No differences.", style="bold green")


def _streams(report: Report) -> Table:
    title = f"Observed on {report.observed_on}, complete through {report.complete_through}"
    table = Table(title=title, box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.add_column("topic", no_wrap=True)
    for heading in ("read", "taken in", "refused", "tombstones", "lag"):
        table.add_column(heading, justify="right", no_wrap=True)
    for topic, tally in report.streams.items():
        numbers = (tally.read, tally.accepted, tally.rejected.total(), tally.tombstones, tally.behind)
        table.add_row(topic, *(f"{number:,}" for number in numbers))
    return table


def _rows(report: Report) -> Table:
    table = Table("", "rows", "SHA-256", "", box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.columns[1].justify = "right"
    way = f"same but for {counted(report.lagging, 'row')} on the way"
    words = {SAME: "same", DIFFERS: "differs", ON_ITS_WAY: way}
    table.add_row("the standard", f"{report.rows_expected:,}", report.expected[:_SHORT])
    for side, rows, sha in (
        ("table", report.rows_in_table, report.table),
        ("topic", report.keys, report.published),
    ):
        status = report.status(side)
        table.add_row(f"the {side}", f"{rows:,}", sha[:_SHORT], words[status], style=_STYLES[status])
    return table


def _examples(report: Report) -> Table:
    title = f"The first {counted(len(report.examples), 'difference').removeprefix('1 ')}"
    table = Table("where", "row", "digest of its key", "columns", title=title)
    for difference in report.examples:
        table.add_row(difference.side, difference.kind, difference.digest, ", ".join(difference.columns))
    return table
