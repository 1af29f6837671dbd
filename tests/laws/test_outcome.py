"""The laws of the outcome rules, on the pure core: their two readings agree, and only what is due changes with time."""

from hypothesis import given, settings
from hypothesis import strategies as st

from laws.histories import Change, dates, expected, law, person
from saingan.engine.core.derived import Dates
from saingan.outcomes.history import STREAMS
from saingan.outcomes.outcome import HORIZONS, after, derive
from saingan.verify.dates import days
from support.make import PERSON

core = settings(law, max_examples=150)


def live(came: list[Change]) -> list[dict]:
    """A person's records, by stream and id."""
    return [
        {record["record_id"]: kind._make(record[name] for name in kind._fields) for of, record in came if of is topic}
        for topic, kind in STREAMS.items()
    ]


def at(seen_from) -> Dates:
    return Dates(*map(days, seen_from))


@settings(core, max_examples=500)
@given(person(), dates())
def test_the_two_readings_of_the_standard_agree(came, seen_from):
    rows = derive(PERSON, *live(came), at(seen_from)).rows
    assert [(PERSON, graduation_id, *row) for graduation_id, row in sorted(rows.items())] == expected(came, seen_from)


def turns(records) -> set[int]:
    """The days on which something of a person begins, ends, or is looked at."""
    enrolments, graduations, spells, certificates = (stream.values() for stream in records)
    spans = {day for one in (*enrolments, *spells) for day in (one.started_on, one.ended_on) if day is not None}
    horizons = {after(one.graduated_on, months) for one in graduations for months in HORIZONS}
    return spans | horizons | {one.graduated_on for one in graduations} | {one.issued_on for one in certificates}


@core
@given(person(), st.sampled_from([0, 1, 45, 400]))
def test_no_row_changes_before_it_is_due(came, delay):
    """From turn to turn, and a day before and after each: derived only when due, as a worker does, and every day."""
    records, held = live(came), None
    days_on = {day + off for turn in turns(records) for day in (turn, turn + delay) for off in (-1, 0, 1)}
    for then in (Dates(day, day - delay) for day in sorted(days_on)):
        if held is None or reached(held.due_observed, then[0]) or reached(held.due_complete, then[1]):
            held = derive(PERSON, *records, then)
        assert held.rows == derive(PERSON, *records, then).rows


def reached(due, day):
    return due is not None and due <= day


@core
@given(person(), dates())
def test_what_is_due_lies_ahead(came, seen_from):
    derived = derive(PERSON, *live(came), at(seen_from))
    assert derived.due_observed is None or derived.due_observed > at(seen_from).observed_on
    assert derived.due_complete is None or derived.due_complete > at(seen_from).complete_through


@core
@given(person(), dates())
def test_the_order_of_a_persons_records_is_nothing_to_the_rules(came, seen_from):
    backwards = [dict(reversed(stream.items())) for stream in live(came)]
    assert derive(PERSON, *backwards, at(seen_from)) == derive(PERSON, *live(came), at(seen_from))
