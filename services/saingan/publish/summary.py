"""What became of a file, for people."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text


@dataclass
class Summary:
    """What became of a file.

    Attributes:
        rows: how many were read.
        sent: records that were sent, or, in a dry run, could be.
        refused: rows in ``refused_file``.
        undelivered: messages that the broker did not take, of those sent.
        by_rule: refused rows by ``field: rule``; a row may count under several.
        warnings: records that were sent all the same, by ``field: rule``.
        unused: headings that no field is read from.
        stopped: why the file was not read to its end or not all was delivered; None where neither happened.
        random_key: whether a dry run found no pseudonym key and took a random one.
    """

    rows: int = 0
    sent: int = 0
    refused: int = 0
    undelivered: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    unused: tuple[str, ...] = ()
    seconds: float = 0.0
    refused_file: Path | None = None
    stopped: str | None = None
    dry_run: bool = False
    random_key: bool = False

    @property
    def clean(self) -> bool:
        """Whether the whole file was taken, and all of it delivered."""
        return not self.refused and self.stopped is None


def print_summary(summary: Summary, console: Console | None = None) -> None:
    """Show a summary, on standard output unless told otherwise."""
    out = console or Console()
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    table.add_row(f"{summary.rows:,}", f"rows read in {summary.seconds:.1f} s ({_rate(summary):,.0f} rows/s)")
    table.add_row(f"{summary.sent:,}", "could be sent (dry run: nothing was)" if summary.dry_run else "sent")
    if summary.undelivered:
        table.add_row(f"{summary.undelivered:,}", Text("messages of these were not delivered", style="bold red"))
    table.add_row(f"{summary.refused:,}", Text("refused", style="bold red" if summary.refused else ""))
    for rule, count in summary.by_rule.most_common():
        table.add_row(f"{count:,}", Text(f"  {rule}", style="red"))
    if summary.warnings:
        table.add_row(f"{summary.warnings.total():,}", "warnings")
    for rule, count in summary.warnings.most_common():
        table.add_row(f"{count:,}", Text(f"  {rule}", style="yellow"))
    out.print(table)
    for note in _notes(summary):
        out.print(note, soft_wrap=True)


def _notes(summary: Summary) -> list[Text]:
    notes = []
    if summary.refused_file:
        notes.append(
            Text(f"The refused rows are in {summary.refused_file}, each with its reason: mend and send that file.")
        )
    if summary.unused:
        notes.append(Text(f"Not read: the columns {', '.join(summary.unused)}", style="dim"))
    if summary.random_key:
        notes.append(Text("There is no pseudonym key here: this dry run took a random one.", style="dim"))
    if summary.stopped:
        notes.append(Text(f"Stopped: {summary.stopped}", style="bold red"))
    return notes


def _rate(summary: Summary) -> float:
    return summary.rows / summary.seconds if summary.seconds else 0.0
