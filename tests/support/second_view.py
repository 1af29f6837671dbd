"""Another view of the same engine: how many jobs a person has had. A schema, a fold, a table, and this."""

from typing import NamedTuple

from sqlalchemy import Column, Integer, Table

from saingan.engine.core.derived import Derived
from saingan.engine.tables import key_type, lineage, metadata
from saingan.engine.view import View
from saingan.topics import EMPLOYMENT


class Job(NamedTuple):
    started_on: int


job_count = Table(
    "job_count",
    metadata,
    Column("person_key", key_type(), primary_key=True),
    Column("section", key_type(), primary_key=True),
    Column("jobs", Integer, nullable=False),
    *lineage(),
)


def count(_person_key, jobs, dates):
    begun = [started_on for (started_on,) in jobs.values() if started_on <= dates.observed_on]
    ahead = [started_on for (started_on,) in jobs.values() if started_on > dates.observed_on]
    return Derived({"all": (len(begun),)} if begun else {}, min(ahead, default=None), None)


JOBS = View(name="jobs", streams={EMPLOYMENT: Job}, derive=count, table=job_count)
