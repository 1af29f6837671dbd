"""Section 5 of the standard, by examples; its laws are in tests/laws."""

import pytest

from saingan.engine.core.standing import ERASED, canonical, conflict, stands

OLD, NEW = (1, 500, ("a", 9)), (2, 100, ("b", 9))
WITHDRAWN = (2, 100, None)


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        pytest.param(NEW, OLD, id="the higher version, whenever it was recorded"),
        pytest.param((1, 501, ("a", 9)), OLD, id="of one version the one recorded later"),
        pytest.param((1, 500, ("b", 9)), OLD, id="of one moment the greater canonical form"),
        pytest.param((1, 500, ("a", 9)), (1, 500, ("a", 10)), id="forms are compared as bytes, not as numbers"),
        pytest.param((1, 500, ("a", None)), (1, 500, ("a", 9)), id="and null as the word it is"),
        pytest.param(WITHDRAWN, OLD, id="a withdrawal of a higher version"),
        pytest.param((3, 0, ("a", 9)), WITHDRAWN, id="an upsert after a withdrawal"),
        pytest.param((2, 100, None), (2, 100, ("b", 9)), id="a withdrawal, as its name is the greater"),
        pytest.param(ERASED, (2**63 - 1, 2**63 - 1, ("z",)), id="an erasure above every Avro long"),
    ],
)
def test_the_stronger_change_stands_in_either_order(stronger, weaker):
    assert stands(stronger, weaker) is stronger
    assert stands(weaker, stronger) is stronger


def test_of_two_equal_changes_the_one_at_hand_stands_so_that_nothing_is_written():
    held = (1, 500, ("a", int("9")))  # as the store gives it back
    assert stands(held, (1, 500, ("a", 9))) is held


def test_the_canonical_form_is_one_compact_json_array_in_utf_8():
    assert canonical(("ก", None, 9)) == '["UPSERT","ก",null,9]'.encode()
    assert canonical(None) == b'["WITHDRAW"]'


def test_one_version_with_two_contents_is_a_conflict_whenever_they_were_recorded():
    assert conflict(OLD, (1, 0, ("b", 9)))
    assert conflict(OLD, (1, 500, None))


def test_a_repetition_or_another_version_is_no_conflict():
    assert not conflict(OLD, (1, 500, ("a", int("9"))))
    assert not conflict(OLD, NEW)
    assert not conflict(WITHDRAWN, (2, 100, None))


def test_an_erasure_keeps_no_field():
    assert ERASED[2] is None
