"""`saingan verify`: the topics read whole and judged by the standard alone, against the table and the outcome topic."""

import csv
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from typing import Final

from rich.progress import Progress

from saingan.errors import Fault, Rejection
from saingan.exchange.registry import Registry
from saingan.exchange.topic_log import Log, Message, Positions
from saingan.progress import progress_bars
from saingan.settings import Settings
from saingan.standard import schemas
from saingan.standard.codec import Record
from saingan.standard.contract import contract
from saingan.topics import OUTCOME
from saingan.verify.admit import Reader
from saingan.verify.compare import EXTRA, Difference, differences, fingerprint
from saingan.verify.outcomes import oracle
from saingan.verify.outcomes.oracle import KEPT, RowKey
from saingan.verify.outcomes.rules import MatchRow, Row, Sight, days, matcher
from saingan.verify.report import Report, Tally
from saingan.verify.snapshot import Snapshot, Store

_EXAMPLES: Final = 20
_DERIVING_S: Final = 1.0  # between two looks at how many rows are still to be derived again
_STILL: Final = 10  # looks at no fewer of them: no worker derives
_SENDING_S: Final = (0.2, 0.4, 0.8, 1.6)  # pauses in which a row that changes just now may reach the topic
_STEP: Final = 5_000  # records between two moves of the progress bar


def verify(settings: Settings, *, progress: bool = True) -> Report:
    """Compare the outcome table and topic with what the standard makes of the registry topics.

    Beside live workers, the topics are read up to the positions to which the table has taken them in.

    Args:
        progress: show a bar on standard error where that is a terminal.

    Raises:
        Transient: broker, registry or database does not answer.
        Fault: there is nothing to verify yet, or the topics are not those of the ledger.
    """
    with (
        closing(Store(settings)) as store,
        Log(settings) as log,
        Registry(settings) as registry,
        progress_bars(progress) as bars,
    ):
        snapshot = _when_derived(store)
        streams = {topic: Tally() for topic in KEPT}
        changes = chain.from_iterable(
            _changes(topic, tally, snapshot, log, Reader(contract(topic), registry.writer_schemas(topic)), bars)
            for topic, tally in streams.items()
        )
        standing = oracle.standing(changes)
        sight = Sight(days(snapshot.observed_on), days(snapshot.complete_through), matcher(field_match()))
        expected = oracle.rows(standing, sight)

        published = Published(log, Reader(contract(OUTCOME.name), registry.writer_schemas(OUTCOME.name)), bars)
        found = [*differences("table", expected, snapshot.rows), *_unsent(store, snapshot, published)]
        withdrawing = [d for d in found if snapshot.unreconciled and (d.side, d.kind) == ("topic", EXTRA)]
        found = [difference for difference in found if difference not in withdrawing]
        unlike = {difference.key for difference in differences("topic", snapshot.rows, published.rows)}
        on_its_way = unlike - {difference.key for difference in found if difference.side == "topic"}
        return Report(
            observed_on=snapshot.observed_on,
            complete_through=snapshot.complete_through,
            streams=streams,
            persons=len({person_key for person_key, _, _ in standing}),
            rows_expected=len(expected),
            rows_in_table=len(snapshot.rows),
            messages=published.messages,
            offsets=published.offsets,
            keys=len(published.rows),
            waiting=len(snapshot.waiting),
            lagging=len(on_its_way),
            moved=len(on_its_way - snapshot.waiting - {difference.key for difference in withdrawing}),
            letters=snapshot.letters,
            due=snapshot.due,
            withdrawing=len(withdrawing),
            expected=fingerprint(expected),
            table=fingerprint(snapshot.rows),
            published=fingerprint(published.rows),
            counts=dict(Counter((difference.side, difference.kind) for difference in found)),
            examples=tuple(found[:_EXAMPLES]),
        )


class Published:
    """The outcome topic as a compacted whole: the last row under each key; None for a row that cannot be read."""

    def __init__(self, log: Log, reader: Reader, bars: Progress) -> None:
        self.rows: dict[RowKey, Row | None] = {}
        self.messages = 0
        self._log = log
        self._reader = reader
        self._begins, self._ends = log.bounds(OUTCOME.name)
        self._next = self._begins.copy()
        self._take(_shown(bars, OUTCOME.name, self._unread(), self.offsets))

    @property
    def offsets(self) -> int:
        """Offsets from the topic's beginning to its end: those of messages, transaction markers and what has gone."""
        return _span(self._begins, self._ends)

    def catch_up(self) -> None:
        """Read on to where the topic ends now."""
        _, self._ends = self._log.bounds(OUTCOME.name)
        self._take(self._unread())

    def _unread(self) -> Iterator[Message]:
        return self._log.read(OUTCOME.name, self._next.copy(), self._ends)

    def _take(self, messages: Iterator[Message]) -> None:
        for message in messages:
            self.messages += 1
            self._next[message.partition] = message.offset + 1
            person_key, _, graduation_id = (message.key or b"").decode(errors="replace").partition("/")
            key = person_key, graduation_id
            if message.value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = self._row(message.key, message.value)

    def _row(self, key: bytes | None, value: bytes) -> Row | None:
        try:
            record = self._reader.read(key, value)
        except Rejection:
            return None
        return Row(**{column: record[column] for column in Row._fields})


def field_match() -> list[MatchRow]:
    """The rows of ``schemas/codes/field_match.csv``."""
    text = (schemas.root() / "codes" / "field_match.csv").read_text(encoding="utf-8")
    return [MatchRow(*(line[name] for name in MatchRow._fields)) for line in csv.DictReader(text.splitlines())]


def _when_derived(store: Store) -> Snapshot:
    """A snapshot in which no row waits to be derived again; one as it is, where no worker derives them."""
    due, still = store.due(), 0
    while due and still < _STILL:
        time.sleep(_DERIVING_S)
        left = store.due()
        due, still = left, still + 1 if left >= due else 0
    return store.snapshot()


def _changes(
    topic: str, tally: Tally, snapshot: Snapshot, log: Log, reader: Reader, bars: Progress
) -> Iterator[tuple[str, Record]]:
    """What a topic has to say, dead letters left out, up to the snapshot's positions."""
    begins, ends = log.bounds(topic)
    positions = dict.fromkeys(ends, 0) | snapshot.positions.get(topic, {})
    for partition, position in positions.items():
        if position > ends.get(partition, -1):
            raise Fault(
                f"partition {partition} of {topic} ends before the position in the ledger: "
                "it was recreated or cut off, or this is another exchange's store"
            )
    tally.behind = _span(positions, ends)
    for message in _shown(bars, topic, log.read(topic, begins, positions), _span(begins, positions)):
        tally.read += 1
        if message.value is None:
            tally.tombstones += 1
            continue
        try:
            record = reader.read(message.key, message.value)
            reader.admit(message.key, record)
        except Rejection as rejection:
            tally.rejected[rejection.reason] += 1
        else:
            tally.accepted += 1
            yield topic, record


def _unsent(store: Store, snapshot: Snapshot, published: Published) -> list[Difference]:
    """Where the topic is not as the table, though the row does not wait to be sent.

    The topic was read after the snapshot, so a row that has changed since is looked at again, in table and topic both.
    """
    found = [d for d in differences("topic", snapshot.rows, published.rows) if d.key not in snapshot.waiting]
    for pause in _SENDING_S:
        if not found:
            break
        time.sleep(pause)
        keys = {difference.key for difference in found}
        rows, waiting = store.current(keys)
        published.catch_up()
        sent = {key: published.rows[key] for key in keys if key in published.rows}
        found = [difference for difference in differences("topic", rows, sent) if difference.key not in waiting]
    return found


def _span(starts: Positions, ends: Positions) -> int:
    return sum(max(0, end - starts[partition]) for partition, end in ends.items())


def _shown(bars: Progress, topic: str, messages: Iterator[Message], total: int) -> Iterator[Message]:
    bar = bars.add_task(topic, total=total)
    for number, message in enumerate(messages, start=1):
        if number % _STEP == 0:
            bars.update(bar, completed=number)
        yield message
    bars.update(bar, completed=total)
