"""Messages that are known to have arrived: librdkafka's queue, and an error where the broker did not take one."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException, Message

from saingan.errors import Fault, Transient
from saingan.exchange import kafka
from saingan.settings import Settings

PATIENCE_S: Final = 0.5  # Ctrl-C is heard between two waits
_LATER: Final = {"_MSG_TIMED_OUT", "_TIMED_OUT", "LEADER_NOT_AVAILABLE"}
_NO_OPTIONS: Final[Mapping[str, Any]] = {}

OnReport = Callable[[KafkaError | None, Message], object]
Headers = list[Any]  # of pairs of a name and text, bytes or None


class Reports:
    """What the broker says of each message; librdkafka calls it from within `poll` and `flush`.

    Args:
        within_s: after this time a message is given up.
        again: what the reader of an error is to do.

    Attributes:
        undelivered: how many messages were given up, by the reason's name.
    """

    def __init__(self, within_s: float, again: str, on_report: OnReport | None = None) -> None:
        self.within_s = within_s
        self.on_report = on_report
        self.undelivered: Counter[str] = Counter()
        self._again = again
        self._reporting = False
        self._lost: Counter[str] = Counter()

    def __call__(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self.undelivered[error.name()] += 1
            self._lost[error.name()] += 1
        if self.on_report is not None:
            self._reporting = True
            try:
                self.on_report(error, message)
            finally:
                self._reporting = False

    def check_caller(self) -> None:
        """Raise `Fault` within a report: librdkafka would abort the process, or wait for itself for ever."""
        if self._reporting:
            raise Fault("a report of a delivery cannot publish or flush: note what it says, and do that afterwards")

    def raise_lost(self) -> None:
        """Raise `Transient` or `Fault` where messages were given up since the last call."""
        if not self._lost:
            return
        lost, self._lost = self._lost, Counter()
        reasons = ", ".join(f"{count:,} {name}" for name, count in lost.items())
        if lost.keys() <= _LATER:
            raise Transient(f"not delivered within {self.within_s:g} s: {reasons}; {self._again}")
        raise Fault(f"the broker did not take: {reasons}; fix it and {self._again}")


class Delivery:
    """What one process has queued for the broker; not for several threads at once.

    Args:
        options: of librdkafka, besides those of every delivery.
    """

    def __init__(self, settings: Settings, reports: Reports, options: Mapping[str, Any] = _NO_OPTIONS) -> None:
        self._reports = reports
        self.producer = kafka.producer(
            settings,
            {
                "enable.idempotence": True,
                "delivery.timeout.ms": int(reports.within_s * 1000),
                "on_delivery": reports,
                "delivery.report.only.error": reports.on_report is None,
                **options,
            },
        )

    def put(
        self,
        wire: str,
        key: bytes | None,
        value: bytes | None,
        headers: Headers | None = None,
        partition: int = -1,
    ) -> None:
        """Queue a message, when there is room; one without a value is a tombstone.

        Args:
            partition: -1 lets the client choose, by the key.

        Raises:
            Transient, Fault: others were given up.
        """
        self._reports.check_caller()
        while True:
            self._reports.raise_lost()
            try:
                # By position, as names cost: no callback of the message's own, no time but that of sending.
                self.producer.produce(wire, value, key, partition, None, None, 0, headers)
            except BufferError:
                self.producer.poll(PATIENCE_S)
            except KafkaException as error:
                raise Fault(f"the Kafka client refused to send: {error.args[0].str()}") from None
            else:
                return

    def flush(self) -> None:
        """Wait until each message is delivered or given up. Raises `Transient` or `Fault` where some were given up."""
        self._reports.check_caller()
        while self.producer.flush(PATIENCE_S):
            pass
        self._reports.raise_lost()
