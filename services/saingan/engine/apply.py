"""The view loop: a batch of raw records in, one transaction of states, rows, outbox and positions out.

Free of Faust, and of Kafka but for the registry. Every call either commits all of a batch or nothing.
"""

import secrets
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Engine

from saingan.engine.core.batch import Batch
from saingan.engine.core.change import Change
from saingan.engine.core.folding import Folding, Written
from saingan.engine.follow import gate
from saingan.engine.intake.flood import Flood
from saingan.engine.intake.intake import Intake, Taken
from saingan.engine.intake.sealing import Sealer
from saingan.engine.store import ledger, observation
from saingan.engine.store.bulk import Bulk, bulk
from saingan.engine.store.due import take
from saingan.engine.store.opening import transaction
from saingan.engine.store.statements import Overtaken
from saingan.engine.tables import dead_letter
from saingan.engine.view import View
from saingan.engine.writing import write
from saingan.exchange.registry import Registry
from saingan.metrics import Metrics
from saingan.topics import Topic

_CAUTIOUS: Final = 100  # batches for which keys are locked after another worker was met on some
_SWEEP: Final = 2_500  # keys that are derived again in one transaction, or twice as many where both dates make some due


class ViewLoop:
    """Applies batches to one view. One thread at a time.

    Args:
        figures: the topics whose quality this view counts, and no other one; all of its streams where None is given.
    """

    def __init__(
        self,
        view: View,
        engine: Engine,
        registry: Registry,
        sealer: Sealer,
        metrics: Metrics,
        rejection_limit: float,
        figures: Collection[Topic] | None = None,
    ) -> None:
        self._view = view
        self._topics = [topic.name for topic in view.streams]
        self._folding = Folding(self._topics, list(view.streams.values()), view.derive, view.row_ids)
        self._engine = engine
        self._metrics = metrics
        self._records = {topic: metrics.records.labels(view.name, topic.name) for topic in view.streams}
        self._freshness = {topic: metrics.freshness.labels(view.name, topic.name) for topic in view.streams}
        self._figures = {topic.name for topic in (view.streams if figures is None else figures)}
        self._cautious = 0
        self._intake = Intake(view, registry, sealer, Flood(rejection_limit))

    def take(self, batch: Batch) -> Taken:
        """Decode a batch; `Transient` while the registry does not answer, `Fault` when too many are refused."""
        with self._phase("decode"):
            return self._intake.take(batch, observation.days(observation.today()))

    def apply(self, batch: Batch, taken: Taken) -> int:
        """Commit what a batch brought; the number of rows changed.

        Only what is committed is counted in the metrics: a batch that another worker has taken in is that one's, and
        an attempt that failed is none. If a commit succeeds and its answer is lost, nobody counts the batch.

        Raises:
            Conflict: the ledger stands elsewhere; read it again.
            Fault: another version of the view has taken over the store.
            Transient: the database did not take it; the same call may be repeated.
        """
        try:
            written = self._commit(batch, taken)
        except Overtaken:
            self._cautious = _CAUTIOUS
            written = self._commit(batch, taken)
        self._cautious = max(0, self._cautious - 1)
        self._count_written(written)
        self._count(batch, taken)
        return _changed(written)

    def _commit(self, batch: Batch, taken: Taken) -> Written:
        with transaction(self._engine) as conn:
            written = self._derive(conn, taken.changes, self._cautious > 0, batch, last=not taken.letters)
            if taken.letters:
                conn.execute(dead_letter.insert(), taken.letters)
            return written

    def take_in(self, changes: Mapping[str, Sequence[Change]]) -> int:
        """Commit changes that are already in the topics, before a worker reads them.

        When their batch arrives they have no further effect.

        Raises:
            Transient: the database did not take it.
        """
        with transaction(self._engine) as conn:
            written = self._derive(conn, changes, lock=True)
        self._count_written(written)
        return _changed(written)

    def sweep(self) -> int:
        """Let the dates advance, and derive rows again that time or new rules change; how many keys, a block of them.

        Raises:
            Fault: another version of the view has taken over the store.
            Transient: the database did not take it.
        """
        with transaction(self._engine) as conn:
            observation.advance(conn, observation.today())
            observation.follow(conn, self._view)
            due = take(conn, self._view, observation.read(conn, self._view), _SWEEP)
            written = self._derive(conn, dict.fromkeys(due, ()), lock=True) if due else None
        if written is not None:
            self._count_written(written)
        return len(due)

    def _derive(
        self,
        conn: Connection,
        changes: Mapping[str, Sequence[Change]],
        lock: bool,
        batch: Batch = (),
        last: bool = True,
    ) -> Written:
        """Fold, derive and write, and move the ledger past ``batch``.

        ``last``: nothing else comes in the transaction, and it may be committed.
        """
        store = bulk(conn)
        # In one go, here and below, for each answer that is waited for may take longer than the work.
        with self._phase("read"), store.together(0):
            gate.enter(store, self._view)
            dates = observation.ask(store, self._view)
            held = (store.lock if lock else store.read)(self._view.history, sorted(changes)) if changes else list
        with self._phase("fold"):
            written = self._folding.fold(held(), changes, dates(), time.time_ns() // 1_000_000)
        with self._phase("write"), store.together(max(_changed(written), len(written.states)), last):
            self._write(store, written)
            ledger.advance(store, self._view.name, batch)
        return written

    def _write(self, store: Bulk, written: Written) -> None:
        revision = secrets.randbits(62)
        if written.states:
            store.keep(self._view.history, [(*state, revision, seen) for *state, seen in written.states])
        write(store, self._view, written.rows, written.gone, written.touched, revision)

    def _phase(self, name: str) -> Any:
        return self._metrics.phase_seconds.labels(self._view.name, name).time()

    def _count_written(self, written: Written) -> None:
        self._metrics.rows_changed.labels(self._view.name).inc(_changed(written))
        for stream in written.conflicts:
            self._metrics.version_conflicts.labels(self._view.name, self._topics[stream]).inc()

    def _count(self, batch: Batch, taken: Taken) -> None:
        view, metrics, now = self._view.name, self._metrics, time.time() * 1000
        for part in batch:
            self._records[part.topic].inc(len(part.messages))
            if part.messages:
                metrics.reached(part.topic, part.messages[-1].timestamp)
        for (topic_name, source, rule), count in taken.issues.items():
            if topic_name in self._figures:
                metrics.quality_issues.labels(topic_name, source, rule).inc(count)
        metrics.batch_records.labels(view).observe(sum(len(part.messages) for part in batch))
        for letter in taken.letters:
            metrics.refused.labels(view, letter["topic"], letter["reason"]).inc()
        for topic, recorded_at in taken.recorded:
            self._freshness[topic].observe(max(0.0, now - recorded_at) / 1000)


def _changed(written: Written) -> int:
    """Rows of the view's table that were written or removed."""
    return len(written.rows) + len(written.gone)
