"""The relay: from the outbox to the topics.

The outbox is a set of keys (`engine.keys`). The relay produces each key's current row and clears the key unless the row
changed meanwhile: so the compacted topic ends at the table's state, a row that changed ten times is sent once, and
nothing committed stays unsent. One relay at a time works for a view: a lease keeps the others from trying, and the
producer's transactional id makes a zombie's sends fail.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import structlog
from confluent_kafka import KafkaException, Producer
from sqlalchemy import Connection, Engine, func, select

from saingan.engine.intake.sealing import letter_message
from saingan.engine.keys import KeySet
from saingan.engine.result import Result
from saingan.engine.rounds import Rounds
from saingan.engine.store.bulk import bulk
from saingan.engine.store.columns import Conversion
from saingan.engine.store.lease import Lease
from saingan.engine.store.opening import transaction
from saingan.engine.tables import dead_letter
from saingan.errors import Transient
from saingan.exchange import kafka
from saingan.exchange.registry import Registry
from saingan.metrics import Metrics
from saingan.settings import Settings
from saingan.standard import schemas
from saingan.standard.cloudevents import headers
from saingan.standard.codec import frame
from saingan.standard.encoder import Encoder
from saingan.standard.identity import partition
from saingan.topics import DEAD_LETTER, Topic

_ROWS: Final = 10_000  # keys a round, one Kafka transaction
_LETTERS: Final = 500
_TIMEOUT_S: Final = 20.0

log = structlog.get_logger(__name__)


class Relay(Rounds):
    """Sends the outbox of one view, or of one output of a follower, and the view's dead letters, until `stop`."""

    full = _ROWS
    passing = (Transient, KafkaException)

    def __init__(
        self,
        view: Result,
        settings: Settings,
        engine: Engine,
        registry: Registry,
        metrics: Metrics,
        fail: Callable[[BaseException], None],
    ) -> None:
        super().__init__(f"relay-{view.name}", engine, fail)
        self._view = view
        self._settings = settings
        self._registry = registry
        self._metrics = metrics
        self._lease = Lease(engine, view.name)
        self._outbox = KeySet(view.outbox, view.table)
        self._producer: Producer | None = None
        self._encode: Any = None
        self._columns = [column.name for column in view.table.columns]
        self._sent = Conversion(view.table, lambda kind: kind.on_topic)
        self._changed_at = self._columns.index("changed_at")

    @property
    def leads(self) -> bool:
        """Whether this relay, and no other one, works for the view now."""
        return self._lease.held

    def failed(self, error: Exception) -> None:
        self._producer = None
        self._lease.doubt()
        self._metrics.retries.labels("relay").inc()
        log.warning("relay waits", view=self._view.name, error=str(error))

    def let_go(self) -> None:
        self._lease.let_go()

    def round(self) -> int:
        """Send what there is, up to a bound; how many messages. None where another relay holds the lease.

        Raises:
            Transient: the database or the registry does not answer.
            KafkaException: the broker does not, or another relay has taken over.
        """
        if not self._lease.hold():
            self._producer = None
            return 0
        producer = self._producer = self._producer or self._fenced_producer()
        with self._metrics.phase_seconds.labels(self._view.name, "produce").time():
            return self._send_rows(producer) + self._send_letters(producer)

    def pending(self, conn: Connection, most: int | None = None) -> int:
        """Rows and dead letters that wait to be sent; of either no more than ``most`` are counted."""
        letters = select(dead_letter.c.offset).where(dead_letter.c.view == self._view.name).limit(most).subquery()
        counted = conn.execute(select(func.count()).select_from(letters)).scalar_one()
        return self._outbox.count(conn, most) + int(counted)

    def _send_rows(self, producer: Producer) -> int:
        topic = self._view.topic
        if topic is None:
            return 0
        with transaction(self._engine, read_only=True) as conn:
            waiting = self._outbox.take(conn, _ROWS)
        if not waiting:
            return 0
        self._produce(producer, topic, (self._message(topic, *row) for row in waiting))
        with transaction(self._engine) as conn:
            self._outbox.clear(conn, waiting)
        return len(waiting)

    def _send_letters(self, producer: Producer) -> int:
        mine = select(dead_letter).where(dead_letter.c.view == self._view.name).limit(_LETTERS)
        with transaction(self._engine, read_only=True) as conn:
            waiting = conn.execute(mine).mappings().all()
        if not waiting:
            return 0
        self._produce(producer, DEAD_LETTER, (letter_message(row) for row in waiting))
        with transaction(self._engine) as conn:
            bulk(conn).clear(dead_letter, [(row.view, row.topic, row.partition, row.offset) for row in waiting])
        return len(waiting)

    def _produce(self, producer: Producer, topic: Topic, messages: Iterable[dict[str, Any]]) -> None:
        wire = self._settings.wire(topic.name)
        producer.begin_transaction()
        for message in messages:
            producer.produce(wire, **message)
        producer.commit_transaction(_TIMEOUT_S)

    def _message(self, topic: Topic, key: str, row_id: str, revision: int, *row: Any) -> dict[str, Any]:
        message = {"key": self._view.message_key((key, row_id)), "partition": partition(key, topic.partitions)}
        if row[0] is None:
            return {**message, "value": None}
        values = list(self._sent.row(row))
        at_ms = values[self._changed_at]
        event = headers(topic, source="exchange", subject=row_id, event_id=str(revision), at_ms=at_ms)
        return {**message, "value": self._encoder(topic)(values), "headers": event}

    def _encoder(self, topic: Topic) -> Any:
        if self._encode is None:
            encode = Encoder(schemas.schema(topic.name), self._columns).encode
            framed = frame(self._registry.schema_id(topic.name), b"")
            self._encode = lambda values: framed + encode(values)
        return self._encode

    def _fenced_producer(self) -> Producer:
        producer = kafka.producer(
            self._settings,
            {
                "transactional.id": self._settings.wire(f"saingan.{self._view.name}.relay"),
                "compression.type": "lz4",
                "linger.ms": 5,
                "delivery.report.only.error": True,  # the commit tells of the others
            },
        )
        producer.init_transactions(_TIMEOUT_S)
        return producer
