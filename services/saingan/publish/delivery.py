"""What an agency has queued for the broker, with the settings that it wants, and what became of each message."""

import os
from collections.abc import Callable
from typing import Final, NamedTuple

from confluent_kafka import KafkaError, Message

from saingan.errors import Fault
from saingan.exchange import delivery, kafka
from saingan.publish import at_exit
from saingan.settings import Settings
from saingan.topics import MESSAGE_BOUND, TOPICS

DELIVERY_S: Final = 120
QUEUED: Final = 100_000  # messages; then `put` waits
GONE_S: Final = 30  # a topic that the broker does not know for so long is gone


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


def reports(settings: Settings, on_delivery: Callable[[Delivery], None] | None) -> delivery.Reports:
    """What counts the messages that are given up, and calls ``on_delivery`` with each that was queued."""

    def report(error: KafkaError | None, message: Message) -> None:
        if on_delivery is not None:
            on_delivery(_delivery(settings, error, message))

    return delivery.Reports(
        DELIVERY_S, "send all again, nothing is doubled", on_report=None if on_delivery is None else report
    )


class Queue(delivery.Delivery):
    """Without `flush` it is delivered when the queue is forgotten or the program ends; see `at_exit`."""

    def __init__(self, settings: Settings, reports: delivery.Reports) -> None:
        self._process = os.getpid()
        super().__init__(
            settings,
            reports,
            {
                **kafka.SOON,
                "compression.type": "lz4",
                "linger.ms": 20,
                # A topic that `up` has not altered yet takes no larger batch, and librdkafka cannot split one.
                "batch.size": MESSAGE_BOUND - 1024,
                "message.max.bytes": 2 * MESSAGE_BOUND,  # one message, its key and its headers
                "queue.buffering.max.messages": QUEUED,
                "queue.buffering.max.kbytes": 65_536,
                "topic.metadata.propagation.max.ms": GONE_S * 1000,
                "reconnect.backoff.max.ms": 1000,
            },
        )
        at_exit.watch(self, self.producer, reports)

    def check_process(self) -> None:
        """Raise `Fault` in a fork: it has the queue's memory, and none of the threads that send."""
        if self._process != os.getpid():
            raise Fault("the publisher is that of another process: a fork makes its own")


def _delivery(settings: Settings, error: KafkaError | None, message: Message) -> Delivery:
    topic = settings.logical(message.topic() or "")
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
