"""The whole employment-outcome table at once, from the records that stand. Pure."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from saingan.verify.outcomes.rules import Person, Row, Sight, row
from saingan.verify.standing import Rank, RecordKey, live

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


def rows(records: Mapping[RecordKey, Rank], sight: Sight) -> dict[tuple[str, ...], Row]:
    """The rows of all live graduations, by (person_key, graduation_id)."""
    return {
        (person_key, graduation["record_id"]): row(person_key, graduation, person, sight)
        for person_key, graduations, person in _people(records)
        for graduation in graduations
    }


def _people(records: Mapping[RecordKey, Rank]) -> Iterator[tuple[str, list[dict[str, Any]], Person]]:
    for person_key, found in groupby(live(records, KEPT), key=lambda record: record[0][0]):
        of: dict[str, list[dict[str, Any]]] = {topic: [] for topic in KEPT}
        for (_, topic, record_id), fields in found:
            of[topic].append({"record_id": record_id, **fields})
        yield person_key, of[GRADUATION.name], Person(of[ENROLMENT.name], of[EMPLOYMENT.name], of[CERTIFICATION.name])
