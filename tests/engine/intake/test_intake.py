"""From raw records to changes, and to letters for what cannot be taken in."""

import pytest

from saingan.engine.core.standing import ERASED
from saingan.errors import Fault, Transient
from saingan.outcomes.view import OUTCOMES
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from support.intake_bench import TODAY, Gate, reasons
from support.make import OTHER_PERSON, PERSON, certification, employment, enrolment, graduation


@pytest.fixture
def gate():
    return Gate()


def test_each_stream_gives_the_fields_that_the_view_keeps(gate):
    taken = gate.take(
        (ENROLMENT, enrolment()),
        (GRADUATION, graduation()),
        (EMPLOYMENT, employment()),
        (CERTIFICATION, certification()),
    )
    held = {change.stream: change.standing[2] for change in taken.changes[PERSON]}
    for number, ((_, kind), record) in enumerate(
        zip(OUTCOMES.streams.items(), (enrolment(), graduation(), employment(), certification()), strict=True)
    ):
        assert kind._make(held[number])._asdict() == {name: record[name] for name in kind._fields}


def test_a_change_says_where_it_came_from(gate):
    gate.take((EMPLOYMENT, employment()))
    second = gate.sent(employment(record_id="S-2", record_version=7, recorded_at=5))
    (change,) = gate.take(second).changes[PERSON]
    assert (change.record_id, change.standing[:2]) == ("S-2", (7, 5))
    assert (change.partition, change.offset) == (second.partition, 1)


def test_changes_are_gathered_by_person_in_their_order(gate):
    taken = gate.take(
        (EMPLOYMENT, employment(record_id="1")),
        (EMPLOYMENT, employment(record_id="2", person_key=OTHER_PERSON)),
        (EMPLOYMENT, employment(record_id="3")),
    )
    assert {key: [change.record_id for change in changes] for key, changes in taken.changes.items()} == {
        PERSON: ["1", "3"],
        OTHER_PERSON: ["2"],
    }


def test_a_withdrawal_keeps_its_version_and_no_field(gate):
    taken = gate.take((EMPLOYMENT, employment(change="WITHDRAW", record_version=3, recorded_at=8)))
    assert taken.changes[PERSON][0].standing == (3, 8, None)


def test_an_erasure_keeps_the_mark_alone(gate):
    taken = gate.take((EMPLOYMENT, employment(change="ERASE", record_version=3)))
    assert taken.changes[PERSON][0].standing == ERASED


def test_a_tombstone_is_passed_over(gate):
    taken = gate.take(gate.sent(employment(), value=None), (EMPLOYMENT, employment(record_id="S-2")))
    assert [change.record_id for change in taken.changes[PERSON]] == ["S-2"]
    assert not taken.letters


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "framing"),
        (b"\0\0\0\0", "framing"),
        (b"\1\0\0\0\1xx", "framing"),
        (b'{"record_id": "S-1"}', "framing"),
        (b"\0\0\0\0\3", "undecodable"),
        (b"\0\0\0\0\3" + b"\xff" * 40, "undecodable"),
        (b"\0\0\0\x03\xe7", "schema-id"),
        (b"\0\xff\xff\xff\xff", "schema-id"),
    ],
)
def test_bytes_that_are_no_record_become_a_letter(gate, value, reason):
    taken = gate.take(gate.sent(employment(), value=value))
    assert reasons(taken) == [reason]
    assert not taken.changes


def test_a_datum_cut_short_and_one_with_bytes_after_it_become_letters(gate):
    whole = gate.sent(employment()).value
    cut, long = gate.sent(employment(), value=whole[:-1]), gate.sent(employment(), value=whole + b"\0")
    assert reasons(gate.take(cut, long)) == ["undecodable", "trailing-bytes"]


def test_what_is_not_admitted_becomes_a_letter_and_its_neighbours_are_taken_in(gate):
    taken = gate.take(
        (EMPLOYMENT, employment(record_id="1")),
        (EMPLOYMENT, employment(record_id="2", section=34)),
        gate.sent(employment(record_id="3"), key=b"another"),
        (EMPLOYMENT, employment(record_id="4")),
    )
    assert [change.record_id for change in taken.changes[PERSON]] == ["1", "4"]
    assert reasons(taken) == ["section", "key"]
    assert [letter["offset"] for letter in taken.letters] == [1, 2]


def test_a_registry_that_is_down_stops_the_batch_which_can_be_taken_again(gate):
    batch = gate.feed.batch([(EMPLOYMENT, employment()), (GRADUATION, graduation())])
    gate.registry.down = True
    for _ in range(3):
        with pytest.raises(Transient):
            gate.intake.take(batch, TODAY)
    gate.registry.down = False
    taken = gate.intake.take(batch, TODAY)
    assert {change.stream for change in taken.changes[PERSON]} == {1, 2}
    assert not taken.letters


def test_a_registry_that_is_down_is_no_flood_however_often_the_batch_is_taken_again():
    gate = Gate(limit=0.2)
    gate.take(*((EMPLOYMENT, employment(record_id=str(n))) for n in range(500)))
    bad, unknown = gate.sent(employment(), key=b""), gate.sent(employment(), value=b"\0\0\0\x03\xe7")
    batch = gate.feed.batch([bad, unknown])
    gate.registry.down = True
    for _ in range(500):
        with pytest.raises(Transient):
            gate.intake.take(batch, TODAY)
    gate.registry.down = False
    assert reasons(gate.intake.take(batch, TODAY)) == ["key", "schema-id"]


def test_a_flood_of_bad_records_is_a_fault():
    gate = Gate(limit=0.2)
    with pytest.raises(Fault, match="100 of the last 100 records are refused"):
        gate.take(*(gate.sent(employment(), key=b"") for _ in range(100)))


def test_what_looks_wrong_is_taken_in_and_counted_by_topic_office_and_rule(gate):
    odd = employment(source="SSO-20", tsic="00000", started_on=TODAY + 90)
    taken = gate.take((EMPLOYMENT, odd), (EMPLOYMENT, odd | {"record_id": "S-2", "started_on": TODAY}))
    assert len(taken.changes[PERSON]) == 2
    assert taken.issues == {
        (EMPLOYMENT.name, "SSO-20", "tsic-unlisted"): 2,
        (EMPLOYMENT.name, "SSO-20", "started-in-the-future"): 1,
    }


def test_of_a_large_batch_a_sample_of_moments_is_kept_for_freshness(gate):
    many = gate.take(*((EMPLOYMENT, employment(record_id=str(n), recorded_at=n)) for n in range(1000)))
    few = gate.take(*((EMPLOYMENT, employment(record_id=str(n), recorded_at=n)) for n in range(3)))
    assert 50 < len(many.recorded) <= 100
    assert few.recorded == [(EMPLOYMENT, 0), (EMPLOYMENT, 1), (EMPLOYMENT, 2)]
