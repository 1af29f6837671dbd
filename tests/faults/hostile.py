"""Messages that mean harm: records with nasty values rightly encoded, valid bytes mutated, and no sense at all."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from saingan.standard import codec, schemas
from saingan.standard.codec import FRAME_BYTES, Schema
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, MESSAGE_BOUND, Topic
from support import make
from support.make import Record, citizen_id

_BUILD: Final[Mapping[Topic, Callable[..., Record]]] = {
    ENROLMENT: make.enrolment,
    GRADUATION: make.graduation,
    EMPLOYMENT: make.employment,
    CERTIFICATION: make.certification,
}
_NUMBERS: Final = [0, 1, -1, 33, 39, 63, 64, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63 - 1, -(2**63)]
_DAYS: Final = [-719_162, -719_163, 2_932_896, 2_932_897]
_TEXTS: Final = ["", "\0", "ก", "ช่างยนต์" * 40, "a" * 255, "a" * 256, "/", "\N{GRINNING FACE}", "\\N\t", citizen_id(7)]
_NASTY: Final[Mapping[str, Sequence[Any]]] = {
    "string": [*_TEXTS, make.PERSON.upper()],
    "int": _NUMBERS + _DAYS,
    "long": _NUMBERS,
    "bytes": [b"", b"\xff" * 70],
}
_VARINTS: Final = [  # lengths, numbers of branches and symbols: long, negative, endless, and in more bytes than needed
    *(b"\x00", b"\x01", b"\x02", b"\x7f", b"\x80\x01", b"\x80\x00", b"\x81\x80\x00"),
    *(b"\xff\xff\xff\xff\x0f", b"\xfe\xff\xff\xff\x0f", b"\xff" * 9 + b"\x01", b"\xfe" + b"\xff" * 8 + b"\x01"),
    *(b"\x80" * 9 + b"\x02", b"\xff" * 9 + b"\x7f", b"\x80" * 12 + b"\x01", b"\xff" * 40),
]


def evolved(topic: Topic) -> list[Schema]:
    """Other writers' schemas of a topic: a flat one, its fields in another order, and one with fields of every kind."""
    ours = schemas.schema(topic.name)
    flat = [
        {"name": "remark", "type": ["null", "string"], "default": None},
        {"name": "score", "type": "double", "default": 0.0},
        {"name": "checked", "type": "boolean", "default": False},
        *reversed([field for field in ours["fields"] if field["name"] != "identity"]),
    ]
    code = {"type": "fixed", "name": "Code", "size": 4}
    contact = {"type": "record", "name": "Contact", "fields": [{"name": "code", "type": code}]}
    nested = [
        *ours["fields"],
        {"name": "tags", "type": {"type": "array", "items": "string"}, "default": []},
        {"name": "counts", "type": {"type": "map", "values": "long"}, "default": {}},
        {"name": "contact", "type": ["null", contact], "default": None},
    ]
    return [{**ours, "fields": flat}, {**ours, "fields": nested}]


class Hostile:
    """An endless supply, seeded.

    Args:
        writers: by topic, the registered schemas by id.
    """

    def __init__(self, rng: random.Random, writers: Mapping[Topic, Mapping[int, Schema]]) -> None:
        self._rng = rng
        self._writers = {
            topic: [(number, codec.parse(schema), schema) for number, schema in of_topic.items()]
            for topic, of_topic in writers.items()
        }
        self._ids = [number for of_topic in writers.values() for number in of_topic] + [0, 999_999, 2**32 - 1]

    def message(self, topic: Topic) -> tuple[bytes | None, bytes | None]:
        """Key and value of one message: of ten, some three are good."""
        key, value = self._encoded(topic)
        match self._rng.randrange(10):
            case 0 | 1 | 2:
                return key, value
            case 3:
                return self._rng.choice([None, b"", key[:-1], key.upper(), self._rng.randbytes(20)]), value
            case 4:
                return key, codec.frame(self._rng.choice(self._ids), value[FRAME_BYTES:])
            case 5:
                return key, self._nonsense(value)
            case _:
                return key, self._mutated(value, topic)

    def _encoded(self, topic: Topic) -> tuple[bytes, bytes]:
        rng = self._rng
        schema_id, parsed, schema = rng.choice(self._writers[topic])
        record = _BUILD[topic](record_id=f"R-{rng.randrange(50)}", record_version=rng.randint(1, 300))
        record |= {"change": rng.choice(["UPSERT", "UPSERT", "UPSERT", "WITHDRAW", "ERASE"])}
        record |= {
            "remark": "x",
            "score": 1.5,
            "checked": True,
            "tags": ["a", "b"],
            "counts": {"c": 1},
            "contact": None,
        }
        for field in rng.sample(schema["fields"], rng.choice((0, 0, 1, 2))):
            record[field["name"]] = self._nasty(field["type"], record[field["name"]])
        key = f"{record['person_key']}/{record['record_id']}/{record['record_version']}".encode()
        return key, codec.frame(schema_id, codec.encode(parsed, record))

    def _nasty(self, declared: Any, usual: Any) -> Any:
        branch = self._rng.choice(declared) if isinstance(declared, list) else declared
        kind = branch["type"] if isinstance(branch, dict) else branch
        if kind == "enum":
            return self._rng.choice(branch["symbols"])
        if kind not in _NASTY:
            return None if kind == "null" else usual
        value = self._rng.choice(_NASTY[kind])
        return value if branch is declared else (kind, value)  # named, for fastavro would look whether it fits

    def _mutated(self, value: bytes, topic: Topic) -> bytes:
        for _ in range(self._rng.choice((1, 1, 1, 2, 4))):
            value = self._rng.choice(_MUTATIONS)(self._rng, value, self._encoded(topic)[1])
        return value

    def _nonsense(self, value: bytes) -> bytes | None:
        rng = self._rng
        return rng.choice([None, b"", value[:3], rng.randbytes(rng.randrange(200)), value[:5] + rng.randbytes(90)])


def _at(rng: random.Random, value: bytes) -> int:
    return rng.randrange(FRAME_BYTES, len(value)) if len(value) > FRAME_BYTES else len(value)


def _flip(rng: random.Random, value: bytes, _: bytes) -> bytes:
    at = _at(rng, value)
    return value[:at] + bytes([byte ^ 1 << rng.randrange(8) for byte in value[at : at + 1]]) + value[at + 1 :]


def _replace(rng: random.Random, value: bytes, _: bytes) -> bytes:
    at = _at(rng, value)
    return value[:at] + rng.randbytes(1) + value[at + 1 :]


def _delete(rng: random.Random, value: bytes, _: bytes) -> bytes:
    at = _at(rng, value)
    return value[:at] + value[at + rng.randint(1, 9) :]


def _cut(rng: random.Random, value: bytes, _: bytes) -> bytes:
    return value[: _at(rng, value)]


def _append(rng: random.Random, value: bytes, _: bytes) -> bytes:
    return value + rng.randbytes(rng.randint(1, 9))


def _splice(rng: random.Random, value: bytes, other: bytes) -> bytes:
    return value[: _at(rng, value)] + other[_at(rng, other) :]


def _put_length(rng: random.Random, value: bytes, _: bytes) -> bytes:
    at = _at(rng, value)
    return value[:at] + rng.choice(_VARINTS) + value[at + rng.randint(0, 1) :]


def _swell(rng: random.Random, value: bytes, _: bytes) -> bytes:
    """Now and then longer than a message may be."""
    at = _at(rng, value)
    times = rng.choice((10, 10, 10, 10, 10, 10, 10, MESSAGE_BOUND // 20))
    return value[:at] + value[at : at + 20] * times + value[at:]


_MUTATIONS: Final = [_flip, _flip, _replace, _delete, _cut, _append, _splice, _put_length, _put_length, _swell]
