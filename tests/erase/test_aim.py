"""Which messages tell of those to be forgotten: by key, by value, well-formed or not; and of no one else's."""

import pytest

from saingan.erase.aim import ERASE_VERSION, Aim, Name, Subject, mark_key, name
from saingan.erase.mark import empty
from saingan.standard import codec, schemas
from saingan.standard.decoder import Decoder
from saingan.topics import EMPLOYMENT, TOPICS
from support.make import OTHER_PERSON, PERSON, employment

SCHEMA = codec.parse(schemas.schema(EMPLOYMENT.name))
JOB = Subject(EMPLOYMENT.name, PERSON, "S-1")


def message(key=None, **fields):
    record = employment(**fields)
    usual = f"{record['person_key']}/{record['record_id']}/{record['record_version']}".encode()
    return usual if key is None else key, codec.frame(1, codec.encode(SCHEMA, record)), record


def meets(aim, key, value, record=None):
    return aim.meets(EMPLOYMENT.name, key, value, lambda: record)


WHOLE, ONE = Aim(persons=frozenset({PERSON})), Aim(subjects=frozenset({JOB}))


@pytest.mark.parametrize("aim", [WHOLE, ONE])
def test_a_record_of_theirs_is_met_and_anothers_is_not(aim):
    assert meets(aim, *message())
    assert not meets(aim, *message(person_key=OTHER_PERSON))


@pytest.mark.parametrize("aim", [WHOLE, ONE])
def test_it_is_met_under_anothers_key_too(aim):
    assert meets(aim, *message(key=f"{OTHER_PERSON}/S-1/1".encode()))


def test_another_record_of_the_person_is_not_met_by_the_one():
    assert not meets(ONE, *message(record_id="S-11"))
    assert not ONE.meets("dsd.skill-certification.v1", *message()[:2], lambda: None)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (f"{PERSON}/S-1/1".encode(), b"rubbish"),
        (PERSON.encode(), b""),
        (b"", b"\0\0" + PERSON.encode()),
        (None, PERSON.upper().encode()),
        (b"x", f"abc{PERSON}def".encode()),  # other hex digits around it
    ],
)
def test_bytes_that_hold_a_persons_key_are_met_whatever_they_are(key, value):
    assert meets(WHOLE, key, value)


@pytest.mark.parametrize("cut", [PERSON[1:], PERSON[:-1]])
def test_a_part_of_a_key_is_no_key(cut):
    assert not meets(WHOLE, b"x", cut.encode())


@pytest.mark.parametrize(
    ("key", "named"),
    [
        (b"p/r/1", Name("p", "r", "1")),
        (b"p/r/with/slashes/12", Name("p", "r/with/slashes", "12")),
        (b"p/r", None),
        (b"p", None),
        (b"", None),
        (None, None),
    ],
)
def test_a_key_is_taken_apart_at_its_first_and_last_slash(key, named):
    assert name(key) == named


def test_a_marks_key_has_a_version_that_no_registry_reaches():
    assert name(mark_key(JOB)).of(EMPLOYMENT.name) == JOB
    assert int(name(mark_key(JOB)).version) == ERASE_VERSION == 2**63 - 1


@pytest.mark.parametrize("topic", [topic.name for topic in TOPICS.values() if topic.registry])
def test_a_mark_has_nothing_in_it_and_is_a_datum_of_its_schema(topic):
    schema = schemas.schema(topic)
    record = empty(schema) | {"record_version": ERASE_VERSION}
    assert not any(value for name, value in record.items() if name != "record_version" and isinstance(value, bytes))
    datum = codec.frame(1, codec.encode(codec.parse(schema), record))
    assert Decoder(codec.parse(schema), codec.parse(schema)).record(datum) == record
