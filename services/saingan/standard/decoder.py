"""Records as tuples of values, by a decoder made for the schema that wrote them. Compiled where a C compiler is.

Most schemas of registries are flat: primitives and enums, nullable or not. Such a schema becomes a list of steps, which
read a datum in one pass, straight into the places of our fields; anything else, as an array, goes through `codec`.
"""

import struct
from collections.abc import Mapping
from typing import Any, Final, cast, final

from mypy_extensions import i64

from saingan.errors import Rejection
from saingan.standard.binary import zigzag
from saingan.standard.codec import FRAME_BYTES, Schema, decode, fields_of
from saingan.standard.coercion import in_order

Values = list[Any]  # in the order of our schema's fields

LONG: Final[i64] = 0
TEXT: Final[i64] = 1
ENUM: Final[i64] = 2
BYTES: Final[i64] = 3
_BOOLEAN: Final[i64] = 4
_DOUBLE: Final[i64] = 5
_FLOAT: Final[i64] = 6
_STEPS: Final = {
    "int": LONG,
    "long": LONG,
    "string": TEXT,
    "enum": ENUM,
    "bytes": BYTES,
    "boolean": _BOOLEAN,
    "double": _DOUBLE,
    "float": _FLOAT,
}
_FORMATS: Final = ["", "", "", "", "<?", "<d", "<f"]
_SIZES: Final = [0, 0, 0, 0, 1, 8, 4]


@final
class Step:
    """How one field of the writer's is read.

    Attributes:
        null: number of the union's null branch, or -1.
        place: in our fields, or -1.
    """

    def __init__(self, kind: i64, null: i64, symbols: list[str], place: i64) -> None:
        self.kind: i64 = kind
        self.null: i64 = null
        self.symbols: list[str] = symbols
        self.place: i64 = place


@final
class Decoder:
    """Reads framed datums of one writer's schema.

    Args:
        writer, ours: from `codec.parse`; ``ours`` is what comes out.

    Attributes:
        steps: of each field of the writer's; none where the schemas are not flat.
        empty: our fields' defaults where the writer has no such field, else None.
    """

    def __init__(self, writer: Schema, ours: Schema) -> None:
        self._writer = writer
        self._ours = ours
        self._names: list[str] = [field["name"] for field in ours["fields"]]
        self._arrays: list[str] = list(fields_of(ours, "array"))
        self.empty: Values = [None] * len(self._names)
        self._flat = False
        self.steps: list[Step] = []
        steps = _resolve(writer, ours, self.empty)
        if steps is not None:
            self._flat = True
            self.steps = steps

    def values(self, value: bytes) -> Values:
        """Decode a framed message.

        Raises:
            Rejection: the bytes are not one whole datum of the writer's schema, or not one that ours can take.
        """
        if not self._flat:
            return self._resolved(value)
        try:
            return self._read(value)
        except (IndexError, ValueError, struct.error) as error:
            raise Rejection(
                "undecodable", f"the bytes are not a datum of their schema ({type(error).__name__})"
            ) from None

    def record(self, value: bytes) -> dict[str, Any]:
        """As `values`, by the names of our fields."""
        return dict(zip(self._names, self.values(value), strict=True))

    def _resolved(self, value: bytes) -> Values:
        record = decode(value, self._writer)
        if self._writer["fields"] != self._ours["fields"]:
            record = decode(value, self._writer, self._ours)  # alone it would skip, unread, the fields that ours lacks
        for name in self._arrays:
            record[name] = in_order(record[name])
        return [record[name] for name in self._names]

    def _read(self, value: bytes) -> Values:
        values = self.empty.copy()
        at: i64 = FRAME_BYTES
        number: i64 = 0
        for step in self.steps:
            if step.null >= 0:
                number, at = zigzag(value, at)
                if number == step.null:
                    continue
                if number != 1 - step.null:
                    raise ValueError("a union has no such branch")
            item, at = _item(step, value, at)
            if step.place >= 0:
                values[step.place] = item
        if at != len(value):
            raise Rejection("trailing-bytes", f"{len(value) - at} bytes follow the datum")
        return values


def _item(step: Step, value: bytes, at: i64) -> tuple[object, i64]:
    """One value, and the place after it."""
    kind: i64 = step.kind
    if kind >= _BOOLEAN:
        size: i64 = _SIZES[kind]
        if at + size > len(value):
            raise IndexError("a value is cut off")
        return struct.unpack_from(_FORMATS[kind], value, at)[0], at + size
    number: i64 = 0
    number, at = zigzag(value, at)
    if kind == LONG:
        return number, at
    if kind == ENUM:
        if number < 0:
            raise IndexError("an enum has no such symbol")
        return step.symbols[number], at
    end: i64 = at + number
    if number < 0 or end > len(value):
        raise IndexError("a value is cut off")
    return value[at:end].decode("utf-8") if kind == TEXT else value[at:end], end


def _resolve(writer: Schema, ours: Schema, empty: Values) -> list[Step] | None:
    """Steps that read the writer's fields into ours, with our defaults in ``empty``; None where that is not plain."""
    if writer["name"] != ours["name"]:
        return None
    places = {field["name"]: place for place, field in enumerate(ours["fields"])}
    named: dict[str, Any] = {}
    named_ours: dict[str, Any] = {}
    types = [_plain(field, named_ours) for field in ours["fields"]]
    steps: list[Step] = []
    for field in writer["fields"]:
        theirs = _plain(field, named)
        place = places.pop(field["name"], -1)
        wanted = theirs if place < 0 else types[place]
        if theirs is None or wanted is None:
            return None
        kind, null, symbols = theirs
        wanted_kind, wanted_null, wanted_symbols = wanted
        if wanted_kind != kind or wanted_symbols != symbols or (null >= 0 and wanted_null < 0):
            return None
        steps.append(Step(_STEPS[kind], null, symbols, place))
    for place in places.values():  # fields that the writer has not
        field = ours["fields"][place]
        if "default" not in field or "aliases" in field or isinstance(field["default"], list | dict | bytes):
            return None
        empty[place] = field["default"]
    return steps


def _plain(field: Mapping[str, Any], named: dict[str, Any]) -> tuple[str, int, list[str]] | None:
    """A field's kind, null branch and symbols; None where it is neither primitive nor an enum, or has aliases."""
    declared, null = field["type"], -1
    if "aliases" in field:
        return None
    if isinstance(declared, list):
        if len(declared) != 2 or "null" not in declared:
            return None
        null = declared.index("null")
        declared = declared[1 - null]
    if isinstance(declared, str):
        declared = named.get(declared, declared)
    if isinstance(declared, dict) and declared.get("type") == "enum":
        named[declared["name"]] = declared
        return None if "aliases" in declared else ("enum", null, cast("list[str]", declared["symbols"]))
    kind = declared["type"] if isinstance(declared, dict) else declared
    return (kind, null, []) if isinstance(kind, str) and kind in _STEPS else None
