"""Messages written as Kafka's records, version 2, in batches: one partition's in order.

Clients take messages one by one and make an object of each header, which costs more than to check the record.
Compiled where a C compiler is.
"""

import time
from collections import deque
from threading import Lock
from typing import Final, final

from librt.strings import BytesWriter
from mypy_extensions import i64

from saingan.publish.message import Message
from saingan.topics import MESSAGE_BOUND

_FULL: Final[i64] = MESSAGE_BOUND - 1024  # bytes: the broker bounds a batch, with its head, as it bounds a message


@final
class Batch:
    """Messages of one partition.

    Attributes:
        began: of `time.monotonic`.
        count: of the messages.
        keys: of the messages, where they are wanted.
    """

    def __init__(self, with_keys: bool) -> None:
        self.began = time.monotonic()
        self.count: i64 = 0
        self.keys: list[bytes] | None = [] if with_keys else None
        self._records = BytesWriter()

    def add(self, message: Message) -> bool:
        """Whether there was room for the message; for the first there is."""
        key, value, headers = message.key, message.value, message.headers
        wide: i64 = len(key)
        long: i64 = len(value)
        rest: i64 = len(headers)
        size: i64 = 2 + _width(self.count) + _width(wide) + wide + _width(long) + long + rest
        records = self._records
        if len(records) + size >= _FULL and self.count > 0:
            return False
        _write_number(records, size)
        records.append(0)  # attributes
        records.append(0)  # time, from the batch's
        _write_number(records, self.count)
        _write_number(records, wide)
        records.write(key)
        _write_number(records, long)
        records.write(value)
        records.write(headers)
        self.count += 1
        if self.keys is not None:
            self.keys.append(key)
        return True

    def records(self) -> bytes:
        """All records, one after another, each at the batch's time."""
        return self._records.getvalue()


@final
class Lane:
    """A partition's batches, in order: one thread fills the last, another takes the first."""

    def __init__(self, topic: str, partition: int, with_keys: bool) -> None:
        self.topic = topic
        self.partition = partition
        self._with_keys = with_keys
        self._lock = Lock()
        self._batches: deque[Batch] = deque()

    def add(self, message: Message) -> bool:
        """Whether a batch was begun for the message."""
        with self._lock:
            if self._batches and self._batches[-1].add(message):
                return False
            batch = Batch(self._with_keys)
            batch.add(message)
            self._batches.append(batch)
            return True

    def due(self, linger_s: float) -> float:
        """When the first batch is to be taken, of `time.monotonic`: in time, or now if others wait behind it."""
        with self._lock:
            return self._batches[0].began + (linger_s if len(self._batches) == 1 else 0)

    def take(self) -> Batch:
        with self._lock:
            return self._batches.popleft()

    def __bool__(self) -> bool:
        return bool(self._batches)


def _width(number: i64) -> i64:
    """Bytes that a number takes."""
    width: i64 = 1
    number >>= 6  # the lowest bit is for the sign
    while number:
        width += 1
        number >>= 7
    return width


def _write_number(out: BytesWriter, number: i64) -> None:
    """As a zigzag varint; it is not negative."""
    number <<= 1
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
