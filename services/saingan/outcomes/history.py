"""What the exchange keeps of a person: of each record the fields that the outcome rules read.

The fold itself is the standard's, section 5, and is the same for all views: engine/core/standing.py.
"""

from typing import NamedTuple

from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, Topic


class Enrolment(NamedTuple):
    institution_code: str
    qualification: str
    field_code: str
    started_on: int
    ended_on: int | None
    status: str


class Graduation(NamedTuple):
    institution_code: str
    institution_province: str
    qualification: str
    subject_type_code: str
    field_code: str
    subfield_code: str
    academic_year: int
    graduated_on: int
    enrolment_record_id: str | None


class Employment(NamedTuple):
    section: int
    employer_id: str | None
    employer_province: str | None
    tsic: str | None
    occupation: str | None
    started_on: int
    ended_on: int | None


class Certification(NamedTuple):
    result: str
    issued_on: int


STREAMS: dict[Topic, type[NamedTuple]] = {
    ENROLMENT: Enrolment,
    GRADUATION: Graduation,
    EMPLOYMENT: Employment,
    CERTIFICATION: Certification,
}
