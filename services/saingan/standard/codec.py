"""Avro datums in the Confluent wire format (standard, section 4).

Inside the exchange a record is a plain dict: dates are days and timestamps milliseconds since the epoch. Logical types
are stripped from schemas before they are parsed: building date objects would cost more than all the rest of decoding.
"""

import struct
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

import fastavro
import fastavro.schema

from saingan.errors import Rejection
from saingan.topics import MESSAGE_BOUND

Record = dict[str, Any]
Schema = dict[str, Any]

_HEADER: Final = struct.Struct(">bI")
FRAME_BYTES: Final = _HEADER.size
_PRIMITIVES: Final = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})


def parse(schema: Schema) -> Schema:
    """Prepare a schema for `encode` and `decode`: logical types off, named types resolved."""
    parsed: Schema = fastavro.parse_schema(_plain(schema), _force=True)
    return parsed


def encode(parsed: Schema, record: Mapping[str, Any]) -> bytes:
    """One datum, without framing, by a schema from `parse`."""
    out = BytesIO()
    fastavro.schemaless_writer(out, parsed, record)
    return out.getvalue()


def frame(schema_id: int, datum: bytes) -> bytes:
    return _HEADER.pack(0, schema_id) + datum


def unframe(value: bytes) -> tuple[int, bytes]:
    """Split a message into schema id and datum; `Rejection` where it is not in the wire format."""
    if len(value) < _HEADER.size or value[0] != 0:
        raise Rejection("framing", "the value does not begin with magic byte 0 and a 4-byte schema id")
    return _HEADER.unpack_from(value)[1], value[_HEADER.size :]


def decode(value: bytes, writer: Schema, reader: Schema | None = None) -> Record:
    """Decode a framed message by the schema that wrote it, resolved to ``reader`` where one is given.

    Raises:
        Rejection: the bytes are not one whole datum of the writer's schema.
    """
    datum = BytesIO(value)
    datum.seek(_HEADER.size)
    try:
        record: Record = fastavro.schemaless_reader(datum, writer, reader)
    except Exception as error:  # noqa: BLE001 - whatever a decoder raises on hostile bytes means the same
        raise Rejection("undecodable", f"the bytes are not a datum of their schema ({type(error).__name__})") from None
    if datum.tell() != len(value):
        raise Rejection("trailing-bytes", f"{len(value) - datum.tell()} bytes follow the datum")
    return record


def fields_of(schema: Schema, kind: str) -> tuple[str, ...]:
    """Names of a record's fields, nullable or not, of a primitive or logical type."""
    return tuple(field["name"] for field in schema["fields"] if kind in _kinds(field["type"]))


def _kinds(declared: Any) -> list[str]:
    if isinstance(declared, list):
        return [kind for branch in declared for kind in _kinds(branch)]
    if isinstance(declared, dict):
        return [declared.get("logicalType") or declared["type"]]
    return [declared]


def lint(schema: Schema) -> None:
    """Refuse a writer's schema by which a few bytes could crash or balloon the decoder.

    See docs/architecture.md, "Hostile bytes".

    Raises:
        Rejection: it is no record, is recursive, has array items of no size, or a fixed type longer than any message;
            with another reason, that it names a type of another schema (the registry's references).
    """
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise Rejection("schema", "the writer's schema is no record")
    _Lint().takes_bytes(schema)


class _Lint:
    """A walk over a writer's schema.

    Attributes:
        named: whether a named type takes bytes, by its full name; None while it is being defined.
        namespace: of the record that the walk is in.
    """

    def __init__(self) -> None:
        self.named: dict[str, bool | None] = {}
        self.namespace = ""

    def takes_bytes(self, schema: Any) -> bool:
        """Whether every value of a schema takes at least one byte."""
        if isinstance(schema, str):
            return schema != "null" if schema in _PRIMITIVES else self._reference(schema)
        if isinstance(schema, list):
            for branch in schema:
                self.takes_bytes(branch)
            return True  # the branch's number is a byte
        kind = schema["type"]
        rule = {
            "array": self._array,
            "map": self._map,
            "enum": self._enum,
            "fixed": self._fixed,
            "record": self._record,
        }
        return rule[kind](schema) if isinstance(kind, str) and kind in rule else self.takes_bytes(kind)

    def _reference(self, name: str) -> bool:
        full = self._full(name)
        if full not in self.named:
            raise Rejection(
                "schema-references", "the writer's schema names a type of another schema: write it out in it"
            )
        sized = self.named[full]
        if sized is None:
            raise Rejection("schema", "the writer's schema is recursive")
        return sized

    def _array(self, schema: Schema) -> bool:
        if not self.takes_bytes(schema["items"]):
            raise Rejection("schema", "the writer's schema has an array whose items take no bytes")
        return True

    def _map(self, schema: Schema) -> bool:
        self.takes_bytes(schema["values"])
        return True

    def _enum(self, schema: Schema) -> bool:
        self.named[self._defined(schema)] = True
        return True

    def _fixed(self, schema: Schema) -> bool:
        if schema["size"] > MESSAGE_BOUND:
            raise Rejection("schema", f"the writer's schema has a fixed type of more than {MESSAGE_BOUND} bytes")
        self.named[self._defined(schema)] = schema["size"] > 0
        return bool(schema["size"])

    def _record(self, schema: Schema) -> bool:
        name, around = self._defined(schema), self.namespace
        self.named[name], self.namespace = None, name.rpartition(".")[0]
        sized = [self.takes_bytes(field["type"]) for field in schema["fields"]]  # all of them: each is looked at
        self.named[name], self.namespace = any(sized), around
        return any(sized)

    def _defined(self, schema: Schema) -> str:
        """The full name that a schema defines."""
        namespace = schema.get("namespace", self.namespace)
        return self._full(schema["name"], namespace)

    def _full(self, name: str, namespace: str | None = None) -> str:
        within = self.namespace if namespace is None else namespace
        return name if "." in name or not within else f"{within}.{name}"


def _plain(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_plain(branch) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: value for key, value in schema.items() if key not in ("logicalType", "doc")}
    if "fields" in plain:
        plain["fields"] = [{**field, "type": _plain(field["type"])} for field in plain["fields"]]
    for inner in ("type", "items", "values"):
        if inner in plain and not isinstance(plain[inner], str):
            plain[inner] = _plain(plain[inner])
    if set(plain) == {"type"} and isinstance(plain["type"], str):
        return plain["type"]
    return plain
