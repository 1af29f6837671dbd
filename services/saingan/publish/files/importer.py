"""`saingan publish`: a file as an agency exports it, row by row to its topic."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from saingan.errors import Fault, SainganError, Transient
from saingan.publish.files import header
from saingan.publish.files.mapping.mapping import FileMapping, did_you_mean, load, plain, shipped
from saingan.publish.files.readers import open_table, refused_file
from saingan.publish.files.repeats import Repeats
from saingan.publish.files.rows import RowReader
from saingan.publish.files.sentences import FileFault, explained
from saingan.publish.files.summary import Summary
from saingan.publish.files.table import Row, Table, plain_heading
from saingan.publish.publisher import Publisher, today
from saingan.publish.rehearsal import Rehearsal
from saingan.settings import Settings
from saingan.standard.issues import Issue, Refused
from saingan.topics import TOPICS

_ROWS_PER_TICK: Final = 1000


def publish_file(
    settings: Settings,
    topic_name: str,
    path: Path,
    mapping: str | Path | None = None,
    dry_run: bool = False,
    progress: bool = True,
    sender: Publisher | Rehearsal | None = None,
    sheet: str | None = None,
    all_sheets: bool = False,
) -> Summary:
    """Send a file's rows; refused ones go to a file beside it. Sending a file twice changes nothing.

    Args:
        mapping: a shipped mapping's name or a path; without it the headings are the standard's field names.
        dry_run: check all, send nothing; needs no broker, no registry and no key.
        progress: show a bar on standard error, if that is a terminal.
        sender: takes the records, and is closed with the file; made by ``dry_run`` where none is given.
        sheet: of a workbook, the sheet to read; without it the one that has the headings.
        all_sheets: of a workbook, read each sheet that has the headings.

    Raises:
        Fault: the file, the mapping, the key or the exchange does not allow to begin. What stops it later is in the
            summary, with what was done so far.
        Transient: the registry does not answer.
    """
    started = time.perf_counter()
    _owned_by_an_agency(topic_name)
    layout = load(mapping, topic_name) if mapping else plain(topic_name)
    with ExitStack() as stack:
        wanted = {plain_heading(column.heading) for column in layout.fields.values()}
        with _naming_mappings(layout.topic if not mapping else None):
            table = stack.enter_context(closing(open_table(path, wanted, sheet, all_sheets)))
            reader = _row_reader(path, layout, table)
        sender = sender or (Rehearsal(settings) if dry_run else Publisher(settings))
        stack.enter_context(sender)
        sender.composer(topic_name)  # a topic or schema that is not there shows before the first row
        refused = stack.enter_context(refused_file(path, table))
        repeats = Repeats()
        summary = Summary(file=path.name, unused=reader.unused, dry_run=dry_run)
        with _what_stops_it_in(summary):
            for row in _watched(table, path.name, progress):
                issues = _issues(row, reader, sender, topic_name, summary, repeats)
                if issues and header.repeats(row.cells, table.headings):
                    table.origin.empty += 1
                    continue
                if issues and header.begins_another(row.cells, table.headings):
                    raise FileFault("another-table", line=row.place)
                summary.rows += 1
                if issues:
                    summary.refused += 1
                    for issue in issues:
                        summary.refuse(issue, reader.heading(issue.field), row.place)
                    words = [explained(issue, reader.heading(issue.field), row.place) for issue in issues]
                    refused.add(row, "; ".join(words))
                else:
                    summary.sent += 1
        with _what_stops_it_in(summary):
            refused.finish(read_to_end=summary.stopped is None)
            summary.refused_file = refused.path if summary.refused else None
        with _what_stops_it_in(summary):
            sender.flush()
    summary.origin = dict(vars(table.origin))
    summary.origin["eras"] = list(reader.eras)
    summary.messages = sender.messages
    summary.undelivered = sender.undelivered.total()
    summary.random_key = dry_run and settings.pseudonym_secret() is None
    summary.seconds = time.perf_counter() - started
    return summary


def _issues(
    row: Row, reader: RowReader, sender: Publisher | Rehearsal, topic_name: str, summary: Summary, repeats: Repeats
) -> tuple[Issue, ...]:
    """Send a row; or all that is wrong with it, and nothing of it was sent."""
    if row.broken:
        return (row.broken,)
    try:
        reading = reader.read(row.cells)
    except Exception as error:  # noqa: BLE001 - one row must not cost the others, whatever its cells hold
        return (Issue("row", "unreadable", type(error).__name__, "cannot be read"),)
    unread = reading.issues
    for issue in reading.warnings:
        summary.warn(issue, reader.heading(issue.field), row.place)
    try:
        if unread:
            # Nothing is sent of it; its other fields are checked, so that the clerk learns of all at once.
            sender.composer(topic_name).compose(
                reading.record, today(), reading.citizen_id, reading.previous_citizen_id
            )
        else:
            warnings = sender.publish(
                topic_name,
                reading.record,
                citizen_id=reading.citizen_id,
                previous_citizen_id=reading.previous_citizen_id,
            )
            for issue in warnings + repeats.found(reading.record, reading.citizen_id):
                summary.warn(issue, reader.heading(issue.field), row.place)
    except Refused as refused:
        named = {issue.field for issue in unread}
        return (*unread, *[issue for issue in refused.issues if issue.field not in named])
    return unread


def _owned_by_an_agency(topic_name: str) -> None:
    names = [name for name, topic in TOPICS.items() if topic.registry]
    if topic_name not in names:
        near = did_you_mean(topic_name, names) or f"; there are {', '.join(names)}"
        raise Fault(f"`{topic_name}` is not a topic that agencies publish to{near}")


def _row_reader(path: Path, layout: FileMapping, table: Table) -> RowReader:
    try:
        return RowReader(layout, table.headings)
    except FileFault as fault:
        place = table.origin.header_place
        raise fault.of(path.name, f". The headings were taken from {place}" if place else "") from None


@contextmanager
def _naming_mappings(topic: str | None) -> Iterator[None]:
    """Where headings are missing and no mapping was given, the shipped ones of the topic are named."""
    try:
        yield
    except FileFault as fault:
        names = shipped(topic) if topic else []
        if not names or not fault.code.startswith(("no-headings", "columns-absent")):
            raise
        raise Fault(f"{fault}; shipped ones: {', '.join(names)}") from None


@contextmanager
def _what_stops_it_in(summary: Summary) -> Iterator[None]:
    try:
        yield
    except (Transient, Fault) as error:
        summary.stopped = summary.stopped or str(error)


def _watched(table: Table, name: str, shown: bool) -> Iterator[Row]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    hidden = not (shown and sys.stderr.isatty())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as bar:
        task = bar.add_task(name, total=1.0)
        for number, row in enumerate(_rows(table)):
            if number % _ROWS_PER_TICK == 0:
                bar.update(task, completed=table.done())
            yield row


def _rows(table: Table) -> Iterator[Row]:
    """The rows; whatever else a reader raises, and that is no closed list, is a fault that names the last row read."""
    last = 0
    try:
        for row in table.rows():
            yield row
            last = row.number
    except SainganError:
        raise
    except Exception as error:
        raise FileFault("unreadable-from", line=last, why=type(error).__name__) from error
