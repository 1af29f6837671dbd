"""What the engine makes of a view by the columns of its table and by its clock."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from saingan.engine.result import row_key
from saingan.engine.store import due
from saingan.engine.store.opening import create_tables, transaction
from saingan.engine.tables import view_build
from saingan.outcomes.view import OUTCOMES
from saingan.topics import EMPLOYMENT, OUTCOME
from support.make import OTHER_PERSON, PERSON, Record, day, employment
from support.one_row_view import KNOWN_JOBS
from support.store_bench import Bench


@pytest.fixture
def jobs(standing_store: str) -> Iterator[Bench]:
    with closing(Bench(standing_store, replace(KNOWN_JOBS, topic=OUTCOME))) as bench:
        yield bench


def job(number: int, person: str = PERSON) -> Record:
    return employment(record_id=str(number), person_key=person, started_on=day("2099-01-01"))


def test_a_table_with_one_key_column_has_one_row_a_key_and_its_rows_go(jobs: Bench) -> None:
    jobs.apply((EMPLOYMENT, job(1)), (EMPLOYMENT, job(2)), (EMPLOYMENT, job(3, OTHER_PERSON)))
    assert jobs.rows() == [(PERSON, PERSON[:4], 2), (OTHER_PERSON, OTHER_PERSON[:4], 1)]
    jobs.apply((EMPLOYMENT, {**job(3, OTHER_PERSON), "record_version": 2, "change": "ERASE"}))
    assert jobs.rows() == [(PERSON, PERSON[:4], 2)]


def test_its_row_id_is_empty_in_the_outbox(jobs: Bench) -> None:
    jobs.apply((EMPLOYMENT, job(1)))
    assert jobs.outbox() == {(PERSON, "")}


def test_a_row_has_the_message_key_that_its_tables_key_says() -> None:
    assert KNOWN_JOBS.message_key(("V-1/1", "")) == b"V-1/1"
    assert KNOWN_JOBS.sent_row(b"V-1/1") == row_key(("V-1/1",)) == ("V-1/1", "")
    assert OUTCOMES.message_key((PERSON, "G/1")) == f"{PERSON}/G/1".encode()
    assert OUTCOMES.sent_row(f"{PERSON}/G/1".encode()) == row_key((PERSON, "G/1")) == (PERSON, "G/1")


def test_a_view_without_a_clock_follows_no_dates(jobs: Bench) -> None:
    jobs.apply((EMPLOYMENT, job(1)))
    jobs.look_from(date(2020, 1, 1))  # earlier ones: a view with a clock would derive all rows again
    with transaction(jobs.engine) as conn:
        assert not due.outstanding(conn, jobs.view)
    followed = select(view_build.c.observed_on).where(view_build.c.view == KNOWN_JOBS.name)
    assert jobs.read(followed) == [(None,)]


def test_its_rows_follow_new_rules_all_the_same(jobs: Bench) -> None:
    jobs.apply((EMPLOYMENT, job(1)))
    later = replace(jobs.view, rules=2, derive=lambda *given: KNOWN_JOBS.derive(given[0][4:], *given[1:]))
    with closing(Bench(jobs.engine.url.render_as_string(hide_password=False), later, anew=False)) as taken_over:
        create_tables(taken_over.engine, later)
        taken_over.sweep()
        assert taken_over.rows() == [(PERSON, PERSON[4:8], 1)]
