"""Set-wise reading and writing, on both kinds of store."""

import threading
from contextlib import closing
from datetime import date

import pytest
from sqlalchemy import select

from saingan.engine.store import postgresql
from saingan.engine.store.bulk import bulk
from saingan.engine.store.opening import transaction
from saingan.engine.store.statements import Overtaken
from saingan.engine.tables import dead_letter
from saingan.outcomes.table import employment_outcome
from saingan.outcomes.view import OUTCOMES
from support.make import day
from support.store_bench import Bench

HISTORY, OUTBOX = OUTCOMES.history, OUTCOMES.outbox
NASTY = [
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "a\tb\nc\rd",
    "\\",
    "\\N",
    "\\\\N",
    "\\.",
    "\\t",
    "\\x41",
    "{}",
    "{a,b}",
    '{"a"}',
    "(a,b)",
    'a\\"b"\\\\',
    '"',
    "'",
    "''",
    "a,b",
    "NULL",
    "null",
    "true",
    "ช่างยนต์",
    "กำ",
    "\N{GRINNING FACE}",
    "\u200b\ufeff",
    "\x01\x1f\x7f",
    "%s %(x)s ? :name $1",
    "x" * 10_000,
]
ROW = {
    "person_key": "p",
    "graduation_id": "g",
    "institution_code": "1320016101",
    "institution_province": "20",
    "qualification": "PVC",
    "subject_type_code": "1",
    "field_code": "20101",
    "subfield_code": "2010101",
    "academic_year": 2567,
    "graduated_on": day("2025-03-31"),
    "first_job_on": None,
    "days_to_first_job": None,
    "employer_id": None,
    "tsic": None,
    "occupation": None,
    "employer_province": None,
    "further_study": False,
    "certifications": 0,
    "status_6m": "NOT_YET",
    "status_12m": "NOT_YET",
    "status_24m": "NOT_YET",
    "current_status": "NONE_OBSERVED",
    "field_match": None,
    "changed_by_topic": "t",
    "changed_by_partition": 0,
    "changed_by_offset": 0,
    "changed_at": 0,
}


@pytest.fixture(params=["few", "many"], autouse=True)
def rows_are(request, monkeypatch):
    """A few rows go another way to PostgreSQL than many."""
    if request.param == "many":
        monkeypatch.setattr(postgresql, "_FEW", 0)


def upsert(bench, table, rows):
    with transaction(bench.engine) as conn:
        bulk(conn).upsert(table, rows)


def lock(bench, *keys):
    with transaction(bench.engine) as conn:
        return {key: state for key, state, _ in bulk(conn).lock(HISTORY, keys)()}


def state(key, data, due_observed=None, due_complete=None, revision=None, built_on=None):
    return (key, data, due_observed, due_complete, revision, built_on)


def outcome(**columns):
    return tuple({**ROW, **columns}.values())


def stored(bench):
    return [row._asdict() for row in bench.read(select(employment_outcome))]


def test_texts_come_back_as_they_went(bench):
    upsert(
        bench,
        employment_outcome,
        [outcome(person_key=text, graduation_id=text, tsic=text, subfield_code=text) for text in NASTY],
    )
    columns = ("person_key", "graduation_id", "tsic", "subfield_code")
    assert sorted(tuple(row[name] for name in columns) for row in stored(bench)) == sorted(
        (text,) * 4 for text in NASTY
    )


def test_all_nasty_texts_are_keys_that_can_be_told_apart_and_deleted(bench):
    upsert(bench, OUTBOX, [(text, other, 1) for text in NASTY for other in NASTY[:3]])
    with transaction(bench.engine) as conn:
        bulk(conn).delete(OUTBOX, [(text, NASTY[1]) for text in NASTY])
    assert bench.outbox() == {(text, other) for text in NASTY for other in (NASTY[0], NASTY[2])}


def test_all_nasty_texts_are_keys_that_can_be_locked(bench):
    keys = sorted(NASTY)
    upsert(bench, HISTORY, [state(key, key.encode()) for key in keys])
    assert lock(bench, *keys) == {key: key.encode() for key in keys}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("days_to_first_job", [None, 0, 1, -(2**31), 2**31 - 1]),
        ("changed_by_offset", [0, 2**53 + 1, 2**63 - 1]),
        ("further_study", [True, False]),
    ],
)
def test_numbers_and_truth_values_come_back_as_they_went(bench, column, values):
    upsert(bench, employment_outcome, [outcome(graduation_id=str(n), **{column: v}) for n, v in enumerate(values)])
    found = {row["graduation_id"]: row[column] for row in stored(bench)}
    assert [found[str(n)] for n in range(len(values))] == values
    assert {type(value) for value in found.values()} == {type(value) for value in values}


def test_days_come_back_as_the_dates_that_they_are(bench):
    texts = ["0001-01-01", "1582-10-10", "1970-01-01", "2024-02-29", "9999-12-31"]
    rows = [outcome(graduation_id=text, graduated_on=day(text), first_job_on=day(text)) for text in texts]
    upsert(bench, employment_outcome, rows)
    for row in stored(bench):
        assert row["graduated_on"] == row["first_job_on"] == date.fromisoformat(row["graduation_id"])


def test_bytes_come_back_as_they_went(bench):
    states = {str(n): s for n, s in enumerate([b"", b"\0", bytes(range(256)), b"\\x41\t\n", b"x" * 1_000_000])}
    upsert(bench, HISTORY, [state(*item) for item in states.items()])
    assert lock(bench, *states) == states


def test_a_row_that_is_there_is_replaced(bench):
    upsert(bench, employment_outcome, [outcome(tsic="1"), outcome(graduation_id="h")])
    upsert(bench, employment_outcome, [outcome(tsic=None, certifications=2)])
    assert {(row["graduation_id"], row["tsic"], row["certifications"]) for row in stored(bench)} == {
        ("g", None, 2),
        ("h", None, 0),
    }


def test_a_due_day_that_is_no_more_becomes_null(bench):
    upsert(bench, HISTORY, [state("k", b"1", day("2026-01-01"), day("2026-02-01"), 1, 0)])
    upsert(bench, HISTORY, [state("k", b"2")])
    assert [tuple(row) for row in bench.read(select(HISTORY))] == [state("k", b"2")]


def test_thousands_of_rows_go_in_at_once(bench):
    upsert(bench, OUTBOX, [(f"{n:05d}", "x", n) for n in range(5_000)])
    assert len(bench.outbox()) == 5_000


def test_a_delete_takes_the_rows_whose_first_columns_are_given_and_no_others(bench):
    upsert(bench, OUTBOX, [("a", "x", 1), ("a", "y", 2), ("b", "x", 3), ("b", "y", 2**62)])
    with transaction(bench.engine) as conn:
        bulk(conn).delete(OUTBOX, [("a", "x", 1), ("a", "y", 1), ("b", "y", 2**62), ("c", "x", 3)])
    assert bench.outbox() == {("a", "y"), ("b", "x")}


@pytest.mark.parametrize("way", ["delete", "clear"])
def test_what_is_cleared_is_deleted_where_nobody_changes_it(bench, way):
    upsert(bench, OUTBOX, [("a", "x", 1), ("a", "y", 2)])
    with transaction(bench.engine) as conn:
        getattr(bulk(conn), way)(OUTBOX, [("a", "x", 1), ("a", "y", 1)])
    assert bench.outbox() == {("a", "y")}


def test_what_another_worker_is_changing_is_not_cleared_and_not_waited_for(postgres_url):
    with closing(Bench(postgres_url)) as bench:
        upsert(bench, OUTBOX, [("a", "x", 1), ("b", "x", 1)])
        with transaction(bench.engine) as changing:
            bulk(changing).upsert(OUTBOX, [("b", "x", 2)])
            with transaction(bench.engine) as conn:
                conn.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
                bulk(conn).clear(OUTBOX, [("a", "x", 1), ("b", "x", 1)])
        assert bench.outbox() == {("b", "x")}


def test_letters_are_deleted_though_a_column_of_theirs_is_a_word_of_sql(bench):
    letter = {"reason": "key", "detail": "", "failed_at": 0, "size": 1, "sealed": b"x"}
    places = [("outcomes", "t", 0, 7), ("outcomes", "t", 0, 2**40), ("outcomes", "t", 1, 7)]
    with transaction(bench.engine) as conn:
        names = ("view", "topic", "partition", "offset")
        conn.execute(dead_letter.insert(), [dict(zip(names, place, strict=True)) | letter for place in places])
        bulk(conn).delete(dead_letter, places[:2])
    assert [(row.partition, row.offset) for row in bench.letters()] == [(1, 7)]


def test_a_new_key_has_no_state_and_a_held_one_has_its_own(bench):
    upsert(bench, HISTORY, [state("b", b"held")])
    assert lock(bench, "a", "b", "c") == {"a": None, "b": b"held", "c": None}


def test_keys_are_locked_in_the_order_of_their_bytes(bench):
    keys = sorted(["z", "A", "a", "Z", "é", "ก", "_", "-", "0"])
    with transaction(bench.engine) as conn:
        assert [key for key, *_ in bulk(conn).lock(HISTORY, keys)()] == keys


def test_a_key_that_was_only_locked_is_nobodys_row(bench):
    lock(bench, "a")
    upsert(bench, HISTORY, [state("a", b"1")])
    assert lock(bench, "a") == {"a": b"1"}


def test_two_workers_that_lock_the_same_keys_wait_for_each_other_and_see_what_was_written(bench: Bench):
    """Each counts up the state of ten keys of twenty, new ones too, twenty times over: no count may be lost."""
    keys = [f"{n:02d}" for n in range(20)]
    both_ready, failures = threading.Barrier(2), []

    def count_up(start):
        with transaction(bench.engine) as conn:
            store = bulk(conn)
            mine = [keys[(start + n) % 20] for n in range(10)]
            held = store.lock(HISTORY, sorted(mine))()
            store.upsert(HISTORY, [state(key, str(int(data or 0) + 1).encode()) for key, data, _ in held])

    def work(step):
        both_ready.wait(timeout=20)
        try:
            for n in range(20):
                count_up(step * n)
        except Exception as error:  # noqa: BLE001 - the test tells which
            failures.append(error)

    threads = [threading.Thread(target=work, args=(step,)) for step in (1, -3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not failures
    counts = lock(bench, *keys)
    expected = dict.fromkeys(keys, 0)
    for step in (1, -3):
        for n in range(20):
            for m in range(10):
                expected[keys[(step * n + m) % 20]] += 1
    assert {key: int(count) for key, count in counts.items()} == expected


def test_a_worker_sees_what_the_one_before_it_wrote(bench):
    """The second asks for the keys while the first holds them; it gets them with the first one's state."""
    first_holds, seen = threading.Event(), []

    def second():
        first_holds.wait(timeout=20)
        seen.append(lock(bench, "a", "b"))

    thread = threading.Thread(target=second)
    thread.start()
    with transaction(bench.engine) as conn:
        store = bulk(conn)
        store.lock(HISTORY, ["a", "b"])
        first_holds.set()
        store.upsert(HISTORY, [state("a", b"first")])
    thread.join(timeout=20)
    assert seen == [{"a": b"first", "b": None}]


def test_a_state_that_another_worker_changed_since_it_was_read_is_not_replaced(postgres_url):
    with closing(Bench(postgres_url)) as bench:
        upsert(bench, HISTORY, [state("b", b"old", revision=1)])
        with transaction(bench.engine) as conn:
            read = bulk(conn).read(HISTORY, ["a", "b", "c"])()
            assert read == [("a", None, None), ("b", b"old", 1), ("c", None, None)]
        for overtaken in (state("a", b"theirs", revision=2), state("b", b"theirs", revision=3, built_on=1)):
            with transaction(bench.engine) as conn:
                bulk(conn).keep(HISTORY, [overtaken])
            with pytest.raises(Overtaken), transaction(bench.engine) as conn:
                bulk(conn).keep(HISTORY, [state(key, b"ours", revision=9, built_on=on) for key, _, on in read])
            read = [("a", None, 2), *read[1:]]
        assert lock(bench, "a", "b", "c") == {"a": b"theirs", "b": b"theirs", "c": None}
