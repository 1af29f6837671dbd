"""What may be taken in, and what is a dead letter: section 10's second bullet, read a second time. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from saingan.errors import Rejection
from saingan.standard import codec
from saingan.standard.codec import Record, Schema
from saingan.standard.decoder import Decoder
from saingan.standard.identity import is_citizen_id
from saingan.topics import MESSAGE_BOUND
from saingan.verify.rules import FIRST_DAY, LAST_DAY

_PERSON_KEY: Final = re.compile(r"[0-9a-f]{32}")
_DATES: Final = ("started_on", "ended_on", "expected_graduation_on", "graduated_on", "issued_on", "expires_on")
_INTS: Final = ("academic_year", "entry_academic_year", "level")
_SECTIONS: Final = (33, 39, 40)

Rule = tuple[str, str, Callable[[Record], bool]]  # reason, what is wrong, whether it is

_OF_EVERY_CHANGE: Final[tuple[Rule, ...]] = (
    (
        "person-key",
        "`person_key` is not 32 lower-case hex characters",
        lambda r: not _PERSON_KEY.fullmatch(r["person_key"]),
    ),
    ("version", "`record_version` is less than 1", lambda r: r["record_version"] < 1),
)
_OF_AN_UPSERT: Final[tuple[Rule, ...]] = (
    ("citizen-id", "`record_id` is a citizen ID", lambda r: _is_person(r["record_id"])),
    ("citizen-id", "`employer_id` is a citizen ID", lambda r: _is_person(r.get("employer_id"))),
    ("section", "`section` is not 33, 39 or 40", lambda r: "section" in r and r["section"] not in _SECTIONS),
    ("record-id", "`record_id` is longer than 255 characters", lambda r: len(r["record_id"]) > 255),
    ("number", "an integer is longer than 32 bits", lambda r: any(_long(r.get(name)) for name in _INTS)),
    ("text", "a text holds U+0000", lambda r: any("\0" in value for value in r.values() if isinstance(value, str))),
    ("date", "a date lies outside the calendar", lambda r: any(_no_day(r.get(name)) for name in _DATES)),
    ("dates", "`ended_on` lies before `started_on`", lambda r: _backwards(r.get("started_on"), r.get("ended_on"))),
)


class Reader:
    """Turns one topic's bytes into records of our schema.

    Args:
        ours: the schema in which records come out.
        registered: the writers' schemas that are registered for the topic, by id.
    """

    def __init__(self, ours: Schema, registered: Mapping[int, Schema]) -> None:
        parsed = codec.parse(ours)
        self._writers = {
            i: Decoder(codec.parse(schema), parsed) for i, schema in registered.items() if _is_safe(schema)
        }

    def read(self, key: bytes | None, value: bytes) -> Record:
        """Decode one message.

        Raises:
            Rejection: it is too large, not one whole datum of a registered schema, or not one that ours can take.
        """
        if len(value) + len(key or b"") > MESSAGE_BOUND:
            raise Rejection("too-large", f"the message is longer than {MESSAGE_BOUND} bytes")
        schema_id, _ = codec.unframe(value)
        if schema_id not in self._writers:
            raise Rejection("schema", "the value's schema is not registered for this topic, or unsafe to decode by")
        return self._writers[schema_id].record(value)


def admit(key: bytes | None, record: Record) -> None:
    """Check a decoded change.

    Raises:
        Rejection: it is a dead letter.
    """
    if key != f"{record['person_key']}/{record['record_id']}/{record['record_version']}".encode():
        raise Rejection("key", "the key disagrees with the record")
    rules = _OF_EVERY_CHANGE + (_OF_AN_UPSERT if record["change"] == "UPSERT" else ())
    for reason, wrong, is_wrong in rules:
        if is_wrong(record):
            raise Rejection(reason, wrong)


def _is_safe(schema: Schema) -> bool:
    try:
        codec.lint(schema)
    except Rejection:
        return False
    return True


def _is_person(number: str | None) -> bool:
    return number is not None and is_citizen_id(number) and not number.startswith("0")


def _backwards(started_on: int | None, ended_on: int | None) -> bool:
    return started_on is not None and ended_on is not None and ended_on < started_on


def _long(number: int | None) -> bool:
    return number is not None and not -(2**31) <= number < 2**31


def _no_day(day: int | None) -> bool:
    return day is not None and not FIRST_DAY <= day <= LAST_DAY
