"""The laws of the outcome rules, on the pure core: their two readings agree, and only what is due changes with time."""

from datetime import timedelta
from functools import reduce

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from laws.histories import Change, changes, dates, expected, law
from make import PERSON
from saingan.engine.derived import Dates
from saingan.engine.fold import ERASED, stands
from saingan.outcomes.history import STREAMS
from saingan.outcomes.outcome import derive
from saingan.verify.rules import days

core = settings(law, max_examples=200)


def live(came: list[Change]) -> list[dict]:
    """What stands of one person's records, by stream."""
    standing = {}
    for topic, record in came:
        fields = tuple(record[field] for field in STREAMS[topic]._fields) if record["change"] == "UPSERT" else None
        change = (record["record_version"], record["recorded_at"], fields)
        standing.setdefault((topic, record["record_id"]), []).append(ERASED if record["change"] == "ERASE" else change)
    best = {record: reduce(stands, all_of_it) for record, all_of_it in standing.items()}
    return [
        {record_id: kind._make(kept) for (of, record_id), (_, _, kept) in best.items() if of is topic and kept}
        for topic, kind in STREAMS.items()
    ]


def at(seen_from) -> Dates:
    return Dates(*map(days, seen_from))


def one_person(came: list[Change]) -> list[Change]:
    return [(topic, {**record, "person_key": PERSON}) for topic, record in came]


@core
@given(changes(40).map(one_person), dates())
def test_the_two_readings_of_the_standard_agree(came, seen_from):
    rows = derive(*live(came), at(seen_from)).rows
    assert [(PERSON, graduation_id, *row) for graduation_id, row in sorted(rows.items())] == expected(came, seen_from)


@core
@given(changes(40).map(one_person), dates(), st.integers(0, 500), st.integers(0, 500))
def test_no_row_changes_before_it_is_due(came, seen_from, days_on, completeness):
    before = derive(*live(came), at(seen_from))
    later = seen_from[0] + timedelta(days_on), seen_from[1] + timedelta(completeness)
    assume(later[1] <= later[0])
    then = at(later)
    assume(before.due_observed is None or then.observed_on < before.due_observed)
    assume(before.due_complete is None or then.complete_through < before.due_complete)
    assert derive(*live(came), then).rows == before.rows


@core
@given(changes(40).map(one_person), dates())
def test_what_is_due_lies_ahead(came, seen_from):
    derived = derive(*live(came), at(seen_from))
    assert derived.due_observed is None or derived.due_observed > at(seen_from).observed_on
    assert derived.due_complete is None or derived.due_complete > at(seen_from).complete_through


@core
@given(changes(40).map(one_person), dates())
def test_the_order_of_a_persons_records_is_nothing_to_the_rules(came, seen_from):
    backwards = [dict(reversed(stream.items())) for stream in live(came)]
    assert derive(*backwards, at(seen_from)) == derive(*live(came), at(seen_from))
