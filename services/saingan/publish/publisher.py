"""The agency side: a registry's changes, checked and sent. What an agency's own program imports."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from threading import RLock
from types import TracebackType
from typing import Any, Final, NoReturn, Self

from saingan.errors import Fault
from saingan.exchange import kafka, keys, reach
from saingan.exchange.registry import Registry
from saingan.publish.delivery import Delivery, Queue, reports
from saingan.publish.message import Composer
from saingan.settings import Settings
from saingan.standard.issues import Issue
from saingan.topics import TOPICS

_POLL_S: Final = 0.01  # between deliveries asked for: to ask costs a tenth of a record
_BANGKOK_S: Final = 7 * 3600
_DAY_S: Final = 86_400
_EPOCH: Final = date(1970, 1, 1).toordinal()


class Publisher:
    """Sends records of any registry topic. A context manager: at its end all is delivered, or an error is raised.

    Several threads may share it. A fork makes its own.

        with Publisher(Settings()) as publisher:
            publisher.publish("ovec.graduation.v1", record, citizen_id="1-0000-12345-67-7")

    Without `with` or `flush`, what is queued is delivered when the program ends or forgets the publisher. Where that
    fails, a sentence stands on standard error and the exit status is 1.

    Args:
        on_delivery: called with each delivery, from within `publish` and `flush`, by one thread at a time. It cannot
            publish or flush itself.

    Attributes:
        messages: how many were queued; a record that moves to another person takes two.
        undelivered: how many of these were given up, by the reason's name.

    Raises:
        Fault: no broker answers within seconds, or its exchange has another pseudonym key.
    """

    def __init__(self, settings: Settings, on_delivery: Callable[[Delivery], None] | None = None) -> None:
        self._settings = settings
        self._topics = reach.broker(settings).list_topics(timeout=kafka.TIMEOUT_S).topics
        self._secret = settings.pseudonym_secret()
        if self._secret is not None:
            keys.check_pseudonym_key(self._secret, keys.published_check(settings))
        self._composers: dict[str, Composer] = {}
        self._polled = 0.0
        self._lock = RLock()
        self._reports = reports(settings, on_delivery)
        self._queue = Queue(settings, self._reports)
        self.messages = 0

    @property
    def undelivered(self) -> Counter[str]:
        return self._reports.undelivered

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
            record: the fields of the topic's schema but ``person_key``, which the citizen ID gives; `records` has a
                type for each topic.
            previous_citizen_id: the wrong one, where it was corrected: the record is withdrawn from that person.

        Raises:
            Refused: with everything that is wrong with the record; nothing of it is sent.
            Transient, Fault: records that were queued before could not be delivered, or the topic is not there.
        """
        self._queue.check_process()
        with self._lock:
            now = time.time()
            composed = self.composer(topic_name).compose(record, _day(now), citizen_id, previous_citizen_id)
            wire = self._settings.wire(topic_name)
            for message in composed.messages:
                self._queue.put(wire, message.key, message.value, message.headers, message.partition)
                self.messages += 1
            if not self._polled <= now < self._polled + _POLL_S:
                self._polled = now
                self._queue.producer.poll(0)
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
        self._queue.check_process()
        with self._lock:
            self._queue.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is None:
            self.flush()
            return
        with suppress(Exception):  # the error under way is the one to report
            self._queue.check_process()
            self._queue.producer.flush(kafka.TIMEOUT_S)

    def __reduce__(self) -> NoReturn:
        raise Fault("a Publisher cannot go to another process: make one there, from its Settings")

    def _new_composer(self, topic_name: str) -> Composer:
        topic = TOPICS.get(topic_name)
        if topic is None or not topic.registry:
            raise Fault(f"{topic_name} is not a topic that agencies publish to")
        wire = self._settings.wire(topic_name)
        partitions = len(self._topics[wire].partitions) if wire in self._topics else 0
        if not partitions:
            raise Fault(f"the broker has no topic {wire}, or hides it from this user; `saingan up` creates the topics")
        with Registry(self._settings) as registry:
            schema_id = registry.schema_id(topic_name)
        return Composer(topic_name, schema_id, partitions, self._secret)


def today() -> date:
    """The day in Bangkok; the clock alone is asked, because every record is checked against it."""
    return _day(time.time())


def _day(now: float) -> date:
    return date.fromordinal(_EPOCH + int(now + _BANGKOK_S) // _DAY_S)
