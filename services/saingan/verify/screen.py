"""A report as a person reads it, in 80 columns."""

from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from saingan.console import stdout
from saingan.plural import counted
from saingan.verify.comparison import DIFFERS, ON_ITS_WAY, SAME, Comparison
from saingan.verify.report import FollowerReport, Report

_STYLES: Final = {SAME: "green", DIFFERS: "bold red", ON_ITS_WAY: "yellow"}
_SHORT: Final = 12  # characters of a hash, to be compared by eye


def print_report(report: Report | FollowerReport, console: Console | None = None) -> None:
    """Print counts, differences and hashes; no personal data."""
    console = console or stdout()
    if isinstance(report, Report):
        _print_view(report, console)
    else:
        _print_follower(report, console)


def _print_view(report: Report, console: Console) -> None:
    console.print(_streams(report))
    for topic, tally in report.streams.items():
        for reason, count in sorted(tally.rejected.items()):
            console.print(f"{topic}: refused {count:,} for {reason}")
    console.print(_rows(report))
    console.print(f"{counted(report.subjects, report.noun)}. {_messages(report)}")
    _print_verdict(report, console)


def _print_follower(report: FollowerReport, console: Console) -> None:
    if not report.compared:
        console.print(f"{report.view}: {', '.join(report.behind)}.", style="bold yellow")
    for output in report.outputs:
        console.print(_rows(output, f"{report.view}: {output.output.table}"))
        console.print(_messages(output))
        _print_verdict(output, console)


def _print_verdict(compared: Comparison, console: Console) -> None:
    if not compared.clean:
        console.print(_examples(compared))
        for (side, kind), count in sorted(compared.counts.items()):
            console.print(f"{side}: {count:,} {kind}", style="bold red")
    if compared.behind:
        but = "No differences, but for " if compared.clean else "Beside the differences: "
        console.print(but + ", ".join(compared.behind) + ".", style="bold yellow")
    elif compared.clean:
        console.print("No differences.", style="bold green")


def _streams(report: Report) -> Table:
    seen = f"observed on {report.observed_on}, complete through {report.complete_through}"
    title = f"{report.view}: {seen}" if report.observed_on else report.view
    table = Table(title=title, box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.add_column("topic", no_wrap=True)
    for heading in ("read", "taken in", "refused", "tombstones", "lag"):
        table.add_column(heading, justify="right", no_wrap=True)
    for topic, tally in report.streams.items():
        numbers = (tally.read, tally.accepted, tally.rejected.total(), tally.tombstones, tally.behind)
        table.add_row(topic, *(f"{number:,}" for number in numbers))
    return table


def _rows(compared: Comparison, title: str | None = None) -> Table:
    table = Table("", "rows", "SHA-256", "", title=title, box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.columns[1].justify = "right"
    way = f"same but for {counted(compared.lagging, 'row')} on the way"
    words = {SAME: "same", DIFFERS: "differs", ON_ITS_WAY: way}
    table.add_row("the standard", f"{compared.rows_expected:,}", compared.expected[:_SHORT])
    sides = [("table", compared.rows_in_table, compared.table), ("topic", compared.keys, compared.published)]
    for side, rows, sha in sides if compared.output.topic else sides[:1]:
        status = compared.status(side)
        table.add_row(f"the {side}", f"{rows:,}", sha[:_SHORT], words[status], style=_STYLES[status])
    return table


def _messages(compared: Comparison) -> str:
    if not compared.output.topic:
        return f"{compared.output.table} has no topic."
    read = f"{counted(compared.messages, 'message')} in {counted(compared.offsets, 'offset')}"
    return f"{compared.output.topic}: {read}; transaction markers have offsets too, and are no rows."


def _examples(compared: Comparison) -> Table:
    title = f"The first {counted(len(compared.examples), 'difference').removeprefix('1 ')}"
    table = Table("where", "row", "digest of its key", "columns", title=title)
    for difference in compared.examples:
        table.add_row(difference.side, difference.kind, difference.digest, ", ".join(difference.columns))
    return table
