"""Rows that time alone changes, on both kinds of store."""

from datetime import date

from sqlalchemy import select

from saingan.outcomes.table import employment_outcome
from saingan.topics import EMPLOYMENT, GRADUATION
from support.make import OTHER_PERSON, PERSON, day, employment, graduation

GRADUATE = (GRADUATION, graduation())
JOB = (EMPLOYMENT, employment())
ROW = (PERSON, "G-1")


def column(bench, name):
    return [getattr(row, name) for row in bench.read(select(employment_outcome))]


def test_rows_change_when_their_day_comes_and_not_before(bench):
    bench.look_from(date(2025, 6, 1), date(2025, 4, 17))
    bench.apply(GRADUATE, (EMPLOYMENT, employment(started_on=day("2025-07-01"), ended_on=day("2025-07-31"))))
    seen = []
    for today in (date(2025, 6, 30), date(2025, 7, 1), date(2025, 7, 31), date(2025, 8, 1)):
        bench.look_from(today, date(2025, 4, 17))
        bench.sweep()
        seen.append((column(bench, "current_status")[0], column(bench, "first_job_on")[0]))
    assert seen == [
        ("NONE_OBSERVED", None),
        ("EMPLOYED", date(2025, 7, 1)),
        ("EMPLOYED", date(2025, 7, 1)),
        ("NONE_OBSERVED", date(2025, 7, 1)),
    ]


def test_none_is_said_of_a_horizon_when_the_registry_is_complete_to_it(bench):
    bench.look_from(date(2025, 9, 29), date(2025, 9, 29))
    bench.apply(GRADUATE)
    seen = []
    for observed_on, complete_through in (
        (date(2025, 9, 30), date(2025, 8, 16)),
        (date(2025, 11, 13), date(2025, 9, 29)),
        (date(2025, 11, 14), date(2025, 9, 30)),
    ):
        bench.look_from(observed_on, complete_through)
        bench.sweep()
        seen += column(bench, "status_6m")
    assert seen == ["NOT_YET", "NOT_YET", "NONE_OBSERVED"]


def test_a_sweep_puts_what_it_changed_into_the_outbox(bench):
    bench.look_from(date(2025, 9, 1), date(2025, 7, 18))
    bench.apply(GRADUATE, (GRADUATION, graduation(person_key=OTHER_PERSON, graduated_on=day("2025-08-01"))), JOB)
    bench.forget_outbox()
    bench.look_from(date(2025, 9, 30), date(2025, 8, 16))
    bench.sweep()
    assert bench.outbox() == {ROW}


def test_a_sweep_with_nothing_due_does_nothing(bench):
    bench.apply(GRADUATE)
    before = bench.everything()
    assert bench.loop.sweep() == 0
    assert bench.everything() == before
