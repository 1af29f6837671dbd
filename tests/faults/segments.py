"""A partition's log as it lies on the broker's disk: what a client cannot see, such as one offset given out twice."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from aiokafka.record.util import calc_crc32c

# Base offset, length of what follows, leader epoch, format, CRC of what follows it.
_HEAD = struct.Struct(">qiibI")
_LAST = struct.Struct(">hi")  # attributes, last offset less base offset
_COUNTED = 12  # bytes before those that the length counts
_CHECKED = _HEAD.size


class BatchOnDisk(NamedTuple):
    """One record batch.

    Attributes:
        first, last: offsets, both included.
        at: byte in the segment.
        whole: all its bytes are there, and its CRC is right.
    """

    first: int
    last: int
    at: int
    whole: bool


def batches(folder: Path) -> Iterator[BatchOnDisk]:
    """All batches of a partition's folder, in the order of its segments and bytes."""
    for segment in sorted(folder.glob("*.log")):
        data, at = segment.read_bytes(), 0
        while at + _HEAD.size + _LAST.size <= len(data):
            base, length, _, _, crc = _HEAD.unpack_from(data, at)
            if length <= 0:  # room that was made and never written
                break
            end = at + _COUNTED + length
            _, more = _LAST.unpack_from(data, at + _CHECKED)
            whole = end <= len(data) and calc_crc32c(data[at + _CHECKED : end]) == crc
            yield BatchOnDisk(base, base + more, at, whole)
            if not whole:
                break
            at = end


def twice(folder: Path) -> list[BatchOnDisk]:
    """Batches whose offsets an earlier batch of the log has, too."""
    found, reached = [], -1
    for batch in batches(folder):
        if batch.first <= reached:
            found.append(batch)
        reached = max(reached, batch.last)
    return found
