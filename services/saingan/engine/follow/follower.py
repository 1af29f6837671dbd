"""The follower: from changed keys of its sources to its own tables.

It holds its sources' rows in memory, in a pure model. Each round takes keys from its sets, gives the model the rows
that stand there now, and writes what the model then gives: outputs, their outbox and the clearing of the keys in one
transaction. So where no key waits, the outputs are a function of the sources' rows and the dates, and of nothing else:
not of the order in which these came. One follower at a time works: a lease keeps the others from trying, and is
renewed in each of those transactions, which fails for a zombie.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Engine, select

from saingan.engine.core.derived import Dates
from saingan.engine.follow import state
from saingan.engine.follow.following import Following
from saingan.engine.follow.modelling import Modelling
from saingan.engine.follow.outputs import write_changed
from saingan.engine.follow.state import Progress
from saingan.engine.keys import KeySet
from saingan.engine.result import row_key
from saingan.engine.rounds import Rounds
from saingan.engine.store.lease import Lease, Lost
from saingan.engine.store.opening import snapshot, transaction
from saingan.errors import Fault
from saingan.metrics import Metrics

_KEYS: Final = 1_000  # of each source, a round
_BLOCK: Final = 2_500  # rows of one transaction
_CLEARED: Final = 10_000  # keys of one transaction, at a start
_FETCHED: Final = 5_000  # rows at once, at a start
_MEASURE_S: Final = 5.0
_COUNTED: Final = 20_000

log = structlog.get_logger(__name__)


class _Moved(Exception):
    """The sources' rows began anew, or the dates went back: what the model holds is worth nothing."""


class Follower(Rounds):
    """Follows until `stop`."""

    full = _KEYS

    def __init__(
        self, following: Following, engine: Engine, metrics: Metrics, fail: Callable[[BaseException], None]
    ) -> None:
        super().__init__(f"follower-{following.name}", engine, fail)
        self._following = following
        self._metrics = metrics
        self._lease = Lease(engine, following.lease)
        self._build = state.of(following)
        self._sets = {view.name: KeySet(following.keys(view), view.table) for view in following.sources}
        self._model: Modelling | None = None
        self._epochs: Mapping[str, int] = {}
        self._term = 0
        self._measure_at = 0.0

    def failed(self, error: Exception) -> None:
        self._lease.doubt()
        self._metrics.retries.labels("follower").inc()
        log.warning("follower waits", view=self._following.name, error=str(error))

    def let_go(self) -> None:
        self._lease.let_go()

    def pending(self, conn: Connection, most: int | None = None) -> int:
        """See `state.waiting`; nothing while a source is not there, or not whole."""
        if not state.ready(self._following, state.read(conn, self._following)):
            return 0
        return state.waiting(conn, self._following, most)

    def round(self) -> int:
        """Take what changed, up to a bound, or begin; how many rows were taken.

        None where another follower has the lease, or where a source is not there or not whole yet.

        Raises:
            Transient: the database does not answer.
            Fault: the model fails, or another version has taken over.
        """
        self._measure()
        ours = self._lease.hold()
        if not ours or self._lease.term != self._term:
            self._model = None  # another one may have taken keys of which this model knows nothing
            self._term = self._lease.term
        if not ours:
            return 0
        try:
            return self._start() if self._model is None else self._follow(self._model)
        except (Lost, _Moved):
            self._model = None
            return 0

    def _start(self) -> int:
        """Read all rows of the sources, and make the outputs what the model says: what is there already stays."""
        began = time.monotonic()
        if not self._begin():
            return 0
        with self._lease.kept():
            model, rows = self._read()
            model.collect()
        self._model = model
        written = self._write(model, {})
        seconds = time.monotonic() - began
        self._metrics.follower_start.labels(self._following.name).observe(seconds)
        log.info("follower has begun", view=self._following.name, rows=rows, written=written, seconds=round(seconds, 1))
        return max(rows, 1)

    def _read(self) -> tuple[Modelling, int]:
        """A model that has all rows of the sources at one moment, and how many; what it does not give is to go."""
        model, rows = Modelling(self._following), 0
        with snapshot(self._engine) as conn:
            progress = self._progress(conn)
            if not state.ready(self._following, progress):
                raise _Moved
            for view in self._following.sources:
                with conn.execute(select(view.table).execution_options(yield_per=_FETCHED)) as found:
                    for row in found:
                        model.put(view.name, row)
                        rows += 1
            for output in self._following.outputs:
                keys = select(*output.table.primary_key).execution_options(yield_per=_FETCHED)
                model.unwritten.update(((output.name, row_key(key)), None) for key in conn.execute(keys))
        self._epochs = progress.epochs
        model.advance(_in_force(progress))
        return model, rows

    def _begin(self) -> bool:
        """Mark the start, and let go of the keys so far: their rows are read. False where it is too early."""
        with transaction(self._engine) as conn:
            self._lease.renew(conn)
            progress = state.read(conn, self._following)
            if not state.ready(self._following, progress):
                return False
            state.begin(conn, self._following, progress)
        for keys in self._sets.values():
            taken: Sequence[Any] = range(_CLEARED)
            while len(taken) == _CLEARED:
                with transaction(self._engine) as conn:
                    taken = keys.take(conn, _CLEARED)
                    keys.clear(conn, taken)
        return True

    def _follow(self, model: Modelling) -> int:
        with transaction(self._engine, read_only=True) as conn:
            progress = self._progress(conn)
            if progress.epochs != self._epochs:
                raise _Moved
            taken = {view.name: keys.take(conn, _KEYS) for view, keys in self._sources()}
        dates, number = _in_force(progress), sum(map(len, taken.values()))
        if not number and dates == model.dates and not model.unwritten:
            return 0
        with self._lease.kept():
            _put(model, taken)
            if model.dates != dates:
                _check_forward(model.dates, dates)
                model.advance(dates)
            model.collect()
        self._write(model, taken)
        return max(number, 1)

    def _write(self, model: Modelling, taken: Mapping[str, Sequence[Any]]) -> int:
        """Write what is unwritten, in blocks; the last one clears the keys, and says what the outputs are made of."""
        todo, written = sorted(model.unwritten), 0
        while True:
            block, todo = todo[:_BLOCK], todo[_BLOCK:]
            with transaction(self._engine) as conn:
                self._lease.renew(conn)
                if self._progress(conn).epochs != self._epochs:
                    raise _Moved
                counts = self._write_block(conn, model, block)
                if not todo:
                    for view, keys in self._sources():
                        keys.clear(conn, taken.get(view.name, ()))
                    state.complete(conn, self._following, self._epochs, model.dates or Dates(0, 0))
            for name, count in counts.items():
                self._metrics.rows_changed.labels(name).inc(count)
                written += count
            for one in block:
                del model.unwritten[one]
            if not todo:
                return written

    def _write_block(self, conn: Connection, model: Modelling, block: Sequence[Any]) -> dict[str, int]:
        counts = {}
        for output in self._following.outputs:
            given = {key: model.unwritten[name, key] for name, key in block if name == output.name}
            counts[output.name] = write_changed(conn, output, given)
        return counts

    def _progress(self, conn: Connection) -> Progress:
        """Raises `Fault` where another version of the follower is at work."""
        progress = state.read(conn, self._following)
        if progress.built != self._build:
            raise Fault(
                f"another version of the follower {self._following.name!r} took over the store: stop this worker, or "
                "the workers of that version"
            )
        return progress

    def _sources(self) -> list[tuple[Any, KeySet]]:
        return [(view, self._sets[view.name]) for view in self._following.sources]

    def _measure(self) -> None:
        if time.monotonic() < self._measure_at:
            return
        self._measure_at = time.monotonic() + _MEASURE_S
        with transaction(self._engine, read_only=True) as conn:
            name = self._following.name
            self._metrics.follower_pending.labels(name).set(self.pending(conn, _COUNTED))
            oldest = [keys.oldest(conn, _COUNTED) for keys in self._sets.values()]
        since = min((at for at in oldest if at is not None), default=None)
        age = 0.0 if since is None else max(0.0, time.time() - since / 1000)
        self._metrics.follower_oldest.labels(name).set(age)


def _put(model: Modelling, taken: Mapping[str, Sequence[Any]]) -> None:
    for source, keys in taken.items():
        for key, row_id, _, *row in keys:
            if row[0] is None:
                model.gone(source, (key, row_id))
            else:
                model.put(source, row)


def _in_force(progress: Progress) -> Dates:
    if progress.dates is None:
        raise _Moved  # nobody has settled them: begin when somebody has
    return progress.dates


def _check_forward(before: Dates | None, now: Dates) -> None:
    if before is not None and (now.observed_on < before.observed_on or now.complete_through < before.complete_through):
        raise _Moved
