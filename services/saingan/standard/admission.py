"""What a worker takes in (standard, section 10, second bullet): tolerant, for any client's records.

Beyond the standard's list, what no store can hold goes to the dead letters: a day outside the calendar, an integer
that is longer than Avro's 32 bits, a NUL in a text, and a record id of more than 255 characters.
"""

from typing import Any, Final, final

from mypy_extensions import i64

from saingan.errors import Rejection
from saingan.standard.codec import Schema, fields_of
from saingan.standard.identity import is_citizen_id
from saingan.standard.octets import is_lower_hex

INSURED_SECTIONS: Final = frozenset({33, 39, 40})
FIRST_DAY: Final = -719_162  # 0001-01-01, in days since the epoch
LAST_DAY: Final = 2_932_896  # 9999-12-31
DAYS: Final = (FIRST_DAY, LAST_DAY)
INTS: Final = (-(2**31), 2**31 - 1)
RECORD_ID_BOUND: Final = 255  # characters
_PERSON_KEY: Final = 32  # characters
_ABSENT: Final[i64] = -1


@final
class Admission:
    """The check of decoded records of one schema, person-level or not: values in the order of its fields."""

    def __init__(self, schema: Schema) -> None:
        self._names: list[str] = [field["name"] for field in schema["fields"]]
        self._days: list[int] = self._places(schema, "date")
        self._ints: list[int] = self._places(schema, "int")
        self._texts: list[int] = self._places(schema, "string")
        self._record_id: i64 = self._place("record_id")
        self._version: i64 = self._place("record_version")
        self._change: i64 = self._place("change")
        self._person_key: i64 = self._place("person_key")
        self._section: i64 = self._place("section")
        self._employer: i64 = self._place("employer_id")
        self._started: i64 = self._place("started_on")
        self._ended: i64 = self._place("ended_on")

    def admit(self, key: bytes | None, values: list[Any]) -> None:
        """Check a record, given with its message key.

        Raises:
            Rejection: it cannot mean anything. Everything else is taken in.
        """
        version: int = values[self._version]
        change = f"{values[self._record_id]}/{version}"
        if self._person_key >= 0:
            person_key: str = values[self._person_key]
            if key is None or key != f"{person_key}/{change}".encode():
                raise Rejection("key", "the message key is not <person_key>/<record_id>/<record_version> of its record")
            if len(person_key) != _PERSON_KEY or not is_lower_hex(key, _PERSON_KEY):
                raise Rejection("person-key", "person_key is not 32 lower-case hexadecimal characters")
        elif key != change.encode():
            raise Rejection("key", "the message key is not <record_id>/<record_version> of its record")
        if version < 1:
            raise Rejection("version", "record_version is below 1")
        if values[self._change] == "UPSERT":
            self._admit_upsert(values)

    def _admit_upsert(self, values: list[Any]) -> None:
        record_id: str = values[self._record_id]
        if len(record_id) > RECORD_ID_BOUND:
            raise Rejection("record-id", f"record_id has more than {RECORD_ID_BOUND} characters")
        if tells_a_person(record_id):
            raise Rejection("citizen-id", "record_id is a valid citizen ID")
        self._admit_storable(values)
        if self._section >= 0:
            self._admit_employment(values)
        if self._ended >= 0:
            ended_on = values[self._ended]
            if ended_on is not None and ended_on < values[self._started]:
                raise Rejection("dates", "ended_on is before started_on")

    def _admit_storable(self, values: list[Any]) -> None:
        for place in self._texts:
            text = values[place]
            if text is not None and "\0" in text:
                raise Rejection("text", "a text holds a NUL character")
        for place in self._days:
            day = values[place]
            if day is not None and not FIRST_DAY <= day <= LAST_DAY:
                raise Rejection("date", f"{self._names[place]} is not a day of the calendar")
        for place in self._ints:
            number = values[place]
            if number is not None and not INTS[0] <= number <= INTS[1]:
                raise Rejection("number", f"{self._names[place]} is longer than 32 bits")

    def _admit_employment(self, values: list[Any]) -> None:
        if values[self._section] not in INSURED_SECTIONS:
            raise Rejection("section", "section is none of 33, 39, 40")
        employer_id = values[self._employer]
        if employer_id is not None and tells_a_person(employer_id):
            raise Rejection("citizen-id", "employer_id is a valid citizen ID")

    def _places(self, schema: Schema, kind: str) -> list[int]:
        names = fields_of(schema, kind)
        return [place for place, name in enumerate(self._names) if name in names]

    def _place(self, name: str) -> i64:
        return self._names.index(name) if name in self._names else _ABSENT


def tells_a_person(number: str) -> bool:
    return len(number) == 13 and number[0] != "0" and is_citizen_id(number)
