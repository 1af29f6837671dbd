"""Every kind of message that must become a dead letter, and a few odd ones that must not."""

import json
from collections.abc import Callable
from contextlib import closing
from typing import Any, Final, NamedTuple

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

from saingan.exchange.registry import Registry
from saingan.settings import Settings
from saingan.standard import codec, schemas
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, MESSAGE_BOUND, Topic
from support import make
from support.make import Record, citizen_id, day

_BUILD: Final = {
    ENROLMENT: make.enrolment,
    GRADUATION: make.graduation,
    EMPLOYMENT: make.employment,
    CERTIFICATION: make.certification,
}
_DEEP: Final = 100_000  # levels of a recursion, a byte each
_MANY: Final = 5_000_000  # items of no size
_CHAIN: Final = {
    "type": "record",
    "name": "Chain",
    "fields": [{"name": "next", "type": ["null", "Chain"], "default": None}],
}


class Message(NamedTuple):
    topic: Topic
    key: bytes | None
    value: bytes | None


class Sender:
    """A client of the registry that means no good. Records are of persons and ids that no one else writes of."""

    def __init__(self, settings: Settings) -> None:
        with closing(Registry(settings)) as registry:
            self.ids = {topic: registry.schema_id(topic.name) for topic in _BUILD}
        self._parsed = {topic: codec.parse(schemas.schema(topic.name)) for topic in _BUILD}
        self._url = settings.registry_url
        self._settings = settings

    def record(self, topic: Topic, number: int, **fields: Any) -> Record:
        head = {"person_key": f"{number:032x}", "record_id": f"BAD-{number}"}
        return _BUILD[topic](**{**head, **fields})

    def message(self, topic: Topic, number: int, **fields: Any) -> Message:
        record = self.record(topic, number, **fields)
        datum = codec.encode(self._parsed[topic], record)
        return Message(topic, key_of(record), codec.frame(self.ids[topic], datum))

    def with_field(self, topic: Topic, number: int, field: dict[str, Any], tail: bytes) -> Message:
        """By a schema with a further field, which is registered first; the field's bytes given.

        Raises `SchemaRegistryError` where the registry refuses the schema.
        """
        ours = schemas.schema(topic.name)
        text = json.dumps({**ours, "fields": [*ours["fields"], field]})
        with closing(SchemaRegistryClient({"url": self._url})) as client:
            schema_id = client.register_schema(f"{self._settings.wire(topic.name)}-value", Schema(text, "AVRO"))
        good = self.message(topic, number)
        assert good.value is not None
        return good._replace(value=codec.frame(schema_id, good.value[codec.FRAME_BYTES :] + tail))


def key_of(record: Record) -> bytes:
    return f"{record['person_key']}/{record['record_id']}/{record['record_version']}".encode()


def spoil(change: Callable[[bytes], bytes]) -> Callable[[Sender, int], Message]:
    def made(sender: Sender, number: int) -> Message:
        good = sender.message(EMPLOYMENT, number)
        assert good.value is not None
        return good._replace(value=change(good.value))

    return made


def fields(topic: Topic, **changed: Any) -> Callable[[Sender, int], Message]:
    return lambda sender, number: sender.message(topic, number, **changed)


def keyed(key: Callable[[bytes], bytes]) -> Callable[[Sender, int], Message]:
    def made(sender: Sender, number: int) -> Message:
        good = sender.message(GRADUATION, number)
        return good._replace(key=key(good.key or b""))

    return made


def _recursive(sender: Sender, number: int) -> Message:
    field = {"name": "chain", "type": ["null", _CHAIN], "default": None}
    return sender.with_field(CERTIFICATION, number, field, b"\x02" * _DEEP + b"\x00")


def _sizeless(sender: Sender, number: int) -> Message:
    field = {"name": "nothing", "type": {"type": "array", "items": "null"}, "default": []}
    return sender.with_field(ENROLMENT, number, field, codec.encode("long", _MANY) + b"\x00")


def _of_another_subject(sender: Sender, number: int) -> Message:
    good = sender.message(EMPLOYMENT, number)
    assert good.value is not None
    return good._replace(value=codec.frame(sender.ids[GRADUATION], good.value[codec.FRAME_BYTES :]))


def _wrong_type(sender: Sender, number: int) -> Message:
    """`record_version` as a text."""
    ours = schemas.schema(CERTIFICATION.name)
    other = [{**field, "type": "string"} if field["name"] == "record_version" else field for field in ours["fields"]]
    record = sender.record(CERTIFICATION, number, record_version="hundred")
    datum = codec.encode(codec.parse({**ours, "fields": other}), record)
    return Message(CERTIFICATION, key_of(record), codec.frame(sender.ids[CERTIFICATION], datum))


def _bad_utf8(sender: Sender, number: int) -> Message:
    good = sender.message(EMPLOYMENT, number, position="ab")
    assert good.value is not None
    return good._replace(value=good.value.replace(b"\x04ab", b"\x04\xff\xfe"))


BAD: Final[dict[str, tuple[str, Callable[[Sender, int], Message]]]] = {  # what, the reason in its letter, how
    "empty": ("framing", spoil(lambda _: b"")),
    "one byte": ("framing", spoil(lambda _: b"\0")),
    "wrong magic byte": ("framing", spoil(lambda value: b"\x01" + value[1:])),
    "truncated": ("undecodable", spoil(lambda value: value[:-9])),
    "trailing bytes": ("trailing-bytes", spoil(lambda value: value + b"\0\0")),
    "bad UTF-8": ("undecodable", _bad_utf8),
    "wrong type": ("undecodable", _wrong_type),
    "unknown schema id": ("schema-id", spoil(lambda value: codec.frame(999_999, value[codec.FRAME_BYTES :]))),
    "schema id of another subject": ("schema-id", _of_another_subject),
    "recursion bomb": ("schema", _recursive),
    "zero-size-array bomb": ("schema", _sizeless),
    "endless length": ("undecodable", spoil(lambda value: value[: codec.FRAME_BYTES] + b"\xfe" * 9 + b"\x01")),
    "oversize": ("too-large", spoil(lambda value: value + bytes(MESSAGE_BOUND))),
    "oversize key": ("too-large", keyed(lambda key: key + b"0" * MESSAGE_BOUND)),
    "end before start": ("dates", fields(ENROLMENT, ended_on=day("2022-05-15"))),
    "empty key": ("key", keyed(lambda _: b"")),
    "key of another version": ("key", keyed(lambda key: key + b"0")),
    "key of another person": ("key", keyed(lambda key: b"f" * 32 + key[32:])),
    "person_key in capitals": ("person-key", lambda sender, n: sender.message(GRADUATION, n, person_key=f"{n:031X}F")),
    "version 0": ("version", fields(GRADUATION, record_version=0)),
    "section 34": ("section", fields(EMPLOYMENT, section=34)),
    "citizen ID as record_id": ("citizen-id", lambda sender, n: sender.message(EMPLOYMENT, n, record_id=citizen_id(n))),
    "citizen ID as employer_id": ("citizen-id", fields(EMPLOYMENT, employer_id=citizen_id(7))),
    "no day of the calendar": ("date", fields(GRADUATION, graduated_on=2_932_897)),
    "NUL in a text": ("text", fields(ENROLMENT, curriculum_code="a\0b")),
    "record_id of 256 characters": ("record-id", fields(CERTIFICATION, record_id="R" * 256)),
}
