"""Raw records on disk, in buckets of owners: persons, or records that are about none. Compiled where a C compiler is.

All records of an owner lie in one bucket, whatever partition they came from, so that each is folded, derived and
written once, and only a bucket at a time is in memory. Buckets of persons are ranges of person keys: loaded in their
order, they fill the store's indexes from one end to the other. Other keys count up and have long beginnings in common,
so a hash spreads them.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, final
from zlib import crc32

import msgspec
from mypy_extensions import i64

from saingan.engine.core.batch import Original

FORMAT: Final = 4  # of the files, and of what lies in which; a rebuild that another format began cannot go on
_WAITING: Final[i64] = 2**25  # bytes of values that wait to be written, of all buckets
_BLOCK: Final[i64] = 2**16  # at most, of one
_BUCKET_PREFIX: Final[i64] = 8  # leading digits of a person key that choose the bucket
_NUMBER_BITS: Final[i64] = 32  # of these digits, and of a hash
_PERSON: Final[i64] = 32  # digits of a person key, and a slash after them
_SLASH: Final[i64] = 47
_SIZE: Final = 4  # bytes before each block: its length


class Block(NamedTuple):
    """Records of one partition, in their order, without headers; tombstones are not among them."""

    topic: int  # counted as the spill was given them
    partition: int
    offsets: list[int]
    keys: list[bytes | None]
    values: list[bytes]


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Block)


@final
class _Part:
    """Records of one topic that wait to be written to one bucket."""

    def __init__(self) -> None:
        self.offsets: list[int] = []
        self.keys: list[bytes | None] = []
        self.values: list[bytes] = []


@final
class Spill:
    """Writes the records of one partition number into the files of one folder, a file a bucket.

    Args:
        topics: names on the broker, and whether a topic is of persons.
    """

    def __init__(self, folder: Path, topics: Mapping[str, bool], partition: int, buckets: i64) -> None:
        self._topics: list[str] = list(topics)
        self._personal: list[bool] = list(topics.values())
        self._partition = partition
        self._files: list[Path] = [folder / str(number) for number in range(buckets)]
        self._waiting: list[list[_Part]] = [[_Part() for _ in topics] for _ in range(buckets)]
        self._bytes: list[int] = [0] * buckets
        self._buckets: i64 = buckets
        self._block: i64 = min(_BLOCK, _WAITING // buckets)
        for file in self._files:
            file.write_bytes(b"")

    def add(self, name: str, records: Sequence[Original]) -> None:
        """Add records of one topic; tombstones only clear the log."""
        topic: i64 = self._topics.index(name)
        personal = self._personal[topic]
        for record in records:
            value = record.value
            if value is None:
                continue
            key = record.key
            bucket: i64 = 0 if key is None else _bucket(key, personal, self._buckets)
            part = self._waiting[bucket][topic]
            part.offsets.append(record.offset)
            part.keys.append(key)
            part.values.append(value)
            self._bytes[bucket] += len(value)
            if self._bytes[bucket] > self._block:
                self._write(bucket)

    def close(self) -> None:
        for bucket in range(self._buckets):
            self._write(bucket)

    def _write(self, bucket: i64) -> None:
        with self._files[bucket].open("ab") as file:
            for topic, part in enumerate(self._waiting[bucket]):
                block = _encoder.encode(Block(topic, self._partition, part.offsets, part.keys, part.values))
                file.write(len(block).to_bytes(_SIZE, "little") + block)
        self._waiting[bucket] = [_Part() for _ in self._topics]
        self._bytes[bucket] = 0


def read(file: Path) -> Iterator[Block]:
    """The records of one file."""
    data = memoryview(file.read_bytes())
    at = 0
    while at < len(data):
        start = at + _SIZE
        at = start + int.from_bytes(data[at:start], "little")
        yield _decoder.decode(data[start:at])


def _bucket(key: bytes, personal: bool, buckets: i64) -> i64:
    number: i64 = 0
    if personal and len(key) > _PERSON and key[_PERSON] == _SLASH:
        for byte in key[:_BUCKET_PREFIX]:
            number = number << 4 | byte + 9 * (byte >> 6) & 15  # a hexadecimal digit
    else:
        number = crc32(key[: key.rfind(b"/")])  # without the version
    return number * buckets >> _NUMBER_BITS
