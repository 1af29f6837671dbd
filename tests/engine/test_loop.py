"""The view loop, by examples, on both kinds of store; its laws are in tests/laws."""

import threading
from datetime import date

import pytest
from sqlalchemy import select, text

from engine.bench import OPERATOR, Bench
from make import OTHER_PERSON, PERSON, certification, citizen_id, day, employment, enrolment, graduation
from saingan.engine.ledger import Conflict
from saingan.engine.store import transaction
from saingan.errors import Fault, Transient
from saingan.outcomes.table import LINEAGE, employment_outcome
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION

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


def test_a_zombie_that_applies_the_same_batch_again_changes_nothing(bench):
    batch = bench.feed.batch([GRADUATE, JOB, bench.feed.sent(EMPLOYMENT, employment(), key=b"")])
    bench.apply_batch(batch)
    before = bench.everything()
    zombie = bench.worker()
    with pytest.raises(Conflict):
        zombie.apply(batch, zombie.take(batch))
    assert bench.everything() == before


def test_a_batch_that_overlaps_what_was_taken_in_changes_nothing(bench):
    first, second = bench.feed.batch([GRADUATE]), bench.feed.batch([(GRADUATION, graduation(record_id="G-2"))])
    bench.apply_batch(first)
    (one,), (two,) = first, second
    both = [one._replace(end=two.end, messages=[*one.messages, *two.messages])]
    before = bench.everything()
    with pytest.raises(Conflict):
        bench.apply_batch(both)
    assert bench.everything() == before


def test_of_two_workers_with_one_batch_one_commits_it(bench: Bench):
    batch = bench.feed.batch([GRADUATE, JOB])
    bench.open(batch)
    workers = [bench.worker(), bench.worker()]
    both_ready, outcomes = threading.Barrier(2), []

    def work(worker):
        taken = worker.take(batch)
        both_ready.wait(timeout=20)
        try:
            outcomes.append(worker.apply(batch, taken))
        except Conflict:
            outcomes.append("conflict")

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes, key=str) == [1, "conflict"]
    assert len(bench.rows()) == 1


def test_a_batch_that_the_database_refuses_leaves_nothing_and_can_be_applied_again(store_url):
    bench = Bench(store_url)
    batch = bench.feed.batch([GRADUATE, JOB, bench.feed.sent(EMPLOYMENT, employment(), key=b"")])
    bench.open(batch)
    taken = bench.loop.take(batch)
    with transaction(bench.engine) as conn:
        conn.execute(text("ALTER TABLE outcomes_outbox RENAME TO away"))  # the last table that is written
    before = everything_but_outbox(bench)
    with pytest.raises(Transient):
        bench.loop.apply(batch, taken)
    assert everything_but_outbox(bench) == before
    with transaction(bench.engine) as conn:
        conn.execute(text("ALTER TABLE away RENAME TO outcomes_outbox"))
    assert bench.loop.apply(batch, taken) == 1
    assert (len(bench.rows()), len(bench.letters()), bench.outbox()) == (1, 1, {ROW})
    bench.close()


def everything_but_outbox(bench):
    tables = (bench.view.history, bench.view.table)
    return {**{table.name: bench.read(select(table)) for table in tables}, "letters": bench.letters()}


def test_good_records_around_bad_ones_give_what_they_give_alone(bench):
    good = [GRADUATE, (ENROLMENT, enrolment()), JOB, (CERTIFICATION, certification())]
    bench.apply(*good)
    alone = bench.rows(), bench.states()
    bench.clear()
    bad = [
        bench.feed.sent(EMPLOYMENT, employment(), value=b"\1no frame"),
        bench.feed.sent(EMPLOYMENT, employment(section=0)),
        bench.feed.sent(GRADUATION, graduation(), key=b"wrong"),
        bench.feed.sent(CERTIFICATION, certification(), value=b"\0\0\0\0\4\xff"),
    ]
    bench.apply(bad[0], good[0], good[1], bad[1], bad[2], good[2], bad[3], good[3])
    assert (bench.rows(), bench.states()) == alone
    assert {(letter.topic, letter.reason) for letter in bench.letters()} == {
        (EMPLOYMENT.name, "framing"),
        (EMPLOYMENT.name, "section"),
        (GRADUATION.name, "key"),
        (CERTIFICATION.name, "undecodable"),
    }


def test_a_letter_opens_to_the_original_bytes_and_names_its_origin(bench):
    headers = (("ce_id", b"1"), ("สาย", b"\xff\0"))
    sent = bench.feed.sent(EMPLOYMENT, employment(), value=b"\1\2\3", headers=headers, partition=4)
    bench.apply(bench.feed.sent(EMPLOYMENT, employment(), partition=4), sent)
    (letter,) = bench.letters()
    assert (letter.view, letter.topic, letter.partition, letter.offset) == ("outcomes", EMPLOYMENT.name, 4, 1)
    assert (letter.reason, letter.size) == ("framing", 3)
    assert OPERATOR.open(letter.sealed) == (sent.key, b"\1\2\3", list(headers))


def test_letters_hold_no_personal_data_in_the_clear(bench):
    number = citizen_id(7)
    bench.apply(
        bench.feed.sent(EMPLOYMENT, employment(record_id=number)),
        bench.feed.sent(EMPLOYMENT, employment(employer_id=number)),
        bench.feed.sent(EMPLOYMENT, employment(person_key=number)),
        bench.feed.sent(EMPLOYMENT, employment(), value=number.encode(), key=number.encode()),
    )
    letters = bench.letters()
    assert sorted(letter.reason for letter in letters) == ["citizen-id", "citizen-id", "framing", "person-key"]
    for letter in letters:
        assert number not in repr(tuple(letter))
        assert PERSON not in repr(tuple(letter))


def test_a_batch_of_nothing_but_bad_records_moves_the_position(bench):
    bench.apply(bench.feed.sent(EMPLOYMENT, employment(), key=b"", partition=0))
    bench.apply(bench.feed.sent(EMPLOYMENT, employment(), partition=0))
    assert len(bench.letters()) == 1


def test_a_flood_leaves_nothing_of_its_batch(standing_store):
    bench = Bench(standing_store, limit=0.2)
    bench.apply(GRADUATE)
    before = bench.everything()
    batch = bench.feed.batch([JOB, *(bench.feed.sent(EMPLOYMENT, employment(), key=b"") for _ in range(200))])
    bench.open(batch)
    opened = bench.everything()
    with pytest.raises(Fault):
        bench.loop.take(batch)
    assert bench.everything() == opened
    assert opened["employment_outcome"] == before["employment_outcome"]
    bench.close()


def test_a_batch_of_no_records_moves_the_position_alone(bench):
    (part,) = bench.feed.batch([bench.feed.sent(EMPLOYMENT, employment(), value=None, partition=0)])
    assert bench.apply_batch([part._replace(end=9, messages=[])]) == 0
    (position,) = bench.everything()["ledger"]
    assert position[-1] == 9


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
