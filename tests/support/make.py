"""Builders with defaults: an Avro-ready record of each stream, and synthetic people and firms."""

from datetime import UTC, date, datetime
from typing import Any

from stdnum.th import moa, pin

from saingan.standard import schemas
from saingan.topics import Topic

Record = dict[str, Any]

PERSON = "0123456789abcdef0123456789abcdef"
OTHER_PERSON = "fedcba9876543210fedcba9876543210"


def day(iso: str) -> int:
    """Days since 1970-01-01, as Avro writes a date."""
    return (date.fromisoformat(iso) - date(1970, 1, 1)).days


def instant(iso: str) -> int:
    """Milliseconds since the epoch, as Avro writes a timestamp; UTC where the text has no offset."""
    moment = datetime.fromisoformat(iso)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)


def citizen_id(n: int) -> str:
    """The n-th synthetic citizen: 13 digits that begin with 1, with a right check digit."""
    digits = f"1{n:011d}"
    return digits + pin.calc_check_digit(digits)


def juristic_number(n: int) -> str:
    """The n-th synthetic firm: 13 digits that begin with 0105, with a right check digit."""
    digits = f"0105{n:08d}"
    return digits + moa.calc_check_digit(digits)


def _head(record_id: str, source: str) -> Record:
    return {
        "record_id": record_id,
        "record_version": 1,
        "change": "UPSERT",
        "person_key": PERSON,
        "recorded_at": instant("2025-04-10T09:00"),
        "source": source,
    }


def _study() -> Record:
    return {
        "institution_code": "1320016101",
        "institution_province": "20",
        "qualification": "PVC",
        "curriculum_code": "2562",
        "subject_type_code": "1",
        "field_code": "20101",
        "subfield_code": "2010101",
    }


def enrolment(**fields: Any) -> Record:
    """A student of automotive mechanics who began in 2022 and goes on."""
    return {
        **_head("E-1", "OVEC"),
        **_study(),
        "academic_year": 2565,
        "started_on": day("2022-05-16"),
        "ended_on": None,
        "expected_graduation_on": day("2025-03-31"),
        "status": "STUDYING",
        "desired_path": "WORK",
        "desired_occupation": "7231",
        "home_province": "20",
        "identity": None,
        **fields,
    }


def graduation(**fields: Any) -> Record:
    """The graduation of `enrolment`, on 31 March 2025."""
    return {
        **_head("G-1", "OVEC"),
        **_study(),
        "academic_year": 2567,
        "entry_academic_year": 2565,
        "graduated_on": day("2025-03-31"),
        "enrolment_record_id": "E-1",
        "identity": None,
        **fields,
    }


def employment(**fields: Any) -> Record:
    """A section-33 job as a motor mechanic since 1 May 2025."""
    return {
        **_head("S-1", "SSO-20"),
        "section": 33,
        "employer_id": juristic_number(1),
        "employer_province": "20",
        "tsic": "45201",
        "occupation": "7231",
        "position": "ช่างยนต์",
        "started_on": day("2025-05-01"),
        "ended_on": None,
        "identity": None,
        **fields,
    }


def unkeyed_employment(**fields: Any) -> Record:
    """An `employment` as a program gives it to a publisher: without the person key."""
    return {name: value for name, value in employment(**fields).items() if name != "person_key"}


def certification(**fields: Any) -> Record:
    """A national skill test, level 1, passed on 15 June 2025."""
    return {
        **_head("C-1", "DSD-20"),
        "kind": "NATIONAL_SKILL_TEST",
        "trade_code": "7231-01",
        "course": None,
        "level": 1,
        "result": "PASSED",
        "issued_on": day("2025-06-15"),
        "expires_on": None,
        "identity": None,
        **fields,
    }


def demand(**fields: Any) -> Record:
    """A firm's wish, told on 8 July 2025, for twelve motor mechanics from October on, for a year."""
    head = _head("D-1", "OVEC")
    del head["person_key"]
    return {
        **head,
        "survey_round": "2568/1",
        "surveyed_on": day("2025-07-08"),
        "surveyed_by": "1320016101",
        "employer_id": juristic_number(1),
        "employer_name": "บริษัท ตัวอย่าง จำกัด",
        "address": "99 หมู่ 1",
        "tsic": "45201",
        "position": "ช่างยนต์",
        "occupation": "7231",
        "fields_wanted": ("20101", "30101"),
        "qualification_from": "PVC",
        "qualification_to": "PVS",
        "experience_months": 0,
        "trade_code": None,
        "trade_level": None,
        "skills": (),
        "openings": 12,
        "hard_to_fill": 4,
        "work_province": "20",
        "work_district": "2001",
        "start_on": None,
        "wanted_from": day("2025-10-01"),
        "wanted_through": day("2026-09-30"),
        "curriculum_partner": True,
        **fields,
    }


def key(topic: Topic, record: Record) -> bytes:
    """The message key that the standard wants (section 4)."""
    person = [record["person_key"]] if topic.person_level else []
    return "/".join([*person, record["record_id"], str(record["record_version"])]).encode()


def values(topic: Topic, record: Record) -> list[Any]:
    """A record as a decoder gives it: values in the order of the schema's fields."""
    return [record.get(field["name"]) for field in schemas.schema(topic.name)["fields"]]
