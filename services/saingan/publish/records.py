"""A type for each topic's records, as `Publisher.publish` takes them. Made by generate.py from `schemas/`.

The checks of a record go further than its type. A date may be given as `date`, as ISO text or in days since 1970; a
time as aware `datetime`, as ISO text with its offset or in milliseconds since 1970.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, NotRequired, TypedDict


class EnrolmentRecord(TypedDict):
    """``ovec.enrolment.v1``: One person's enrolment at a vocational institution, from OVEC's student registry
    (ทะเบียนนักเรียน นักศึกษา)
    """

    record_id: str
    record_version: int
    change: Literal["UPSERT", "WITHDRAW", "ERASE"]
    person_key: NotRequired[str]
    recorded_at: datetime | str | int
    source: str
    institution_code: str
    institution_province: str
    qualification: Literal["PVC", "PVS", "BTECH", "SHORT", "OTHER"]
    curriculum_code: str
    subject_type_code: str
    field_code: str
    subfield_code: str
    academic_year: int
    started_on: date | str | int
    ended_on: NotRequired[date | str | int | None]
    expected_graduation_on: NotRequired[date | str | int | None]
    status: Literal["STUDYING", "EXPECTED_TO_GRADUATE", "LEFT", "TRANSFERRED", "COMPLETED", "OTHER"]
    desired_path: Literal["WORK", "OWN_OCCUPATION", "FURTHER_STUDY", "BOTH", "UNDECIDED", "OTHER"]
    desired_occupation: NotRequired[str | None]
    home_province: NotRequired[str | None]
    identity: NotRequired[bytes | str | None]


class GraduationRecord(TypedDict):
    """``ovec.graduation.v1``: One person's graduation from a vocational institution, from OVEC's registry
    (ทะเบียนผู้สำเร็จการศึกษา)
    """

    record_id: str
    record_version: int
    change: Literal["UPSERT", "WITHDRAW", "ERASE"]
    person_key: NotRequired[str]
    recorded_at: datetime | str | int
    source: str
    institution_code: str
    institution_province: str
    qualification: Literal["PVC", "PVS", "BTECH", "SHORT", "OTHER"]
    curriculum_code: str
    subject_type_code: str
    field_code: str
    subfield_code: str
    academic_year: int
    entry_academic_year: NotRequired[int | None]
    graduated_on: date | str | int
    enrolment_record_id: NotRequired[str | None]
    identity: NotRequired[bytes | str | None]


class InsuredEmploymentRecord(TypedDict):
    """``sso.insured-employment.v1``: One spell of a person as an insured person, from SSO's registry; no wage, the
    agreement does not give it (ทะเบียนผู้ประกันตน)
    """

    record_id: str
    record_version: int
    change: Literal["UPSERT", "WITHDRAW", "ERASE"]
    person_key: NotRequired[str]
    recorded_at: datetime | str | int
    source: str
    section: int
    employer_id: NotRequired[str | None]
    employer_province: NotRequired[str | None]
    tsic: NotRequired[str | None]
    occupation: NotRequired[str | None]
    position: NotRequired[str | None]
    started_on: date | str | int
    ended_on: NotRequired[date | str | int | None]
    identity: NotRequired[bytes | str | None]


class SkillCertificationRecord(TypedDict):
    """``dsd.skill-certification.v1``: One skill-standard test, training or competency certificate of a person, from
    DSD's registry (ทะเบียนการทดสอบ ฝึกอบรม และรับรองความรู้ความสามารถ)
    """

    record_id: str
    record_version: int
    change: Literal["UPSERT", "WITHDRAW", "ERASE"]
    person_key: NotRequired[str]
    recorded_at: datetime | str | int
    source: str
    kind: Literal["NATIONAL_SKILL_TEST", "TRAINING", "COMPETENCY_CERTIFICATE", "OTHER"]
    trade_code: str
    course: NotRequired[str | None]
    level: NotRequired[int | None]
    result: Literal["PASSED", "FAILED", "ATTENDED", "OTHER"]
    issued_on: date | str | int
    expires_on: NotRequired[date | str | int | None]
    identity: NotRequired[bytes | str | None]


class LabourDemandRecord(TypedDict):
    """``ovec.labour-demand.v1``: One demand of an establishment for workers, from OVEC's survey of establishments; no
    wage, no age, no sex, no contact person (ผลสำรวจความต้องการกำลังคนของสถานประกอบการ)
    """

    record_id: str
    record_version: int
    change: Literal["UPSERT", "WITHDRAW", "ERASE"]
    recorded_at: datetime | str | int
    source: str
    survey_round: str
    surveyed_on: date | str | int
    surveyed_by: str
    employer_id: NotRequired[str | None]
    employer_name: NotRequired[str | None]
    address: NotRequired[str | None]
    tsic: NotRequired[str | None]
    position: str
    occupation: NotRequired[str | None]
    fields_wanted: NotRequired[Sequence[str]]
    qualification_from: str
    qualification_to: str
    experience_months: NotRequired[int]
    trade_code: NotRequired[str | None]
    trade_level: NotRequired[int | None]
    skills: NotRequired[Sequence[str]]
    openings: int
    hard_to_fill: NotRequired[int | None]
    work_province: str
    work_district: NotRequired[str | None]
    start_on: NotRequired[date | str | int | None]
    wanted_from: date | str | int
    wanted_through: date | str | int
    curriculum_partner: NotRequired[bool | None]
