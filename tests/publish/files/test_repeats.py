"""One version of one record twice in a file."""

import tracemalloc

from saingan.publish.files.repeats import Repeats
from support import make


def record(**fields):
    return make.employment(record_id="S-1", record_version=1) | fields


def test_the_same_version_with_other_content_is_a_repeat():
    repeats = Repeats()
    assert repeats.found(record(), "1") == ()
    (issue,) = repeats.found(record(started_on=5), "1")
    assert (issue.field, issue.rule) == ("record_id", "repeated")


def test_the_same_version_of_another_person_is_a_repeat():
    repeats = Repeats()
    repeats.found(record(), "1")
    assert len(repeats.found(record(), "2")) == 1


def test_the_same_row_twice_is_no_repeat():
    repeats = Repeats()
    repeats.found(record(), "1")
    assert repeats.found(record(), "1") == ()


def test_a_higher_version_another_record_and_a_withdrawal_are_no_repeats():
    repeats = Repeats()
    repeats.found(record(), "1")
    assert repeats.found(record(record_version=2), "1") == ()
    assert repeats.found(record(record_id="S-2"), "1") == ()
    assert repeats.found(record(change="WITHDRAW"), "1") == ()


def test_what_is_found_among_many_is_true_and_memory_is_bounded():
    short = {"record_version": 1, "change": "UPSERT"}
    tracemalloc.start()
    repeats = Repeats()
    found = [n for n in range(300_000) if repeats.found({"record_id": f"S-{n}", **short}, "1")]
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()
    assert found == []
    assert repeats.found({"record_id": "S-299999", **short}, "2")
