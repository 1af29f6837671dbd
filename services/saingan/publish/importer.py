"""`saingan publish`: a file as an agency exports it, row by row to its topic."""

import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from saingan.errors import Fault, Transient
from saingan.publish import mapping as mappings
from saingan.publish.files import RefusedFile, open_table
from saingan.publish.message import Composer
from saingan.publish.publisher import Publisher, today
from saingan.publish.rows import RowReader
from saingan.publish.summary import Summary
from saingan.publish.table import Row, Table, plain_heading
from saingan.settings import Settings
from saingan.standard.issues import Issue, Refused
from saingan.topics import TOPICS

_ROWS_PER_TICK: Final = 1000

_Person = str | None
_Send = Callable[[Mapping[str, Any], _Person, _Person], tuple[Issue, ...]]  # gives warnings, raises Refused


def publish_file(
    settings: Settings,
    topic_name: str,
    path: Path,
    mapping: str | Path | None = None,
    dry_run: bool = False,
    progress: bool = True,
) -> Summary:
    """Send a file's rows; refused ones go to a file beside it. Sending a file twice changes nothing.

    Args:
        mapping: a shipped mapping's name or a path; without it the headings are the standard's field names.
        dry_run: check all, send nothing; needs no broker, no registry and no key.
        progress: show a bar on standard error, if that is a terminal.

    Raises:
        Fault: the file, the mapping, the key or the exchange does not allow to begin.
        Transient: the registry does not answer.
    """
    started = time.perf_counter()
    _owned_by_an_agency(topic_name)
    layout = mappings.load(mapping, topic_name) if mapping else mappings.plain(topic_name)
    wanted = {plain_heading(column.heading) for column in layout.fields.values()}
    summary = Summary(dry_run=dry_run)
    with ExitStack() as stack:
        table = stack.enter_context(closing(open_table(path, wanted)))
        reader = _row_reader(path, layout, table)
        summary.unused = reader.unused
        publisher = None if dry_run else stack.enter_context(Publisher(settings))
        composer = publisher.composer(topic_name) if publisher else _rehearsal(settings, topic_name, summary)
        refused = stack.enter_context(RefusedFile(path, table))

        def rehearse(record: Mapping[str, Any], citizen: _Person, previous: _Person) -> tuple[Issue, ...]:
            return composer.compose(record, today(), citizen, previous).warnings

        def send(record: Mapping[str, Any], citizen: _Person, previous: _Person) -> tuple[Issue, ...]:
            if publisher is None:
                return rehearse(record, citizen, previous)
            return publisher.publish(topic_name, record, citizen_id=citizen, previous_citizen_id=previous)

        def take_all() -> None:
            for row in _watched(table, path.name, progress):
                summary.rows += 1
                issues = _issues(row, reader, send, rehearse, summary)
                if issues:
                    summary.refused += 1
                    summary.by_rule.update({f"{issue.field}: {issue.rule}" for issue in issues})
                    refused.add(row, "; ".join(map(reader.explained, issues)))
                else:
                    summary.sent += 1

        for step in (take_all, publisher.flush) if publisher else (take_all,):
            try:
                step()
            except (Transient, Fault) as error:  # after a start, what was done so far is told with the reason
                summary.stopped = summary.stopped or str(error)
    summary.undelivered = publisher.undelivered.total() if publisher else 0
    summary.refused_file = refused.path if summary.refused else None
    summary.seconds = time.perf_counter() - started
    return summary


def _issues(row: Row, reader: RowReader, send: _Send, rehearse: _Send, summary: Summary) -> tuple[Issue, ...]:
    """Send a row; or all that is wrong with it, and nothing of it was sent."""
    if row.broken:
        return (row.broken,)
    record, citizen_id, previous_citizen_id, unread = reader.read(row.cells)
    try:
        warnings = (rehearse if unread else send)(record, citizen_id, previous_citizen_id)
    except Refused as refused:
        told = {issue.field for issue in unread}
        return (*unread, *(issue for issue in refused.issues if issue.field not in told))
    if not unread:
        summary.warnings.update(f"{issue.field}: {issue.rule}" for issue in warnings)
    return unread


def _owned_by_an_agency(topic_name: str) -> None:
    names = [name for name, topic in TOPICS.items() if topic.registry]
    if topic_name not in names:
        near = mappings.did_you_mean(topic_name, names) or f"; there are {', '.join(names)}"
        raise Fault(f"`{topic_name}` is not a topic that agencies publish to{near}")


def _row_reader(path: Path, layout: mappings.FileMapping, table: Table) -> RowReader:
    try:
        return RowReader(layout, table.headings)
    except Fault as fault:
        raise Fault(f"{path.name}: {fault}") from None


def _rehearsal(settings: Settings, topic_name: str, summary: Summary) -> Composer:
    secret = settings.pseudonym_secret()
    summary.random_key = secret is None
    return Composer(topic_name, 0, TOPICS[topic_name].partitions, secret or secrets.token_bytes(32))


def _watched(table: Table, name: str, shown: bool) -> Iterator[Row]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    hidden = not (shown and sys.stderr.isatty())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as bar:
        task = bar.add_task(name, total=1.0)
        for number, row in enumerate(table.rows()):
            if number % _ROWS_PER_TICK == 0:
                bar.update(task, completed=table.done())
            yield row
