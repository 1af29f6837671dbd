"""The mark that stays of an erased record (standard, section 5): an `ERASE` change of a person key and a record id."""

import time
from typing import Any, NamedTuple

from saingan.erase.aim import ERASE_VERSION, Subject, mark_key
from saingan.exchange.registry import Registry
from saingan.standard import codec, identity, schemas
from saingan.standard.cloudevents import Headers, headers
from saingan.standard.coercion import kind_of
from saingan.topics import TOPICS

_SOURCE = "exchange"
_EMPTY: dict[str, Any] = {
    "string": "",
    "bytes": b"",
    "int": 0,
    "long": 0,
    "boolean": False,
    "array": (),
}


class Mark(NamedTuple):
    key: bytes
    value: bytes
    headers: Headers
    partition: int


class Marker:
    """Makes marks, by our schemas as they are registered."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._encoders: dict[str, tuple[int, codec.Schema, dict[str, Any]]] = {}

    def message(self, subject: Subject, partitions: int) -> Mark:
        """A mark, as a delivery takes it.

        Args:
            partitions: of the topic on the broker.
        """
        schema_id, schema, empty = self._encoder(subject.topic)
        now = time.time_ns() // 1_000_000
        record = empty | {
            "record_id": subject.record_id,
            "record_version": ERASE_VERSION,
            "change": "ERASE",
            "person_key": subject.person_key,
            "recorded_at": now,
            "source": _SOURCE,
        }
        event = headers(
            TOPICS[subject.topic],
            source=f"/{_SOURCE}/{subject.topic}",
            subject=subject.record_id,
            event_id=f"{subject.record_id}/{ERASE_VERSION}/ERASE",
            at_ms=now,
        )
        value = codec.frame(schema_id, codec.encode(schema, record))
        return Mark(mark_key(subject), value, event, identity.partition(subject.person_key, partitions))

    def _encoder(self, topic: str) -> tuple[int, codec.Schema, dict[str, Any]]:
        if topic not in self._encoders:
            schema = schemas.schema(topic)
            self._encoders[topic] = self._registry.schema_id(topic), codec.parse(schema), empty(schema)
        return self._encoders[topic]


def empty(schema: codec.Schema) -> dict[str, Any]:
    """A record of a schema with nothing in it: the least value of each field's type."""
    named: dict[str, Any] = {}
    record: dict[str, Any] = {}
    for field in schema["fields"]:
        _, nullable, inner = kind_of(field["type"], named)
        if nullable:
            record[field["name"]] = None
        elif inner["type"] == "enum":
            record[field["name"]] = inner.get("default", inner["symbols"][0])
        else:
            record[field["name"]] = _EMPTY[inner["type"]]
    return record
