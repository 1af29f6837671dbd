"""An agency's own program: it publishes a graduation and a job of one person, who does not exist.

Run it where the pseudonym key is known: in SAINGAN_PSEUDONYM_KEY, in `.env`, or beside the local exchange.
"""

import sys
from datetime import UTC, date, datetime

from saingan.publish import Publisher, Refused
from saingan.publish.records import GraduationRecord, InsuredEmploymentRecord
from saingan.settings import Settings

CITIZEN_ID = "1999999999999"

graduation: GraduationRecord = {
    "record_id": "EXAMPLE-G-1",
    "record_version": 1,
    "change": "UPSERT",
    "recorded_at": datetime(2025, 4, 10, 2, 0, tzinfo=UTC),
    "source": "OVEC",
    "institution_code": "1320016101",
    "institution_province": "20",
    "qualification": "PVC",
    "curriculum_code": "2562",
    "subject_type_code": "1",
    "field_code": "20101",
    "subfield_code": "2010101",
    "academic_year": 2567,
    "graduated_on": date(2025, 3, 31),
}

job: InsuredEmploymentRecord = {
    "record_id": "EXAMPLE-S-1",
    "record_version": 1,
    "change": "UPSERT",
    "recorded_at": "2025-05-15T16:20:00+07:00",
    "source": "SSO-20",
    "section": 33,
    "employer_id": "0105000000012",
    "employer_province": "20",
    "tsic": "45201",
    "occupation": "7231",
    "started_on": "2025-05-01",
}


def main() -> int:
    try:
        with Publisher(Settings()) as publisher:
            publisher.publish("ovec.graduation.v1", graduation, citizen_id=CITIZEN_ID)
            publisher.publish("sso.insured-employment.v1", job, citizen_id=CITIZEN_ID)
    except Refused as refused:
        for issue in refused.issues:
            print(f"{issue.field} {issue.advice} ({issue.rule})", file=sys.stderr)
        return 1
    print("2 records are delivered")
    return 0


if __name__ == "__main__":
    sys.exit(main())
