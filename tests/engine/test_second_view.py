"""The engine knows nothing of outcomes: another view runs through it, beside them, in one store."""

from datetime import date

import pytest
from sqlalchemy import inspect

from saingan.engine.store import ledger
from saingan.engine.store.opening import transaction
from saingan.topics import EMPLOYMENT, GRADUATION
from support.make import OTHER_PERSON, PERSON, day, employment, graduation
from support.second_view import JOBS
from support.store_bench import Bench


@pytest.fixture
def both(standing_store):
    outcomes, jobs = Bench(standing_store), Bench(standing_store, JOBS)
    yield outcomes, jobs
    outcomes.close()
    jobs.close()


def job(record_id, started_on="2025-05-01", **fields):
    return EMPLOYMENT, employment(record_id=record_id, started_on=day(started_on), **fields)


def test_its_tables_stand_beside_those_of_the_outcomes(both):
    names = set(inspect(both[0].engine).get_table_names())
    assert {"outcomes_history", "outcomes_outbox", "jobs_history", "jobs_outbox", "job_count"} <= names


def test_it_keeps_a_row_of_its_own_kind(both):
    _, jobs = both
    jobs.apply(job("1"), job("2"), job("3", person_key=OTHER_PERSON))
    jobs.apply(job("2", record_version=2, change="WITHDRAW"), job("4", "2026-01-01"), job("1"))
    assert jobs.rows() == [(PERSON, "all", 2), (OTHER_PERSON, "all", 1)]


def test_its_rows_go_when_nothing_is_left_to_count(both):
    _, jobs = both
    jobs.apply(job("1"))
    jobs.apply(job("1", record_version=2, change="ERASE"))
    assert jobs.rows() == []


def test_its_rows_change_with_time(both):
    _, jobs = both
    jobs.look_from(date(2026, 1, 1))
    jobs.apply(job("1"), job("2", "2026-06-01"))
    assert jobs.rows() == [(PERSON, "all", 1)]
    jobs.look_from(date(2026, 6, 1))
    jobs.sweep()
    assert jobs.rows() == [(PERSON, "all", 2)]


def test_a_view_without_a_topic_leaves_nothing_to_relay(both):
    _, jobs = both
    jobs.apply(job("1"))
    assert jobs.outbox() == set()


def test_both_views_take_in_one_stream_each_at_its_own_position(both):
    outcomes, jobs = both
    outcomes.apply((GRADUATION, graduation()), job("1"))
    before = outcomes.rows(), outcomes.states()
    jobs.apply(job("1"), job("2"))
    assert (outcomes.rows(), outcomes.states()) == before
    with transaction(jobs.engine) as conn:
        assert set(ledger.positions(conn, "jobs").values()) == {2}
        assert set(ledger.positions(conn, "outcomes").values()) == {1}


def test_a_bad_record_is_a_letter_of_each_view_that_read_it(both):
    for bench in both:
        bench.apply(bench.feed.sent(EMPLOYMENT, employment(), key=b""))
    assert {letter.view for letter in both[0].letters()} == {"outcomes", "jobs"}


def test_dates_that_went_back_reach_each_view(both):
    outcomes, jobs = both
    jobs.look_from(date(2026, 6, 1))
    jobs.apply(job("1", "2026-06-01"))
    outcomes.look_from(date(2026, 1, 1))  # a worker of the outcomes pins an earlier day
    jobs.sweep()
    assert jobs.rows() == []
