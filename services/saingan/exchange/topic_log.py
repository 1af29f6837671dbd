"""Topics as they lie on the broker: read without a group, from set positions up to set positions."""

import time
from collections.abc import Collection, Iterator, Mapping
from types import TracebackType
from typing import Any, Final, NamedTuple, Self, cast

from confluent_kafka import KafkaError, KafkaException, TopicPartition

from saingan.errors import Fault, Transient
from saingan.exchange import kafka, oversized
from saingan.exchange.kafka import TIMEOUT_S
from saingan.settings import Settings

Positions = dict[int, int]  # partition → offset of the next record
Headers = list[tuple[str, bytes | None]]

SILENCE_S: Final = 60.0  # and may be silent for so long while it is being read
_FETCH: Final = 10_000  # records taken from the client at once


class Message(NamedTuple):
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class Log:
    """The topics of one deployment, committed records only. A context manager.

    Every call raises `Transient` when the broker does not answer, and `Fault` for a topic that does not exist.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._consumer = kafka.consumer(
            settings,
            {
                "group.id": "saingan-verify",  # asked for by the client; nothing joins or commits
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "isolation.level": "read_committed",
                "fetch.wait.max.ms": 20,  # an empty answer is how the client learns of the end
                "fetch.queue.backoff.ms": 10,  # by itself it rests for a second when it has read enough ahead
                # Compaction and transaction markers leave holes, so the last record's offset does not show the end.
                "enable.partition.eof": True,
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._consumer.close()

    def bounds(self, topic: str) -> tuple[Positions, Positions]:
        """Where each partition of a topic begins and ends now."""
        wire = self._settings.wire(topic)
        begins: Positions = {}
        ends: Positions = {}
        try:
            found = self._consumer.list_topics(wire, timeout=TIMEOUT_S).topics[wire]
            if found.error is not None:
                raise Fault(f"topic {wire} is not there ({found.error.name()}); `saingan doctor` says what is missing")
            for partition in found.partitions:
                low_high = self._consumer.get_watermark_offsets(TopicPartition(wire, partition), timeout=TIMEOUT_S)
                if low_high is None:
                    raise Transient(f"the broker does not say where topic {wire} ends")
                begins[partition], ends[partition] = low_high
        except KafkaException as error:
            raise unanswered(error.args[0].name()) from None
        return begins, ends

    def read(self, topic: str, starts: Mapping[int, int], ends: Mapping[int, int]) -> Iterator[Message]:
        """All records from ``starts`` (inclusive) up to ``ends`` (exclusive), or to what is committed before that.

        One message, too large for any reader, stands for a batch that would inflate to more than the client takes.
        """
        wire = self._settings.wire(topic)
        unread = {partition for partition, end in ends.items() if starts[partition] < end}
        assigned = [TopicPartition(wire, partition, starts[partition]) for partition in unread]
        self._consumer.assign(assigned)
        self._consumer.resume(assigned)  # a partition that was read to its end before is still paused
        behind = dict.fromkeys(unread, 0)  # the last batch that was not read
        heard = time.monotonic()
        while unread:
            messages: list[Any] = self._consumer.consume(_FETCH, timeout=0.1)
            if messages:
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENCE_S:
                raise silent({wire})
            for message in messages:
                error, partition = message.error(), message.partition()
                if error is not None and error.code() == KafkaError._BAD_COMPRESSION:
                    if message.offset() >= behind[partition]:  # else it comes again
                        behind[partition] = self._pass_over(wire, partition, message.offset())
                        yield Message(partition, message.offset(), None, oversized.VALUE, [])
                    continue
                if error is not None and error.code() != KafkaError._PARTITION_EOF:
                    raise unanswered(error.name())
                if partition not in unread:
                    continue
                if error is None and message.offset() < ends[partition]:
                    # The client takes headers in many shapes, but gives them in one.
                    headers = cast("Headers", message.headers() or [])
                    yield Message(partition, message.offset(), message.key(), message.value(), headers)
                else:
                    unread.remove(partition)
                    self._consumer.pause([TopicPartition(wire, partition)])
        self._consumer.unassign()

    def _pass_over(self, wire: str, partition: int, offset: int) -> int:
        """Go on behind a batch, at the offset that is returned."""
        end = oversized.batch_end(self._settings, wire, partition, offset)
        self._consumer.seek(TopicPartition(wire, partition, end))
        return end


def silent(wires: Collection[str]) -> Transient:
    """What to raise after `SILENCE_S` without a record of these topics."""
    return Transient(f"the broker sent nothing for {SILENCE_S:.0f} s, of {', '.join(sorted(wires))}")


def unanswered(error: str) -> Transient:
    """What to raise for a client's error, given by its name."""
    return Transient(f"the broker does not answer as it should ({error})")
