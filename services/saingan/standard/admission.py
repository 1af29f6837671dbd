"""What a worker takes in (standard, section 10, second bullet): tolerant, for any client's records.

Beyond the standard's list, three things go to the dead letters because no store can hold them: a day outside the
calendar, a NUL in a text, and a record id of more than 255 characters.
"""

from collections.abc import Mapping
from string import hexdigits
from typing import Any, Final

from saingan.errors import Rejection
from saingan.standard.identity import is_citizen_id

INSURED_SECTIONS: Final = frozenset({33, 39, 40})
FIRST_DAY: Final = -719_162  # 0001-01-01, in days since the epoch
LAST_DAY: Final = 2_929_000  # in the year 9989: every horizon of a graduation still is a day of the calendar
_RECORD_ID_BOUND: Final = 255
_LOWER_HEX: Final = frozenset(hexdigits.lower())


def admit(key: bytes | None, record: Mapping[str, Any], days: tuple[str, ...]) -> None:
    """Check one decoded person-level record; ``days`` names its date fields.

    Raises:
        Rejection: it cannot mean anything. Everything else is taken in.
    """
    person_key, record_id, version = record["person_key"], record["record_id"], record["record_version"]
    if key != f"{person_key}/{record_id}/{version}".encode():
        raise Rejection("key", "the message key is not <person_key>/<record_id>/<record_version> of its record")
    if len(person_key) != 32 or not _LOWER_HEX.issuperset(person_key):
        raise Rejection("person-key", "person_key is not 32 lower-case hexadecimal characters")
    if version < 1:
        raise Rejection("version", "record_version is below 1")
    if record["change"] == "UPSERT":
        _admit_upsert(record, days)


def _admit_upsert(record: Mapping[str, Any], days: tuple[str, ...]) -> None:
    record_id = record["record_id"]
    if len(record_id) > _RECORD_ID_BOUND:
        raise Rejection("record-id", f"record_id has more than {_RECORD_ID_BOUND} characters")
    if _tells_a_person(record_id):
        raise Rejection("citizen-id", "record_id is a valid citizen ID")
    for day in days:
        value = record[day]
        if value is not None and not FIRST_DAY <= value <= LAST_DAY:
            raise Rejection("date", f"{day} is not a day of the calendar")
    if "section" in record:
        if record["section"] not in INSURED_SECTIONS:
            raise Rejection("section", "section is none of 33, 39, 40")
        if record["employer_id"] is not None and _tells_a_person(record["employer_id"]):
            raise Rejection("citizen-id", "employer_id is a valid citizen ID")
    ended_on = record.get("ended_on")
    if ended_on is not None and ended_on < record["started_on"]:
        raise Rejection("dates", "ended_on is before started_on")
    if "\0" in "".join([value for value in record.values() if type(value) is str]):
        raise Rejection("text", "a text holds a NUL character")


def _tells_a_person(number: str) -> bool:
    return len(number) == 13 and number[0] != "0" and is_citizen_id(number)
