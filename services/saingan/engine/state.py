"""A key's state as bytes: the standing change of each record, and what its rows looked like when last written."""

import hashlib
from typing import Any, Final

import msgspec

from saingan.engine.fold import Standing

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder()
_DIGEST: Final = 12  # bytes; two contents of one row that agree in them will not be met


class State:
    """What the engine keeps of one key.

    Attributes:
        streams: per stream of the view, record id → standing change.
        written: row id → digest of the row as it was last written.
        lineage: stream, partition and offset of the change that last altered the key.
    """

    __slots__ = ("lineage", "streams", "written")

    def __init__(self, streams: list[dict[str, Standing]], written: dict[str, bytes], lineage: list[int]) -> None:
        self.streams = streams
        self.written = written
        self.lineage = lineage

    @classmethod
    def load(cls, data: bytes | None, streams: int) -> "State":
        if data is None:
            return cls([{} for _ in range(streams)], {}, [0, 0, 0])
        return cls(*_decoder.decode(data))

    def dump(self) -> bytes:
        # Sorted: a state is the same bytes whatever order its changes came in.
        streams = [dict(sorted(records.items())) if len(records) > 1 else records for records in self.streams]
        return _encoder.encode((streams, self.written, self.lineage))


def digest(row: tuple[Any, ...]) -> bytes:
    return hashlib.blake2b(_encoder.encode(row), digest_size=_DIGEST).digest()
