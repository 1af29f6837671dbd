"""Shared by the tests of `verify`: one line from changes to rows."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Insert, insert

from saingan.engine.store.migrations import VERSION
from saingan.engine.tables import LINEAGE, schema_version, view_build
from saingan.outcomes.table import RULES
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from saingan.verify.outcomes import oracle
from saingan.verify.outcomes.rules import MatchRow, Row, Sight, matcher
from saingan.verify.standing import standing
from support.make import Record, day

EPOCH = date(1970, 1, 1).toordinal()
DATES = ("graduated_on", "first_job_on")
VIEW = "outcomes"
OBSERVED_ON = "2027-06-01"
COMPLETE_THROUGH = "2027-04-17"


def changes(
    *,
    graduations: Iterable[Record] = (),
    enrolments: Iterable[Record] = (),
    jobs: Iterable[Record] = (),
    certifications: Iterable[Record] = (),
) -> list[tuple[str, Record]]:
    """Each change with the topic that it came by."""
    return [
        *((GRADUATION.name, record) for record in graduations),
        *((ENROLMENT.name, record) for record in enrolments),
        *((EMPLOYMENT.name, record) for record in jobs),
        *((CERTIFICATION.name, record) for record in certifications),
    ]


def table(
    came: Iterable[tuple[str, Record]],
    *,
    observed_on: str = OBSERVED_ON,
    complete_through: str = COMPLETE_THROUGH,
    matches: Iterable[MatchRow] = (),
) -> dict[tuple[str, ...], Row]:
    """All rows, by the two dates in ISO form."""
    return oracle.rows(standing(came, oracle.KEPT), Sight(day(observed_on), day(complete_through), matcher(matches)))


def stored(row: Row) -> Record:
    """The row as the table takes it, with some lineage."""
    dates = {name: date.fromordinal(EPOCH + on) for name in DATES if (on := getattr(row, name)) is not None}
    return {**row._asdict(), **dates, **dict.fromkeys(LINEAGE, 0)}


def begun(observed_on: date, complete_through: date, rules: int = RULES) -> list[Insert]:
    """What makes of empty tables a store in which a worker was at work."""
    dates = {"observed_on": observed_on, "complete_through": complete_through}
    return [
        insert(schema_version).values(version=VERSION),
        insert(view_build).values(view=VIEW, fingerprint="", rules=rules, lists="", reconciled_at=0, **dates),
    ]
