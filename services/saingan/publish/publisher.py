"""The agency side: a registry's changes, checked and sent. What an agency's own program imports.

Compiled where a C compiler is.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as Delivered

from saingan.errors import Fault, Transient
from saingan.local import keys, reach
from saingan.publish.message import Composer, Message
from saingan.settings import Settings
from saingan.standard.issues import Issue
from saingan.standard.registry import Registry
from saingan.topics import REGISTRY, TOPICS

_BOUND: Final = int(REGISTRY["max.message.bytes"])
_DELIVERY_S: Final = 120
_POLL_S: Final = 0.01  # between deliveries asked for: to ask costs a tenth of a record
_BANGKOK_S: Final = 7 * 3600
_DAY_S: Final = 86_400
_EPOCH: Final = date(1970, 1, 1).toordinal()


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


class Publisher:
    """Sends records of any registry topic. A context manager: at its end all is delivered, or an error is raised.

    Not for use by several threads at once.

        with Publisher(Settings()) as publisher:
            publisher.publish("ovec.graduation.v1", record, citizen_id="1-2345-67890-12-1")

    Args:
        on_delivery: called with each delivery, from within `publish` and `flush`.

    Attributes:
        undelivered: how many messages were given up, by the reason's name.

    Raises:
        Fault: no broker answers within seconds, or its exchange has another pseudonym key.
    """

    def __init__(self, settings: Settings, on_delivery: Callable[[Delivery], None] | None = None) -> None:
        self._settings = settings
        self._on_delivery = on_delivery
        topics = reach.broker(settings).list_topics(timeout=reach.TIMEOUT_S).topics
        self._wires = {name: settings.wire(name) for name in TOPICS}
        self._partitions = {name: len(topics[wire].partitions) for name, wire in self._wires.items() if wire in topics}
        self._secret = settings.pseudonym_secret()
        if self._secret is not None:
            keys.check_pseudonym_key(self._secret, keys.published_check(settings))
        self._composers: dict[str, Composer] = {}
        self._polled = 0.0
        self.undelivered: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()
        self._producer = Producer(
            {
                **reach.configuration(settings),
                "enable.idempotence": True,
                "compression.type": "lz4",
                "linger.ms": 20,
                "batch.size": _BOUND - 1024,  # the broker bounds batches, too, and librdkafka cannot split one
                "message.max.bytes": _BOUND,
                "delivery.timeout.ms": _DELIVERY_S * 1000,
                "partitioner": "murmur2_random",
                "on_delivery": self._delivered,
                "delivery.report.only.error": on_delivery is None,
            }
        )

    def publish(
        self,
        topic_name: str,
        record: Mapping[str, Any],
        *,
        citizen_id: str | None = None,
        previous_citizen_id: str | None = None,
    ) -> tuple[Issue, ...]:
        """Check a record and queue it; the warnings about it.

        Args:
            record: the fields of the topic's schema but ``person_key``, which the citizen ID gives.
            previous_citizen_id: the wrong one, where it was corrected: the record is withdrawn from that person.

        Raises:
            Refused: with everything that is wrong with the record; nothing of it is sent.
            Transient, Fault: records that were queued before could not be delivered, or the topic is not there.
        """
        now = time.time()
        composed = self.composer(topic_name).compose(record, _day(now), citizen_id, previous_citizen_id)
        wire = self._wires[topic_name]
        for message in composed.messages:
            self._send(wire, message)
        if not self._polled <= now < self._polled + _POLL_S:
            self._polled = now
            self._producer.poll(0)
        return composed.warnings

    def composer(self, topic_name: str) -> Composer:
        """What makes a topic's messages; asked for early, it shows before the first record what is missing."""
        found = self._composers.get(topic_name)
        return found or self._composers.setdefault(topic_name, self._new_composer(topic_name))

    def flush(self) -> None:
        """Wait until all that was queued is delivered or given up.

        Raises:
            Transient: some was not delivered in time. Sending all of it again is safe and doubles nothing.
            Fault: the broker refused some.
        """
        while self._producer.flush(1):  # short, so that Ctrl-C is heard
            pass
        self._raise_lost()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is None:
            self.flush()
        else:
            self._producer.flush(reach.TIMEOUT_S)

    def _new_composer(self, topic_name: str) -> Composer:
        topic = TOPICS.get(topic_name)
        if topic is None or not topic.registry:
            raise Fault(f"{topic_name} is not a topic that agencies publish to")
        wire = self._wires[topic_name]
        partitions = self._partitions.get(topic_name, 0)
        if not partitions:
            raise Fault(f"the broker has no topic {wire}, or hides it from this user; `saingan up` creates the topics")
        with Registry(self._settings) as registry:
            schema_id = registry.schema_id(topic_name)
        return Composer(topic_name, schema_id, partitions, self._secret)

    def _send(self, wire: str, message: Message) -> None:
        while True:
            self._raise_lost()
            try:
                # By position, as names cost: no callback of the message's own, no time but that of sending.
                self._producer.produce(
                    wire, message.value, message.key, message.partition, None, None, 0, message.headers
                )
            except BufferError:
                self._producer.poll(0.05)  # the queue is full: wait until some is delivered or given up
            except KafkaException as error:
                raise Fault(f"the Kafka client refused to send: {error.args[0].str()}") from None
            else:
                return

    def _delivered(self, error: KafkaError | None, message: Delivered) -> None:
        if error is not None:
            self.undelivered[error.name()] += 1
            self._lost[error.name()] += 1
        if self._on_delivery is not None:
            self._on_delivery(self._delivery(error, message))

    def _delivery(self, error: KafkaError | None, message: Delivered) -> Delivery:
        topic = self._settings.logical(message.topic() or "")
        key = (message.key() or b"").decode()
        if TOPICS[topic].person_level:
            key = key.partition("/")[2]
        record_id, _, version = key.rpartition("/")
        partition, offset = message.partition(), message.offset()
        return Delivery(
            topic,
            record_id,
            int(version),
            -1 if partition is None else partition,
            -1 if offset is None else offset,
            error.str() if error else None,
        )

    def _raise_lost(self) -> None:
        if not self._lost:
            return
        lost, self._lost = self._lost, Counter()
        reasons = ", ".join(f"{count:,} {name}" for name, count in lost.items())
        if set(lost) <= {"_MSG_TIMED_OUT", "_TIMED_OUT"}:
            raise Transient(f"not delivered within {_DELIVERY_S} s: {reasons}; send all again, nothing is doubled")
        raise Fault(f"the broker did not take: {reasons}; mend it and send all again, nothing is doubled")


def today() -> date:
    """The day in Bangkok; the clock alone is asked, because every record is checked against it."""
    return _day(time.time())


def _day(now: float) -> date:
    return date.fromordinal(_EPOCH + int(now + _BANGKOK_S) // _DAY_S)
