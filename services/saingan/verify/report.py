"""What a verification found, in numbers and digests: fit to be shown, kept and sent, for it names no one."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from rich.console import Console
from rich.table import Table

from saingan.verify.compare import Difference


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


@dataclass(frozen=True)
class Report:
    """The outcome of `verify`.

    Attributes:
        streams: by topic.
        persons: persons of whom any record was taken in.
        expected, table, published: SHA-256 over all rows, by the standard, in the table and in the topic.
        rows_expected, rows_in_table: numbers of rows.
        messages, keys: of the outcome topic, all that were read and those that stand.
        waiting: rows in the table that are not sent yet: lag, not a difference.
        due: persons whose rows the worker had still to derive again for the dates of observation.
        counts: differences by (side, kind); ``examples`` are the first of them.
    """

    observed_on: date
    complete_through: date
    streams: dict[str, Tally]
    persons: int
    rows_expected: int
    rows_in_table: int
    messages: int
    keys: int
    waiting: int
    due: int
    expected: str
    table: str
    published: str
    counts: dict[tuple[str, str], int]
    examples: tuple[Difference, ...]

    @property
    def clean(self) -> bool:
        return not self.counts


def print_report(report: Report, console: Console | None = None) -> None:
    """Print counts, differences and hashes; no personal data."""
    console = console or Console()
    console.print(_streams(report))
    for topic, tally in report.streams.items():
        for reason, count in sorted(tally.rejected.items()):
            console.print(f"{topic}: refused {count:,} for {reason}")
    console.print(_rows(report))
    if report.waiting:
        console.print(f"{report.waiting:,} rows wait to be sent to the topic")
    if report.due:
        console.print(f"{report.due:,} persons wait for their rows to follow the dates of observation")
    if report.clean:
        console.print("No differences.", style="bold green")
        return
    console.print(_examples(report))
    for (side, kind), count in sorted(report.counts.items()):
        console.print(f"{side}: {count:,} {kind}", style="bold red")


def _streams(report: Report) -> Table:
    table = Table(title=f"Observed on {report.observed_on}, complete through {report.complete_through}")
    table.add_column("topic", no_wrap=True)
    for heading in ("read", "taken in", "refused", "tombstones", "lag"):
        table.add_column(heading, justify="right")
    for topic, tally in report.streams.items():
        numbers = (tally.read, tally.accepted, tally.rejected.total(), tally.tombstones, tally.behind)
        table.add_row(topic, *(f"{number:,}" for number in numbers))
    return table


def _rows(report: Report) -> Table:
    table = Table("by", "rows", "SHA-256 of the rows")
    table.columns[1].justify = "right"
    table.columns[2].overflow = "fold"  # a hash that is cut cannot be compared
    table.add_row(f"the standard, {report.persons:,} persons", f"{report.rows_expected:,}", report.expected)
    table.add_row("the table", f"{report.rows_in_table:,}", report.table)
    table.add_row(f"the topic, {report.messages:,} messages", f"{report.keys:,}", report.published)
    return table


def _examples(report: Report) -> Table:
    table = Table("where", "row", "digest of its key", "columns", title=f"The first {len(report.examples)} differences")
    for difference in report.examples:
        table.add_row(difference.side, difference.kind, difference.digest, ", ".join(difference.columns))
    return table
