"""An Avro encoder compiled for one schema: what a registry's fields often repeat is encoded once.

Three times as fast as encoding each record anew, and a publisher spends most of its time there. The same bytes as
`codec.encode` gives, which a test proves.
"""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from typing import Any, Final

from saingan.standard import codec
from saingan.standard.forms import kind_of

_MEMORY: Final = 4096  # values per field

_Write = Callable[[Any], bytes]


def compiled(schema: codec.Schema, unrepeated: Collection[str]) -> Callable[[Mapping[str, Any]], bytes]:
    """A function from a checked record to its datum.

    Args:
        unrepeated: fields that hardly any two records share, so that remembering their values is waste.
    """
    named: dict[str, Any] = {}
    writers: list[tuple[str, _Write]] = []
    for field in schema["fields"]:
        _, nullable, inner = kind_of(field["type"], named)
        write = _nullable(_writer(inner)) if nullable else _writer(inner)
        name = field["name"]
        writers.append((name, write if name in unrepeated else lru_cache(_MEMORY)(write)))

    def encode(record: Mapping[str, Any]) -> bytes:
        return b"".join([write(record[name]) for name, write in writers])

    return encode


def _writer(inner: codec.Schema) -> _Write:
    match inner["type"]:
        case "string":
            return _string
        case "int" | "long":
            return _long
        case "enum":
            return {symbol: _long(place) for place, symbol in enumerate(inner["symbols"])}.__getitem__
    parsed = codec.parse(inner)
    return lambda value: codec.encode(parsed, value)


def _nullable(write: _Write) -> _Write:
    return lambda value: b"\x00" if value is None else b"\x02" + write(value)


def _string(text: str) -> bytes:
    encoded = text.encode()
    return _long(len(encoded)) + encoded


def _long(number: int) -> bytes:
    rest = number << 1 ^ number >> 63  # zigzag: small numbers of either sign take few bytes
    if rest < 0x80:
        return _BYTE[rest]
    out = bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


_BYTE: Final = tuple(bytes([number]) for number in range(0x80))
