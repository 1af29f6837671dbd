"""Shared by the tests of the outcome rules: one line from a person's records to the row.

make.graduation is on 31 March 2025, of enrolment E-1; its horizons are 30 September 2025, 31 March 2026 and 2027.
"""

from saingan.engine.core.derived import Dates
from saingan.engine.tables import LINEAGE
from saingan.outcomes.history import STREAMS
from saingan.outcomes.outcome import derive
from saingan.outcomes.table import employment_outcome
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from support import make
from support.make import day

COLUMNS = [column.name for column in employment_outcome.c][2 : -len(LINEAGE)]
STATUSES = ("status_6m", "status_12m", "status_24m", "current_status")


def kept(topic, records):
    """Records as the state keeps them, by id."""
    kind = STREAMS[topic]
    return {record["record_id"]: kind._make(record[field] for field in kind._fields) for record in records}


def derived(*, degrees=None, studies=(), jobs=(), certificates=(), observed_on="2027-06-01", complete_through=None):
    dates = Dates(day(observed_on), day(complete_through or observed_on))
    return derive(
        make.PERSON,
        kept(ENROLMENT, studies),
        kept(GRADUATION, [make.graduation()] if degrees is None else degrees),
        kept(EMPLOYMENT, jobs),
        kept(CERTIFICATION, certificates),
        dates,
    )


def row(**person):
    """The only row, by column."""
    (columns,) = derived(**person).rows.values()
    return dict(zip(COLUMNS, columns, strict=True))


def statuses(**person):
    columns = row(**person)
    return tuple(columns[name] for name in STATUSES)


def degree(on="2025-03-31", **fields):
    return make.graduation(graduated_on=day(on), **fields)


def job(start, end=None, record_id="S-1", **fields):
    return make.employment(record_id=record_id, started_on=day(start), ended_on=end and day(end), **fields)


def study(start, end=None, record_id="E-2", **fields):
    return make.enrolment(record_id=record_id, started_on=day(start), ended_on=end and day(end), **fields)


def certificate(on="2025-06-15", record_id="C-1", **fields):
    return make.certification(record_id=record_id, issued_on=day(on), **fields)
