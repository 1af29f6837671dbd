"""The tables that `doctor` and `status` print."""

from collections.abc import Iterable

from rich import box
from rich.table import Column, Table
from rich.text import Text

from saingan.local.doctor import Finding
from saingan.local.status import Status


def findings_table(findings: Iterable[Finding]) -> Table:
    table = _table("", "check", "finding", "how to mend it")
    for each in findings:
        table.add_row(_mark(each.ok), Text(each.name), Text(each.detail), Text(each.remedy))
    return table


def status_table(rows: Iterable[Status]) -> Table:
    table = _table("", "part", "address", "run by")
    for each in rows:
        table.add_row(_mark(each.answers), each.name, Text(each.address), each.origin)
    return table


def _table(*headings: str) -> Table:
    return Table(*(Column(heading, overflow="fold") for heading in headings), box=box.SIMPLE_HEAD)


def _mark(fine: bool) -> Text:
    return Text("ok", "green") if fine else Text("!!", "bold red")
