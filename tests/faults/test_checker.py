"""The checker sees what it is there to see: a change without effect, one taken in twice, one that nobody sent."""

from typing import Any

from faults.checker import invented, key, lost, name, passed_over, quantile, rank, repeated, vanished
from faults.truth import Sent
from saingan.topics import EMPLOYMENT
from support.make import employment

PART = EMPLOYMENT.name, 0


def sent(offset: int | None, **fields: Any) -> Sent:
    return Sent(EMPLOYMENT, employment(**fields), None, None if offset is None else (0, offset))


def standing(*changes: Sent) -> dict[Any, Any]:
    return {key(change): rank(change) for change in changes}


def test_a_change_that_stands_or_is_outranked_is_not_lost() -> None:
    first, second = sent(0), sent(1, record_version=2)
    assert lost([first, second], standing(second), {PART: [(0, 2)]}) == []


def test_an_acked_change_that_does_not_stand_is_lost() -> None:
    first, second, other = sent(0), sent(1, record_version=2), sent(2, record_id="S-2")
    assert lost([first, second, other], standing(first), {PART: [(0, 3)]}) == [second, other]


def test_a_change_whose_offset_no_transaction_took_in_is_lost_even_where_a_copy_stands() -> None:
    first, copy = sent(0), sent(5)
    assert lost([first, copy], standing(first), {PART: [(0, 5)]}) == [copy]
    assert lost([first, copy], standing(first), {PART: [(1, 6)]}) == [first]


def test_what_the_broker_never_acked_cannot_be_lost() -> None:
    assert lost([sent(None)], {}, {}) == []


def test_an_erasure_outranks_every_version() -> None:
    erased = sent(1, change="ERASE")
    assert lost([sent(0, record_version=9), erased], standing(erased), {PART: [(0, 2)]}) == []
    assert lost([erased], standing(sent(0, record_version=9)), {PART: [(0, 2)]}) == [erased]


def test_offsets_that_two_transactions_took_in_are_counted_once_for_each_repetition() -> None:
    assert repeated({PART: [(0, 5), (5, 9)], (EMPLOYMENT.name, 1): [(0, 4)]}) == 0
    assert repeated({PART: [(0, 5), (0, 5), (3, 7)]}) == 5 + 2
    assert repeated({PART: [(0, 9), (2, 4), (8, 10)]}) == 2 + 1


def test_a_standing_change_that_nobody_sent_is_invented() -> None:
    change = sent(0)
    assert invented([change], standing(change)) == 0
    assert invented([sent(None)], standing(change)) == 0
    assert invented([change], standing(sent(0, tsic="62011"))) == 1


def test_a_standing_change_that_the_topics_no_longer_hold_has_vanished() -> None:
    first, second = sent(0), sent(None, record_version=2)
    assert vanished([first, second], standing(second), {name(first)}) == 1
    assert vanished([first, second], standing(second), {name(first), name(second)}) == 0
    assert vanished([first, second], standing(first), {name(first)}) == 0


def test_a_change_of_unknown_fate_that_the_topics_hold_and_that_does_not_stand_was_passed_over() -> None:
    first, second = sent(0), sent(None, record_version=2)
    assert passed_over([first, second], standing(first), {name(first), name(second)}) == 1
    assert passed_over([first, second], standing(first), {name(first)}) == 0
    assert passed_over([first, second], standing(second), {name(first), name(second)}) == 0


def test_a_quantile_is_one_of_the_values() -> None:
    assert quantile([], 0.5) is None
    assert quantile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert quantile([float(n) for n in range(1, 21)], 0.95) == 19.0
