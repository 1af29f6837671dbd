"""Sending that is known to have arrived."""

from collections.abc import Callable
from typing import Any, Final

from confluent_kafka import KafkaError, Message, Producer

from saingan.errors import Transient
from saingan.settings import Settings

_FLUSH_S: Final = 60.0
Arrived = Callable[[int, int], object]  # called with the partition and the offset


class Sender:
    """Queues messages; `flush` makes sure of them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._failed: list[str] = []
        self._producer = Producer(
            {"bootstrap.servers": settings.bootstrap, "enable.idempotence": True, "linger.ms": 5, "log_level": 0}
        )

    def send(self, topic: str, message: dict[str, Any], arrived: Arrived = lambda *_: None) -> None:
        """Queue a message, given as a producer takes it; a value of None is a tombstone."""

        def delivered(error: KafkaError | None, sent: Message) -> None:
            if error is not None:
                self._failed.append(error.name())
            else:
                arrived(sent.partition() or 0, sent.offset() or 0)

        while True:
            try:
                self._producer.produce(self._settings.wire(topic), on_delivery=delivered, **message)
            except BufferError:
                self._producer.poll(0.1)
            else:
                self._producer.poll(0)
                return

    def flush(self) -> None:
        """Wait until the broker has all of it.

        Raises:
            Transient: it has not; to send all of it again does no harm.
        """
        if self._producer.flush(_FLUSH_S) or self._failed:
            said = self._failed[0] if self._failed else "no answer"
            raise Transient(f"the broker did not take all of it ({said}); what is begun is completed by erasing again")
