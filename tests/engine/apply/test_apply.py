"""The view loop, by examples, on both kinds of store; its laws are in tests/laws."""

from datetime import date

import pytest
from sqlalchemy import select

from saingan.engine.tables import LINEAGE
from saingan.outcomes.table import employment_outcome
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from support.make import OTHER_PERSON, PERSON, certification, day, employment, enrolment, graduation

GRADUATE = (GRADUATION, graduation())
JOB = (EMPLOYMENT, employment())
ROW = (PERSON, "G-1")


def column(bench, name):
    return [getattr(row, name) for row in bench.read(select(employment_outcome))]


def revisions(bench):
    return {(key, row_id): revision for key, row_id, revision in bench.read(select(bench.view.outbox))}


def test_a_graduate_has_a_row_as_soon_as_the_graduation_comes(bench):
    assert bench.apply(GRADUATE) == 1
    assert [row[:2] for row in bench.rows()] == [ROW]


def test_a_person_without_a_graduation_has_a_state_and_no_row(bench):
    assert bench.apply(JOB, (ENROLMENT, enrolment()), (CERTIFICATION, certification())) == 0
    assert list(bench.states()) == [PERSON]
    assert bench.rows() == []
    assert bench.outbox() == set()


def test_what_came_before_the_graduation_counts_when_it_comes(bench):
    bench.apply(JOB)
    bench.apply(GRADUATE)
    assert column(bench, "first_job_on") == [date(2025, 5, 1)]


def test_a_change_that_alters_no_column_writes_no_row_and_leaves_nothing_to_send(bench):
    bench.apply(GRADUATE, JOB)
    lineage = bench.lineage()
    bench.forget_outbox()
    failed = (CERTIFICATION, certification(result="FAILED"))
    moved_office = (EMPLOYMENT, employment(record_version=2, source="SSO-10", position="ช่าง"))
    assert bench.apply(failed, moved_office) == 0
    assert (bench.outbox(), bench.lineage()) == (set(), lineage)


def test_a_change_that_alters_a_column_puts_the_row_into_the_outbox_anew(bench):
    bench.apply(GRADUATE)
    before = revisions(bench)
    assert bench.apply(JOB) == 1
    assert set(revisions(bench)) == {ROW}
    assert revisions(bench) != before


def test_an_older_change_alters_nothing(bench):
    bench.apply(GRADUATE, (EMPLOYMENT, employment(record_version=3)))
    held = bench.rows(), bench.states(), revisions(bench)
    assert bench.apply((EMPLOYMENT, employment(record_version=2, section=39))) == 0
    assert (bench.rows(), bench.states(), revisions(bench)) == held


@pytest.mark.parametrize("ending", ["WITHDRAW", "ERASE"])
def test_a_graduation_that_ends_takes_its_row_and_leaves_its_key_to_be_sent(bench, ending):
    bench.apply(GRADUATE, (GRADUATION, graduation(record_id="G-2")))
    bench.forget_outbox()
    assert bench.apply((GRADUATION, graduation(record_version=2, change=ending))) == 1
    assert [row[:2] for row in bench.rows()] == [(PERSON, "G-2")]
    assert bench.outbox() == {ROW}


def test_a_graduation_that_comes_and_goes_in_one_batch_leaves_nothing_to_send(bench):
    bench.apply(GRADUATE, (GRADUATION, graduation(record_version=2, change="WITHDRAW")))
    assert (bench.rows(), bench.outbox()) == ([], set())


def test_a_graduation_that_comes_back_has_its_row_again(bench):
    bench.apply(GRADUATE)
    first = bench.rows()
    bench.apply((GRADUATION, graduation(record_version=2, change="WITHDRAW")))
    bench.apply((GRADUATION, graduation(record_version=3)))
    assert bench.rows() == first


def test_an_erased_record_keeps_nothing_in_the_state(bench):
    bench.apply((EMPLOYMENT, employment(tsic="45201", employer_province="77")))
    assert b"45201" in bench.states()[PERSON]
    bench.apply((EMPLOYMENT, employment(change="ERASE")))
    assert b"45201" not in bench.states()[PERSON]


def test_lineage_names_the_change_that_last_altered_the_row(bench):
    bench.apply(GRADUATE)
    filler = [(EMPLOYMENT, employment(record_id=f"S-{n}", section=40, ended_on=day("2025-05-02"))) for n in range(2, 5)]
    bench.apply(*filler)  # of an earlier time: none of these alters the row
    last = bench.feed.sent(EMPLOYMENT, employment(record_id="S-9"))
    bench.apply(last)
    assert bench.lineage() == [(EMPLOYMENT.name, last.partition, 3)]
    bench.apply((CERTIFICATION, certification(result="FAILED")))
    assert bench.lineage() == [(EMPLOYMENT.name, last.partition, 3)]


def test_a_row_says_when_it_was_written(bench):
    bench.apply(GRADUATE)
    (changed_at,) = column(bench, LINEAGE[-1])
    assert day("2025-01-01") < changed_at / 86_400_000 < day("2100-01-01")


def test_persons_of_a_batch_do_not_touch_each_other(bench):
    other = graduation(person_key=OTHER_PERSON, graduated_on=day("2026-03-31"))
    bench.apply(GRADUATE, (GRADUATION, other), JOB)
    assert {row[0]: row[10] for row in bench.rows()} == {PERSON: day("2025-05-01"), OTHER_PERSON: None}


def test_texts_of_any_kind_reach_the_table(bench):
    nasty = "\t\n\\N'\"{},ช่าง\N{GRINNING FACE}"
    bench.apply((GRADUATION, graduation(record_id=nasty, subfield_code=nasty, institution_code="")))
    (row,) = bench.rows()
    assert (row[1], row[2], row[7]) == (nasty, "", nasty)
    assert bench.outbox() == {(PERSON, nasty)}
    bench.apply((GRADUATION, graduation(record_id=nasty, record_version=2, change="WITHDRAW")))
    assert bench.rows() == []


def test_a_worker_counts_what_it_did(bench):
    bench.apply(GRADUATE, JOB, bench.feed.sent(EMPLOYMENT, employment(), key=b""))
    bench.apply((EMPLOYMENT, employment(section=39)))
    assert bench.counted("saingan_rows_changed_total", view="outcomes") >= 1
    assert bench.counted("saingan_refused_total", view="outcomes", topic=EMPLOYMENT.name, reason="key") == 1
    assert bench.counted("saingan_batch_records_count", view="outcomes") == 2
    assert bench.counted("saingan_version_conflicts_total", view="outcomes", topic=EMPLOYMENT.name) == 1
    assert bench.counted("saingan_freshness_seconds_count", view="outcomes", topic=GRADUATION.name) == 1
    for phase in ("decode", "read", "fold", "write"):
        assert bench.counted("saingan_phase_seconds_count", view="outcomes", phase=phase) == 2
