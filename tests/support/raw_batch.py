"""A record batch as it lies on the broker, its compressed part given: what no client writes, but whoever means harm."""

import asyncio
import struct
from typing import Final

import cramjam
from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c

from saingan.settings import Settings
from saingan.topics import Topic

_GIB: Final = 1024**3
CODECS: Final = {"gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}


def varint(number: int) -> bytes:
    number <<= 1  # the lowest bit is for the sign; it is not negative
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def framed(key: bytes, length: int, offset: int = 0) -> tuple[bytes, bytes]:
    """What stands before and behind a record's value of that many bytes."""
    head = b"\0" + varint(0) + varint(offset) + varint(len(key)) + key + varint(length)
    return varint(len(head) + length + 1) + head, varint(0)


def zeros(length: int) -> bytes:
    """The records of a batch: one, whose value is zeros."""
    before, behind = framed(b"", length)
    return before + bytes(length) + behind


def batch(offset: int, codec: str, compressed: bytes, records: int = 1) -> bytes:
    body = struct.pack(">hiqqqhii", CODECS[codec], records - 1, 0, 0, -1, -1, -1, records) + compressed
    return struct.pack(">qiibI", offset, 9 + len(body), -1, 2, calc_crc32c(body)) + body


def bomb(gib: int) -> bytes:
    """A batch of zstd: records of 1 GiB of zeros each."""
    piece = 64 * 1024**2
    zeros = bytes(cramjam.zstd.compress(bytes(piece))) * (_GIB // piece)
    parts = []
    for offset in range(gib):
        before, behind = framed(f"bomb-{offset}".encode(), _GIB, offset)
        parts += [bytes(cramjam.zstd.compress(before)), zeros, bytes(cramjam.zstd.compress(behind))]
    return batch(0, "zstd", b"".join(parts), records=gib)


def append(settings: Settings, topic: Topic, number: int, records: bytes) -> None:
    """Send a batch as it is."""

    class Ready:
        def record_count(self) -> int:
            return 1

        def closed(self) -> bool:
            return True

        def _build(self) -> bytes:
            return records

    async def sent() -> None:
        async with AIOKafkaProducer(
            bootstrap_servers=settings.bootstrap, max_request_size=len(records) + 1024
        ) as client:
            await (await client.send_batch(Ready(), settings.wire(topic.name), partition=number))

    asyncio.run(sent())
