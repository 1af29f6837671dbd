"""Sets of changed keys, over the outbox of the outcome view, on each store."""

import pytest

from saingan.engine.keys import KeySet
from saingan.engine.store.opening import transaction
from saingan.topics import GRADUATION
from support.make import graduation
from support.store_bench import Bench

PERSONS = [f"{number:032x}" for number in range(3)]


@pytest.fixture
def outbox(bench: Bench) -> KeySet:
    bench.apply(*[(GRADUATION, graduation(person_key=person)) for person in PERSONS])
    return KeySet(bench.view.outbox, bench.view.table)


def take(bench: Bench, outbox: KeySet, most: int = 10) -> list[tuple[object, ...]]:
    with transaction(bench.engine, read_only=True) as conn:
        return [tuple(row) for row in outbox.take(conn, most)]


def clear(bench: Bench, outbox: KeySet, taken: list[tuple[object, ...]]) -> None:
    with transaction(bench.engine) as conn:
        outbox.clear(conn, taken)


def test_keys_are_taken_in_order_each_with_its_current_row(bench: Bench, outbox: KeySet) -> None:
    bench.apply((GRADUATION, graduation(person_key=PERSONS[1], record_version=2, institution_code="1320016102")))
    taken = take(bench, outbox)
    assert [row[:2] for row in taken] == [(person, "G-1") for person in PERSONS]
    assert [row[5] for row in taken] == ["1320016101", "1320016102", "1320016101"]


def test_the_key_of_a_row_that_is_gone_comes_with_nothing(bench: Bench, outbox: KeySet) -> None:
    bench.apply((GRADUATION, graduation(person_key=PERSONS[0], record_version=2, change="WITHDRAW")))
    assert set(take(bench, outbox)[0][3:]) == {None}


def test_a_key_that_changed_after_it_was_taken_stays(bench: Bench, outbox: KeySet) -> None:
    taken = take(bench, outbox)
    bench.apply((GRADUATION, graduation(person_key=PERSONS[2], record_version=2, institution_code="1320016102")))
    clear(bench, outbox, taken)
    assert [row[0] for row in take(bench, outbox)] == [PERSONS[2]]


def test_a_full_round_goes_on_behind_the_one_before_and_after_the_last_key_from_the_first(
    bench: Bench, outbox: KeySet
) -> None:
    assert [[row[0] for row in take(bench, outbox, 2)] for _ in range(3)] == [PERSONS[:2], PERSONS[2:], PERSONS[:2]]


def test_no_more_keys_are_counted_than_is_asked_for(bench: Bench, outbox: KeySet) -> None:
    with transaction(bench.engine, read_only=True) as conn:
        assert (outbox.count(conn), outbox.count(conn, 2)) == (3, 2)


def test_nothing_taken_clears_nothing(bench: Bench, outbox: KeySet) -> None:
    clear(bench, outbox, [])
    assert len(take(bench, outbox)) == len(PERSONS)
