"""A view of one row a person, whatever the day: how many jobs the exchange knows of."""

from sqlalchemy import Column, Integer, String, Table

from saingan.engine.core.derived import NO_DATES, Dates, Derived, Live
from saingan.engine.tables import key_type, lineage, metadata
from saingan.engine.view import View
from saingan.topics import EMPLOYMENT
from support.second_view import Job

known_jobs = Table(
    "known_jobs",
    metadata,
    Column("person_key", key_type(), primary_key=True),
    Column("named", String, nullable=False),
    Column("jobs", Integer, nullable=False),
    *lineage(),
)


def count(person_key: str, jobs: Live, dates: Dates) -> Derived:
    """It names the person by the key that it is given."""
    assert dates is NO_DATES
    return Derived({"": (person_key[:4], len(jobs))} if jobs else {}, None, None)


KNOWN_JOBS = View(name="known_jobs", streams={EMPLOYMENT: Job}, derive=count, table=known_jobs, clock=False)
