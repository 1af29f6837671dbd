"""Batches inflate to at most `INFLATED` bytes. aiokafka inflates one whole: 2 MiB of zstd may hold 64 GiB of zeros.

A batch that would be larger is not read. One record stands for it, too large for any reader, so that it becomes a dead
letter with its first offset as origin; records before and behind it are read as usual.
"""

import gzip
import io
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import cramjam
import structlog
from aiokafka.codec import _detect_xerial_stream
from aiokafka.record.default_records import DefaultRecordBatch

from saingan.exchange import oversized
from saingan.topics import BATCH_BOUND

INFLATED: Final = 8 * BATCH_BOUND  # bytes; a record compresses to a quarter, hardly any to an eighth
_FULL: Final = "failed to write whole buffer"
_XERIAL_HEAD: Final = 16  # bytes

log = structlog.get_logger(__name__)


class TooMuch(Exception):
    """A batch would inflate to more than `INFLATED` bytes."""


class Unread(NamedTuple):
    """Stands for the records of a batch that is not read."""

    offset: int
    timestamp: int
    key: None = None
    value: bytes = oversized.VALUE
    headers: tuple[()] = ()


class _Brought:
    __slots__ = ("bytes",)

    def __init__(self) -> None:
        self.bytes = 0


class _Thread(threading.local):
    """What each thread has of its own: room to inflate into, and the count of `brought`."""

    def __init__(self) -> None:
        self.room = bytearray(INFLATED)  # the system gives of it what was ever written to
        self.brought = _Brought()


_thread: Final = _Thread()


def brought() -> _Brought:
    """What this thread has brought into memory, in bytes, as it goes on: answers as they came, and inflated batches."""
    return _thread.brought


class Batches:
    """The batches of one answer for a partition, as aiokafka asks of its own `MemoryRecords`."""

    def __init__(self, records: Any) -> None:
        self._records = records
        self.has_next = records.has_next
        self.size_in_bytes = records.size_in_bytes
        _thread.brought.bytes += records.size_in_bytes()

    def next_batch(self) -> Any:
        batch = self._records.next_batch()
        return _Compressed(batch) if batch.compression_type else batch


class _Compressed:
    def __init__(self, batch: Any) -> None:
        self._batch = batch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[Any]:
        batch = self._batch
        try:
            return iter(batch)
        except TooMuch:
            first, after = batch.base_offset, batch.next_offset
            log.warning("a batch is not read: it inflates to too many bytes", first_offset=first, records=after - first)
            return iter((Unread(first, batch.max_timestamp),))


def _into(inflate_into: Callable[[Any, bytearray], int]) -> Callable[[Any], bytes]:
    def inflate(payload: Any) -> bytes:
        room = _thread.room
        try:
            return bytes(memoryview(room)[: inflate_into(payload, room)])
        except cramjam.DecompressionError as error:
            if str(error) == _FULL:
                raise TooMuch from None
            raise

    return inflate


def _snappy(payload: Any) -> bytes:
    blocks = list(_blocks(payload)) if _detect_xerial_stream(payload) else [payload]
    if sum(map(cramjam.snappy.decompress_raw_len, blocks)) > INFLATED:
        raise TooMuch
    return b"".join(bytes(cramjam.snappy.decompress_raw(block)) for block in blocks)


def _blocks(payload: Any) -> Iterator[bytes]:
    """Of the framing of Java's xerial library: each block after its length."""
    at = _XERIAL_HEAD
    while at < len(payload):
        (length,) = struct.unpack_from(">i", payload, at)
        at += 4 + length
        yield bytes(payload[at - length : at])


def _gzip(payload: Any) -> bytes:
    with gzip.GzipFile(fileobj=io.BytesIO(payload)) as file:
        data = file.read(INFLATED + 1)
    if len(data) > INFLATED:
        raise TooMuch
    return data


def _metered(inflate: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    def metered(payload: Any) -> bytes:
        data = inflate(payload)
        _thread.brought.bytes += len(data)
        return data

    return metered


_CODECS: Final = {
    "gzip": _gzip,
    "snappy": _snappy,
    "lz4": _into(cramjam.lz4.decompress_into),
    "zstd": _into(cramjam.zstd.decompress_into),
}


def bound() -> None:
    """Have aiokafka inflate by these, in the whole process. Safe to call again."""
    for name, inflate in _CODECS.items():
        setattr(sys.modules[DefaultRecordBatch.__module__], f"{name}_decode", _metered(inflate))
