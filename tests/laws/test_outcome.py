"""The laws of the outcome rules, on the pure core: their two readings agree, and only what is due changes with time."""

from hypothesis import assume, given, settings

from laws.histories import Change, dates, expected, law, person
from make import PERSON
from saingan.engine.derived import Dates
from saingan.outcomes.history import STREAMS
from saingan.outcomes.outcome import derive
from saingan.verify.rules import days

core = settings(law, max_examples=400)


def live(came: list[Change]) -> list[dict]:
    """A person's records, by stream and id."""
    return [
        {record["record_id"]: kind._make(record[name] for name in kind._fields) for of, record in came if of is topic}
        for topic, kind in STREAMS.items()
    ]


def at(seen_from) -> Dates:
    return Dates(*map(days, seen_from))


@core
@given(person(), dates())
def test_the_two_readings_of_the_standard_agree(came, seen_from):
    rows = derive(*live(came), at(seen_from)).rows
    assert [(PERSON, graduation_id, *row) for graduation_id, row in sorted(rows.items())] == expected(came, seen_from)


@core
@given(person(), dates(), dates())
def test_no_row_changes_before_it_is_due(came, seen_from, later):
    before, then = derive(*live(came), at(seen_from)), at(later)
    assume(then.observed_on >= at(seen_from).observed_on)
    assume(then.complete_through >= at(seen_from).complete_through)
    assume(before.due_observed is None or then.observed_on < before.due_observed)
    assume(before.due_complete is None or then.complete_through < before.due_complete)
    assert derive(*live(came), then).rows == before.rows


@core
@given(person(), dates())
def test_what_is_due_lies_ahead(came, seen_from):
    derived = derive(*live(came), at(seen_from))
    assert derived.due_observed is None or derived.due_observed > at(seen_from).observed_on
    assert derived.due_complete is None or derived.due_complete > at(seen_from).complete_through


@core
@given(person(), dates())
def test_the_order_of_a_persons_records_is_nothing_to_the_rules(came, seen_from):
    backwards = [dict(reversed(stream.items())) for stream in live(came)]
    assert derive(*backwards, at(seen_from)) == derive(*live(came), at(seen_from))
