"""The whole employment-outcome table at once, from the whole topics at once: the batch reading of the standard.

Section 5 without a fold: every change has a rank, and of the changes of one record the highest ranked stands. Pure.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from saingan.verify.outcomes.rules import Person, Record, Row, Sight, row

KEPT: Final[Mapping[str, tuple[str, ...]]] = {
    ENROLMENT.name: ("institution_code", "qualification", "field_code", "started_on", "ended_on", "status"),
    GRADUATION.name: (
        "institution_code",
        "institution_province",
        "qualification",
        "subject_type_code",
        "field_code",
        "subfield_code",
        "academic_year",
        "graduated_on",
        "enrolment_record_id",
    ),
    EMPLOYMENT.name: ("section", "employer_id", "employer_province", "tsic", "occupation", "started_on", "ended_on"),
    CERTIFICATION.name: ("result", "issued_on"),
}

RowKey = tuple[str, str]  # person_key, graduation_id
RecordKey = tuple[str, str, str]  # person_key, topic, record_id


class Rank(NamedTuple):
    """What decides between two changes of one record: the greater tuple stands.

    The last member holds the kept fields themselves, so a standing change needs no other storage.
    """

    erased: bool
    record_version: int
    recorded_at: int
    canonical: bytes


def canonical(topic: str, change: Record) -> bytes:
    """The change's name and the fields that the state keeps, as one JSON array; a `WITHDRAW` keeps none."""
    kept = [change[field] if change["change"] == "UPSERT" else None for field in KEPT[topic]]
    return json.dumps([change["change"], *kept], ensure_ascii=False, separators=(",", ":")).encode()


def standing(changes: Iterable[tuple[str, Record]]) -> dict[RecordKey, Rank]:
    """The standing change of each record.

    Args:
        changes: (topic, accepted change) in any order: the record as a plain dict with dates as int days.
    """
    best: dict[RecordKey, Rank] = {}
    for topic, change in changes:
        record = change["person_key"], topic, change["record_id"]
        rank = Rank(
            change["change"] == "ERASE", change["record_version"], change["recorded_at"], canonical(topic, change)
        )
        if record not in best or rank > best[record]:
            best[record] = rank
    return best


def rows(records: Mapping[RecordKey, Rank], sight: Sight) -> dict[RowKey, Row]:
    """The rows of all live graduations, by (person_key, graduation_id)."""
    return {
        (person_key, graduation["record_id"]): row(person_key, graduation, person, sight)
        for person_key, graduations, person in _people(records)
        for graduation in graduations
    }


def _people(records: Mapping[RecordKey, Rank]) -> Iterator[tuple[str, list[dict[str, Any]], Person]]:
    for person_key, keys in groupby(sorted(records), key=itemgetter(0)):
        live: dict[str, list[dict[str, Any]]] = {topic: [] for topic in KEPT}
        for key in keys:
            _, topic, record_id = key
            change, *kept = json.loads(records[key].canonical)
            if change == "UPSERT":
                live[topic].append({"record_id": record_id, **dict(zip(KEPT[topic], kept, strict=True))})
        others = Person(live[ENROLMENT.name], live[EMPLOYMENT.name], live[CERTIFICATION.name])
        yield person_key, live[GRADUATION.name], others
