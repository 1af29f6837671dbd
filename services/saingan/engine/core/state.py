"""A key's state as bytes: the standing change of each record, and what its rows looked like when last written."""

import hashlib
from collections.abc import Sequence
from types import GenericAlias
from typing import Any, Final, NamedTuple, cast, final, get_type_hints

import msgspec

from saingan.engine.core.standing import Standing

_encoder: Final = msgspec.msgpack.Encoder(order="deterministic")  # the same bytes whatever order changes came in
_hash: Final = hashlib.blake2b(digest_size=12)  # two contents of one row that agree in 12 bytes will not be met


@final
class State:
    """What the engine keeps of one key.

    Attributes:
        streams: per stream of the view, record id → standing change.
        written: row id → digest of the row as it was last written.
        lineage: stream, partition and offset of the change that last altered the key.
    """

    __slots__ = ("lineage", "streams", "written")

    def __init__(
        self, streams: list[dict[str, Standing]], written: dict[str, bytes], lineage: tuple[int, int, int]
    ) -> None:
        self.streams = streams
        self.written = written
        self.lineage = lineage


@final
class StateCodec:
    """States of one view as bytes.

    Args:
        kinds: of the kept fields, stream by stream. They come as plain tuples: named ones take thrice as long to make.
    """

    def __init__(self, kinds: Sequence[type[NamedTuple]]) -> None:
        self._streams = len(kinds)
        fields = [cast("Any", _of(tuple, *get_type_hints(kind).values())) for kind in kinds]
        streams = [_of(dict, str, _of(tuple, int, int, kept | None)) for kept in fields]
        self._decoder: Any = _decoder(streams)
        # Of states that were kept before the view gained its last streams.
        self._earlier: list[Any] = [_decoder(streams[:count]) for count in range(len(streams) - 1, 0, -1)]

    def load(self, data: bytes | None) -> State:
        if data is None:
            return State([{} for _ in range(self._streams)], {}, (0, 0, 0))
        try:
            streams, written, lineage = self._decoder.decode(data)
        except msgspec.ValidationError:
            return self._load_earlier(data)
        return State(list(streams), written, lineage)

    def _load_earlier(self, data: bytes) -> State:
        for decoder in self._earlier:
            try:
                streams, written, lineage = decoder.decode(data)
            except msgspec.ValidationError:
                continue
            gained: list[dict[str, Standing]] = [{} for _ in range(self._streams - len(streams))]
            return State([*streams, *gained], written, lineage)
        raise ValueError("this is no state of the view")

    def dump(self, state: State) -> bytes:
        return _encoder.encode((state.streams, state.written, state.lineage))


def _decoder(streams: Sequence[Any]) -> Any:
    return msgspec.msgpack.Decoder(_of(tuple, _of(tuple, *streams), _of(dict, str, bytes), _of(tuple, int, int, int)))


def _of(container: Any, *types: Any) -> Any:
    """``container[*types]``, put together at run time."""
    return GenericAlias(container, types)


def digest(row: tuple[Any, ...]) -> bytes:
    content = _hash.copy()
    content.update(_encoder.encode(row))
    return content.digest()
