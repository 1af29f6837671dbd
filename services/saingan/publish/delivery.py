"""Messages on their way to the broker: librdkafka's queue, its settings, and what became of each message."""

import os
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as Delivered

from saingan.errors import Fault, Transient
from saingan.exchange import reach
from saingan.publish import at_exit
from saingan.publish.message import Message
from saingan.settings import Settings
from saingan.topics import MESSAGE_BOUND, TOPICS

DELIVERY_S: Final = 120
QUEUED: Final = 100_000  # messages; then `put` waits
GONE_S: Final = 30  # a topic that the broker does not know for so long is gone
_LATER: Final = {"_MSG_TIMED_OUT", "_TIMED_OUT", "LEADER_NOT_AVAILABLE"}
_PATIENCE_S: Final = 0.5  # Ctrl-C is heard between two waits


class Delivery(NamedTuple):
    """What became of one message.

    Attributes:
        error: None where the broker has it; else the broker's or the client's word for what went wrong.
    """

    topic: str
    record_id: str
    record_version: int
    partition: int
    offset: int
    error: str | None


class Reports:
    """What the broker says of each message; librdkafka calls it from within `poll` and `flush`.

    Attributes:
        undelivered: how many messages were given up, by the reason's name.
    """

    def __init__(self, settings: Settings, on_delivery: Callable[[Delivery], None] | None) -> None:
        self._settings = settings
        self.on_delivery = on_delivery
        self.undelivered: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()

    def __call__(self, error: KafkaError | None, message: Delivered) -> None:
        if error is not None:
            self.undelivered[error.name()] += 1
            self._lost[error.name()] += 1
        if self.on_delivery is not None:
            self.on_delivery(self._delivery(error, message))

    def raise_lost(self) -> None:
        """Raise `Transient` or `Fault` where messages were given up since the last call."""
        if not self._lost:
            return
        lost, self._lost = self._lost, Counter()
        reasons = ", ".join(f"{count:,} {name}" for name, count in lost.items())
        if lost.keys() <= _LATER:
            raise Transient(f"not delivered within {DELIVERY_S} s: {reasons}; send all again, nothing is doubled")
        raise Fault(f"the broker did not take: {reasons}; fix it and send all again, nothing is doubled")

    def _delivery(self, error: KafkaError | None, message: Delivered) -> Delivery:
        topic = self._settings.logical(message.topic() or "")
        change = (message.key() or b"").decode()
        if TOPICS[topic].person_level:
            change = change.partition("/")[2]
        record_id, _, version = change.rpartition("/")
        partition, offset = message.partition(), message.offset()
        return Delivery(
            topic,
            record_id,
            int(version),
            -1 if partition is None else partition,
            -1 if offset is None or offset < 0 else offset,
            error.str() if error else None,
        )


class Queue:
    """What one process has queued for the broker; not for several threads at once.

    Without `flush` it is delivered when the queue is forgotten or the program ends; see `at_exit`.
    """

    def __init__(self, settings: Settings, reports: Reports) -> None:
        self._process = os.getpid()
        self._reports = reports
        self.producer = Producer(_configuration(settings, reports))
        at_exit.watch(self, self.producer, reports)

    def check_process(self) -> None:
        """Raise `Fault` in a fork: it has the queue's memory, and none of the threads that send."""
        if self._process != os.getpid():
            raise Fault("the publisher is that of another process: a fork makes its own")

    def put(self, wire: str, message: Message) -> None:
        """Queue a message, when there is room. Raises `Transient` or `Fault` where others were given up."""
        while True:
            self._reports.raise_lost()
            try:
                # By position, as names cost: no callback of the message's own, no time but that of sending.
                self.producer.produce(
                    wire, message.value, message.key, message.partition, None, None, 0, message.headers
                )
            except BufferError:
                self.producer.poll(_PATIENCE_S)
            except KafkaException as error:
                raise Fault(f"the Kafka client refused to send: {error.args[0].str()}") from None
            else:
                return

    def flush(self) -> None:
        """Wait until each message is delivered or given up. Raises `Transient` or `Fault` where some were given up."""
        while self.producer.flush(_PATIENCE_S):
            pass
        self._reports.raise_lost()


def _configuration(settings: Settings, reports: Reports) -> dict[str, Any]:
    return {
        **reach.configuration(settings),
        "enable.idempotence": True,
        "compression.type": "lz4",
        "linger.ms": 20,
        # A topic that `up` has not altered yet takes no larger batch, and librdkafka cannot split one.
        "batch.size": MESSAGE_BOUND - 1024,
        "message.max.bytes": 2 * MESSAGE_BOUND,  # one message, its key and its headers
        "queue.buffering.max.messages": QUEUED,
        "queue.buffering.max.kbytes": 65_536,
        "delivery.timeout.ms": DELIVERY_S * 1000,
        "topic.metadata.propagation.max.ms": GONE_S * 1000,
        "reconnect.backoff.max.ms": 1000,
        "on_delivery": reports,
        "delivery.report.only.error": reports.on_delivery is None,
    }
