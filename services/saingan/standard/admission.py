"""What a worker takes in (standard, section 10, second bullet): tolerant, for any client's records.

Beyond the standard's list, what no store can hold goes to the dead letters: a day outside the calendar, an integer
that is longer than Avro's 32 bits, a NUL in a text, and a record id of more than 255 characters.
"""

from collections.abc import Callable, Mapping
from operator import itemgetter
from re import compile as pattern
from typing import Any, Final

from saingan.errors import Rejection
from saingan.standard.codec import Record, Schema, fields_of
from saingan.standard.identity import is_citizen_id

INSURED_SECTIONS: Final = frozenset({33, 39, 40})
FIRST_DAY: Final = -719_162  # 0001-01-01, in days since the epoch
LAST_DAY: Final = 2_932_896  # 9999-12-31
_CALENDAR: Final = range(FIRST_DAY, LAST_DAY + 1)
_INT: Final = range(-(2**31), 2**31)
_RECORD_ID_BOUND: Final = 255
_PERSON_KEY: Final = pattern("[0-9a-f]{32}")


class Admission:
    """The check of decoded records of one schema, person-level or not."""

    def __init__(self, schema: Schema) -> None:
        self._days, self._ints, texts = (fields_of(schema, kind) for kind in ("date", "int", "string"))
        self._numbers: Callable[[Record], tuple[int | None, ...]] = itemgetter(*(self._days * 2 + self._ints))
        self._texts: Callable[[Record], tuple[str | None, ...]] = itemgetter(*texts)
        self._personal = "person_key" in texts
        self._insured = "section" in self._ints

    def admit(self, key: bytes | None, record: Record) -> None:
        """Check a record, given with its message key.

        Raises:
            Rejection: it cannot mean anything. Everything else is taken in.
        """
        version = record["record_version"]
        change = f"{record['record_id']}/{version}"
        if self._personal:
            person_key = record["person_key"]
            if key != f"{person_key}/{change}".encode():
                raise Rejection("key", "the message key is not <person_key>/<record_id>/<record_version> of its record")
            if not _PERSON_KEY.fullmatch(person_key):
                raise Rejection("person-key", "person_key is not 32 lower-case hexadecimal characters")
        elif key != change.encode():
            raise Rejection("key", "the message key is not <record_id>/<record_version> of its record")
        if version < 1:
            raise Rejection("version", "record_version is below 1")
        if record["change"] == "UPSERT":
            self._admit_upsert(record)

    def _admit_upsert(self, record: Record) -> None:
        record_id = record["record_id"]
        if len(record_id) > _RECORD_ID_BOUND:
            raise Rejection("record-id", f"record_id has more than {_RECORD_ID_BOUND} characters")
        if _tells_a_person(record_id):
            raise Rejection("citizen-id", "record_id is a valid citizen ID")
        if "\0" in "".join(filter(None, self._texts(record))):
            raise Rejection("text", "a text holds a NUL character")
        for number in self._numbers(record):
            if number is not None and number not in _CALENDAR:  # hardly ever: then it is looked at field by field
                _within(record, self._days, _CALENDAR, "date", "is not a day of the calendar")
                _within(record, self._ints, _INT, "number", "is longer than 32 bits")
        if self._insured:
            _admit_employment(record)
        ended_on = record.get("ended_on")
        if ended_on is not None and ended_on < record["started_on"]:
            raise Rejection("dates", "ended_on is before started_on")


def _admit_employment(record: Mapping[str, Any]) -> None:
    if record["section"] not in INSURED_SECTIONS:
        raise Rejection("section", "section is none of 33, 39, 40")
    if record["employer_id"] is not None and _tells_a_person(record["employer_id"]):
        raise Rejection("citizen-id", "employer_id is a valid citizen ID")


def _within(record: Mapping[str, Any], names: tuple[str, ...], bounds: range, reason: str, wrong: str) -> None:
    for name in names:
        number = record[name]
        if number is not None and number not in bounds:
            raise Rejection(reason, f"{name} {wrong}")


def _tells_a_person(number: str) -> bool:
    return len(number) == 13 and number[0] != "0" and is_citizen_id(number)
