"""The agency side: a registry's changes, checked and sent. What an agency's own program imports.

Compiled where a C compiler is.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from math import inf
from types import TracebackType
from typing import Any, Final, NamedTuple, Self, final

from confluent_kafka import KafkaError

from saingan.errors import Fault, Transient
from saingan.local import keys, reach
from saingan.publish.batch import Lane
from saingan.publish.message import Composer
from saingan.publish.sender import DELIVERY_S, Outcome, Sender
from saingan.settings import Settings
from saingan.standard.issues import Issue
from saingan.standard.registry import Registry
from saingan.topics import TOPICS

_MOST: Final = 128  # batches under way, each of at most 256 KiB
_PATIENCE_S: Final = 1.0
_POLL_S: Final = 0.01  # between deliveries asked for: to ask costs a tenth of a record
_LATER: Final = {KafkaError(code).name() for code in (KafkaError._MSG_TIMED_OUT, KafkaError.LEADER_NOT_AVAILABLE)}
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


@final
class _Stream:
    """One topic: what makes its messages, and a lane for each partition."""

    def __init__(self, composer: Composer, lanes: list[Lane]) -> None:
        self.composer = composer
        self.lanes = lanes


class Publisher:
    """Sends records of any registry topic. A context manager: at its end all is delivered, or an error is raised.

    Not for use by several threads at once.

        with Publisher(Settings()) as publisher:
            publisher.publish("ovec.graduation.v1", record, citizen_id="1-0000-12345-67-7")

    Args:
        on_delivery: called with each delivery, from within `publish` and `flush`.

    Attributes:
        messages: how many were queued; a record that moves to another person takes two.
        undelivered: how many of these were given up, by the reason's name.

    Raises:
        Fault: no broker answers within seconds, or its exchange has another pseudonym key.
    """

    _sender: Sender | None = None  # also where `__init__` ended early

    def __init__(self, settings: Settings, on_delivery: Callable[[Delivery], None] | None = None) -> None:
        self._settings = settings
        self._on_delivery = on_delivery
        self._held = reach.broker(settings).list_topics(timeout=reach.TIMEOUT_S).topics
        self._secret = settings.pseudonym_secret()
        if self._secret is not None:
            keys.check_pseudonym_key(self._secret, keys.published_check(settings))
        self._streams: dict[str, _Stream] = {}
        self._polled = 0.0
        self.messages = 0
        self.undelivered: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()

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
        stream = self._stream(topic_name)
        composed = stream.composer.compose(record, _day(now), citizen_id, previous_citizen_id)
        self._raise_lost()
        self.messages += len(composed.messages)
        for message in composed.messages:
            lane = stream.lanes[message.partition]
            if lane.add(message):
                self._begun(lane)
        if not self._polled <= now < self._polled + _POLL_S:
            self._polled = now
            self._hear(0.0)
        return composed.warnings

    def composer(self, topic_name: str) -> Composer:
        """What makes a topic's messages; asked for early, it shows before the first record what is missing."""
        return self._stream(topic_name).composer

    def flush(self) -> None:
        """Wait until all that was queued is delivered or given up.

        Raises:
            Transient: some was not delivered in time. Sending all of it again is safe and doubles nothing.
            Fault: the broker refused some.
        """
        self._settle()
        self._raise_lost()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        try:
            if kind is None:
                self.flush()
            else:
                with suppress(Fault):  # the error under way is the one to be told
                    self._settle(reach.TIMEOUT_S)
        finally:
            self._close()

    def __del__(self) -> None:
        if self._sender is not None:
            self._sender.stop()

    def _stream(self, topic_name: str) -> _Stream:
        found = self._streams.get(topic_name)
        return found or self._streams.setdefault(topic_name, self._new_stream(topic_name))

    def _new_stream(self, topic_name: str) -> _Stream:
        topic = TOPICS.get(topic_name)
        if topic is None or not topic.registry:
            raise Fault(f"{topic_name} is not a topic that agencies publish to")
        wire = self._settings.wire(topic_name)
        partitions = len(self._held[wire].partitions) if wire in self._held else 0
        if not partitions:
            raise Fault(f"the broker has no topic {wire}, or hides it from this user; `saingan up` creates the topics")
        with Registry(self._settings) as registry:
            schema_id = registry.schema_id(topic_name)
        with_keys = self._on_delivery is not None
        return _Stream(
            Composer(topic_name, schema_id, partitions, self._secret),
            [Lane(wire, partition, with_keys) for partition in range(partitions)],
        )

    def _begun(self, lane: Lane) -> None:
        if self._sender is None:
            self._sender = Sender(self._settings)
        self._sender.begun(lane)
        while self._sender.under_way >= _MOST:
            self._hear(_PATIENCE_S)

    def _settle(self, patience_s: float = inf) -> None:
        """Hear of all that is under way."""
        until = time.monotonic() + patience_s
        while self._sender is not None and self._sender.under_way and (left := until - time.monotonic()) > 0:
            self._hear(min(left, _PATIENCE_S))

    def _hear(self, patience_s: float) -> None:
        while self._sender is not None and (outcome := self._sender.hear(patience_s)) is not None:
            patience_s = 0.0
            if outcome.code:
                name = KafkaError(outcome.code).name()
                self.undelivered[name] += outcome.batch.count
                self._lost[name] += outcome.batch.count
            if self._on_delivery is not None:
                for delivery in self._deliveries(outcome):
                    self._on_delivery(delivery)

    def _deliveries(self, outcome: Outcome) -> Iterator[Delivery]:
        lane, first = outcome.lane, outcome.offset
        topic = self._settings.logical(lane.topic)
        error = KafkaError(outcome.code).str() if outcome.code else None
        for number, key in enumerate(outcome.batch.keys or ()):
            change = key.decode()
            if TOPICS[topic].person_level:
                change = change.partition("/")[2]
            record_id, _, version = change.rpartition("/")
            offset = -1 if first < 0 else first + number
            yield Delivery(topic, record_id, int(version), lane.partition, offset, error)

    def _close(self) -> None:
        if self._sender is not None:
            self._sender.stop()
            self._sender.join()
            self._sender = None

    def _raise_lost(self) -> None:
        if not self._lost:
            return
        self._settle()
        self._close()  # it gives up what would lie behind
        lost, self._lost = self._lost, Counter()
        reasons = ", ".join(f"{count:,} {name}" for name, count in lost.items())
        if lost.keys() <= _LATER:
            raise Transient(f"not delivered within {DELIVERY_S} s: {reasons}; send all again, nothing is doubled")
        raise Fault(f"the broker did not take: {reasons}; mend it and send all again, nothing is doubled")


def today() -> date:
    """The day in Bangkok; the clock alone is asked, because every record is checked against it."""
    return _day(time.time())


def _day(now: float) -> date:
    return date.fromordinal(_EPOCH + int(now + _BANGKOK_S) // _DAY_S)
