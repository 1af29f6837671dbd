"""Where each partition goes on."""

import threading

import pytest

from saingan.engine.core.batch import Slice
from saingan.engine.store import ledger
from saingan.engine.store.bulk import bulk
from saingan.engine.store.ledger import Conflict
from saingan.engine.store.opening import transaction
from saingan.errors import Fault
from saingan.topics import EMPLOYMENT, GRADUATION
from support.store_bench import Bench

VIEW = "outcomes"


def open_partition(bench, *, topic=EMPLOYMENT, partition=0, topic_id="first", log=range(100), view=VIEW):
    with transaction(bench.engine) as conn:
        return ledger.open_partition(conn, view, topic, partition, topic_id, log)


def advance(bench, *parts, view=VIEW):
    with transaction(bench.engine) as conn:
        ledger.advance(bulk(conn), view, [Slice(*part, ()) for part in parts])


def positions(bench, view=VIEW):
    with transaction(bench.engine) as conn:
        return ledger.positions(conn, view)


def test_a_new_partition_is_read_from_where_its_log_begins(bench):
    assert open_partition(bench, log=range(40, 100)) == 40
    assert positions(bench) == {(EMPLOYMENT.name, 0): 40}


def test_a_partition_goes_on_where_its_last_batch_ended(bench):
    open_partition(bench)
    advance(bench, (EMPLOYMENT, 0, 0, 60))
    advance(bench, (EMPLOYMENT, 0, 60, 61))
    assert open_partition(bench) == 61


def test_a_batch_over_several_partitions_moves_them_all(bench):
    for topic, partition in ((EMPLOYMENT, 0), (EMPLOYMENT, 1), (GRADUATION, 0)):
        open_partition(bench, topic=topic, partition=partition)
    advance(bench, (GRADUATION, 0, 0, 3), (EMPLOYMENT, 1, 0, 5))
    assert positions(bench) == {(EMPLOYMENT.name, 0): 0, (EMPLOYMENT.name, 1): 5, (GRADUATION.name, 0): 3}


@pytest.mark.parametrize("start", [0, 59, 61])
def test_a_batch_that_begins_elsewhere_is_a_conflict(bench, start):
    open_partition(bench)
    advance(bench, (EMPLOYMENT, 0, 0, 60))
    with pytest.raises(Conflict):
        advance(bench, (EMPLOYMENT, 0, start, 70))
    assert positions(bench) == {(EMPLOYMENT.name, 0): 60}


def test_one_conflict_moves_nothing_of_the_batch(bench):
    open_partition(bench)
    open_partition(bench, topic=GRADUATION)
    with pytest.raises(Conflict):
        advance(bench, (EMPLOYMENT, 0, 0, 60), (GRADUATION, 0, 1, 2))
    assert set(positions(bench).values()) == {0}


def test_a_partition_that_was_never_opened_is_a_conflict(bench):
    with pytest.raises(Conflict):
        advance(bench, (EMPLOYMENT, 5, 0, 1))


def test_a_batch_of_no_records_moves_the_position_over_a_hole(bench):
    open_partition(bench)
    advance(bench, (EMPLOYMENT, 0, 0, 17))
    assert positions(bench) == {(EMPLOYMENT.name, 0): 17}


def test_an_empty_batch_moves_nothing(bench):
    open_partition(bench)
    advance(bench)
    assert positions(bench) == {(EMPLOYMENT.name, 0): 0}


def test_views_have_positions_of_their_own(bench):
    open_partition(bench)
    open_partition(bench, view="other")
    advance(bench, (EMPLOYMENT, 0, 0, 60))
    assert positions(bench, "other") == {(EMPLOYMENT.name, 0): 0}


@pytest.mark.parametrize(
    ("log", "topic_id", "word"),
    [
        (range(61, 100), "first", "the log begins at 61, the table stands at 60"),
        (range(30), "first", "the log ends at 30, the table stands at 60"),
        (range(100), "second", "created anew"),
        (range(30), "second", "the log ends at 30"),
    ],
)
def test_a_log_that_no_longer_holds_what_comes_next_is_a_fault(bench, log, topic_id, word):
    open_partition(bench)
    advance(bench, (EMPLOYMENT, 0, 0, 60))
    with pytest.raises(Fault, match=word):
        open_partition(bench, log=log, topic_id=topic_id)
    assert positions(bench) == {(EMPLOYMENT.name, 0): 60}


@pytest.mark.parametrize("log", [range(60, 100), range(60), range(60, 60)])
def test_a_log_that_begins_or_ends_where_the_table_stands_is_none(bench, log):
    open_partition(bench)
    advance(bench, (EMPLOYMENT, 0, 0, 60))
    assert open_partition(bench, log=log) == 60


def test_the_fault_says_which_partition_and_what_to_do(bench):
    open_partition(bench, partition=4)
    with pytest.raises(Fault, match=r"sso\.insured-employment\.v1\[4\]: .*Restore the topic, or empty the database"):
        open_partition(bench, partition=4, topic_id="second")


def test_of_two_workers_with_the_same_batch_one_moves_the_position(bench: Bench):
    for partition in range(4):
        open_partition(bench, partition=partition)
    both_ready, outcomes = threading.Barrier(2), []

    def work(parts):
        both_ready.wait(timeout=20)
        try:
            advance(bench, *parts)
            outcomes.append("moved")
        except Conflict:
            outcomes.append("conflict")

    parts = [(EMPLOYMENT, partition, 0, 9) for partition in range(4)]
    threads = [threading.Thread(target=work, args=(order,)) for order in (parts, parts[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["conflict", "moved"]
