"""Raw records on disk, in buckets of persons. Compiled where a C compiler is.

All records of a person lie in one bucket, whatever partition they came from, so that each person is folded, derived
and written once, and only a bucket at a time is in memory.
"""

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, final
from zlib import crc32

from mypy_extensions import i64

from saingan.engine.batch import Original

_HEAD: Final = struct.Struct("<BHqii")  # topic, partition, offset, length of key and value; -1 for none
_BUFFER: Final = 65_536  # bytes a bucket
_PERSON_KEY: Final = 32


@final
class Spilled:
    """A record as it was in its topic, without its headers."""

    def __init__(self, offset: i64, key: bytes | None, value: bytes | None) -> None:
        self.offset: i64 = offset
        self.key: bytes | None = key
        self.value: bytes | None = value
        self.headers: Sequence[tuple[str, bytes | None]] = ()


@final
class Spill:
    """Writes records into the files of one folder, a file a bucket.

    Args:
        topics: names on the broker; a record keeps the number of its own.
    """

    def __init__(self, folder: Path, topics: Sequence[str], buckets: i64) -> None:
        self._topics: dict[str, int] = {name: number for number, name in enumerate(topics)}
        self._files: list[Path] = [folder / str(number) for number in range(buckets)]
        self._waiting: list[list[bytes]] = [[] for _ in range(buckets)]
        self._bytes: list[int] = [0] * buckets
        self._buckets: i64 = buckets
        for file in self._files:
            file.write_bytes(b"")

    def add(self, messages: Sequence[Any]) -> None:
        """Add records as the Kafka client gives them; tombstones only clear the log."""
        for message in messages:
            value: bytes | None = message.value()
            if value is None:
                continue
            key: bytes | None = message.key()
            bucket: i64 = 0
            size: i64 = -1
            if key is not None:
                bucket = crc32(key[:_PERSON_KEY]) % self._buckets
                size = len(key)
            head = _HEAD.pack(
                self._topics[message.topic()],
                message.partition(),
                message.offset(),
                size,
                len(value),
            )
            waiting = self._waiting[bucket]
            waiting.append(head)
            if key is not None:
                waiting.append(key)
            waiting.append(value)
            self._bytes[bucket] += len(value)
            if self._bytes[bucket] > _BUFFER:
                self._write(bucket)

    def close(self) -> None:
        for bucket in range(self._buckets):
            self._write(bucket)

    def _write(self, bucket: i64) -> None:
        with self._files[bucket].open("ab") as file:
            file.writelines(self._waiting[bucket])
        self._waiting[bucket] = []
        self._bytes[bucket] = 0


def read(file: Path, into: dict[tuple[int, int], list[Original]]) -> None:
    """Add the records of one file to ``into``, by number of topic and partition, in their order."""
    data = file.read_bytes()
    at: i64 = 0
    size: i64 = len(data)
    while at < size:
        topic, partition, offset, key_size, value_size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        key: bytes | None = None
        if key_size >= 0:
            key = data[at : at + key_size]
            at += key_size
        record = Spilled(offset, key, data[at : at + value_size])
        at += value_size
        place = (topic, partition)
        held = into.get(place)
        if held is None:
            into[place] = [record]
        else:
            held.append(record)
