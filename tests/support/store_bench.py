"""A bench for the engine without a broker: the registry as far as an intake asks it, batches, and one store."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from joserfc.jwk import ECKey
from sqlalchemy import Engine, delete, event, select

from saingan.engine.apply import ViewLoop
from saingan.engine.core.batch import Batch, Slice
from saingan.engine.core.state import StateCodec
from saingan.engine.intake.sealing import Sealer
from saingan.engine.store import ledger, observation
from saingan.engine.store.opening import create_tables, open_engine, transaction
from saingan.engine.tables import LINEAGE, dead_letter, metadata, schema_version, view_build
from saingan.engine.tables import observation as observed
from saingan.engine.view import View
from saingan.errors import Transient
from saingan.metrics import Metrics
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from saingan.standard import codec, schemas
from saingan.standard.identity import partition
from saingan.topics import TOPICS, Topic
from support.make import Record

OBSERVED_ON, COMPLETE_THROUGH = date(2027, 6, 1), date(2027, 4, 17)
OPERATOR = Sealer(ECKey.generate_key("P-256"))  # opens what it sealed

Change = tuple[Topic, Record]


class Raw(NamedTuple):
    """A record as a consumer hands it over."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes]]


class Sent(NamedTuple):
    """What lies in a topic, its place aside."""

    topic: Topic
    partition: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


class Registry:
    """Serves our schemas, and what else a test registers; counts how often it is asked, and can be down."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self.down = False
        self.asked = 0
        self._by_topic = {topic.name: {number: schemas.schema(topic.name)} for number, topic in enumerate(topics, 1)}

    def register(self, topic: Topic, schema: dict[str, Any], schema_id: int | None = None) -> int:
        """Give a further schema of a topic its id: the next one, where none is given."""
        given = 100 + sum(map(len, self._by_topic.values())) if schema_id is None else schema_id
        self._by_topic[topic.name][given] = schema
        return given

    def schema_id(self, topic_name: str) -> int:
        return next(iter(self._by_topic[topic_name]))

    def writer_schemas(self, topic_name: str) -> dict[int, Any]:
        self.asked += 1
        if self.down:
            raise Transient("the schema registry does not answer")
        return dict(self._by_topic[topic_name])


@cache
def _parsed(topic_name: str) -> Any:
    return codec.parse(schemas.schema(topic_name))


class Feed:
    """Makes batches as a consumer does: the offsets of each partition go on from batch to batch."""

    def __init__(self, registry: Registry, positions: ledger.Positions | None = None) -> None:
        self._registry = registry
        self._next = defaultdict(int, {(TOPICS[name], part): at for (name, part), at in (positions or {}).items()})

    def sent(self, topic: Topic, record: Record, **other: Any) -> Sent:
        """One change on the wire; ``other`` replaces what the standard says of key, value and partition."""
        datum = codec.encode(_parsed(topic.name), record)
        person = [record["person_key"]] if topic.person_level else []
        right = {
            "partition": partition(record[topic.key or ""], topic.partitions),
            "key": "/".join([*person, record["record_id"], str(record["record_version"])]).encode(),
            "value": codec.frame(self._registry.schema_id(topic.name), datum),
        }
        return Sent(topic, **{**right, **other})

    def batch(self, came: Iterable[Change | Sent]) -> Batch:
        parts: dict[tuple[Topic, int], list[Sent]] = defaultdict(list)
        for one in came:
            sent = one if isinstance(one, Sent) else self.sent(*one)
            parts[sent.topic, sent.partition].append(sent)
        return [self._slice(topic, number, of_part) for (topic, number), of_part in parts.items()]

    def _slice(self, topic: Topic, number: int, came: list[Sent]) -> Slice:
        start = self._next[topic, number]
        end = self._next[topic, number] = start + len(came)
        messages = [
            Raw(offset, 1_750_000_000_000, sent.key, sent.value, list(sent.headers))
            for offset, sent in enumerate(came, start)
        ]
        return Slice(topic, number, start, end, messages)


class Bench:
    """A store, and workers of one view over it.

    Args:
        anew: begin with an empty store, and not with what it holds.
    """

    def __init__(self, url: str, view: View = OUTCOMES, *, limit: float = 1.0, anew: bool = True) -> None:
        self.view = view
        self.limit = limit
        self.engine: Engine = open_engine(url)
        self.registry = Registry(dict.fromkeys([*OUTCOMES.streams, *view.streams]))
        self.metrics = Metrics()
        self.loop = self.worker()
        create_tables(self.engine, view)
        if anew:
            self.clear()
        else:
            self.feed = Feed(self.registry, self.positions())

    def worker(self, view: View | None = None) -> ViewLoop:
        """Another worker over the same store."""
        return ViewLoop(view or self.view, self.engine, self.registry, OPERATOR, self.metrics, self.limit)

    def close(self) -> None:
        self.engine.dispose()

    def clear(self) -> None:
        """An empty store, as a rebuild begins with; far cheaper than another database."""
        with transaction(self.engine) as conn:
            for table in metadata.sorted_tables:
                if table not in (schema_version, view_build, observed):
                    conn.execute(delete(table))
        self.feed = Feed(self.registry)
        self.look_from()

    def positions(self) -> ledger.Positions:
        with transaction(self.engine, read_only=True) as conn:
            return ledger.positions(conn, self.view.name)

    def look_from(self, observed_on: date = OBSERVED_ON, complete_through: date = COMPLETE_THROUGH) -> None:
        """Pin the two dates, as the start of a worker does."""
        settings = Settings(observed_on=observed_on, complete_through=complete_through)
        with transaction(self.engine) as conn:
            observation.settle(conn, settings, observed_on)
            observation.follow(conn, self.view)

    @contextmanager
    def interrupted(self, steps: int) -> Iterator[None]:
        """Let SQLite break off what it does, once, after so many tens of its own instructions."""
        left = [steps]

        def tick() -> bool:
            left[0] -= 1
            return left[0] == 0

        def watch(raw: Any, *_: Any) -> None:
            raw.set_progress_handler(tick, 10)

        def leave(raw: Any, *_: Any) -> None:
            raw.set_progress_handler(None, 0)

        event.listen(self.engine, "checkout", watch)
        event.listen(self.engine, "checkin", leave)
        try:
            yield
        finally:
            event.remove(self.engine, "checkout", watch)
            event.remove(self.engine, "checkin", leave)

    def sweep(self) -> None:
        while self.loop.sweep():
            pass

    def apply(self, *came: Change | Sent, by: ViewLoop | None = None) -> int:
        """Take changes in as one batch; how many rows changed."""
        return self.apply_batch(self.feed.batch(came), by)

    def apply_batch(self, batch: Batch, by: ViewLoop | None = None) -> int:
        self.open(batch)
        worker = by or self.loop
        return worker.apply(batch, worker.take(batch))

    def open(self, batch: Batch) -> None:
        """Enter the partitions of a batch into the ledger, from their first offset on."""
        with transaction(self.engine) as conn:
            for part in batch:
                ledger.open_partition(conn, self.view.name, part.topic, part.partition, "id", range(2**40))

    def read(self, statement: Any) -> list[Any]:
        with closing(self.engine.connect().execution_options(read_only=True)) as conn:
            return list(conn.execute(statement).all())

    def rows(self) -> list[tuple[Any, ...]]:
        """The view's table without lineage, in key order, dates as days."""
        key = list(self.view.table.primary_key)
        return [tuple(map(_plain, row))[: -len(LINEAGE)] for row in self.read(select(self.view.table).order_by(*key))]

    def lineage(self) -> list[tuple[str, int, int]]:
        """Topic, partition and offset of each row, in key order."""
        key = list(self.view.table.primary_key)
        return [tuple(row)[-len(LINEAGE) : -1] for row in self.read(select(self.view.table).order_by(*key))]

    def states(self) -> dict[str, bytes]:
        """The kept states as bytes, their lineage aside."""
        history = self.view.history.c
        return {key: self._bare(state) for key, state in self.read(select(history.key, history.state))}

    def _bare(self, state: bytes) -> bytes:
        codec = StateCodec(list(self.view.streams.values()))
        loaded = codec.load(state)
        loaded.lineage = (0, 0, 0)
        return codec.dump(loaded)

    def outbox(self) -> set[tuple[str, str]]:
        return {(key, row_id) for key, row_id, _ in self.read(select(self.view.outbox))}

    def forget_outbox(self) -> None:
        """As a relay does that has sent all."""
        with transaction(self.engine) as conn:
            conn.execute(delete(self.view.outbox))

    def letters(self) -> list[Any]:
        return self.read(select(dead_letter).order_by(dead_letter.c.topic, dead_letter.c.offset))

    def everything(self) -> dict[str, list[Any]]:
        """All that the store holds, by table."""
        return {table.name: sorted(map(tuple, self.read(select(table))), key=repr) for table in metadata.sorted_tables}

    def counted(self, metric: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(metric, labels) or 0.0


def _plain(value: Any) -> Any:
    return observation.days(value) if isinstance(value, date) else value
