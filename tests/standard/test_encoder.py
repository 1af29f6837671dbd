"""The compiled encoder writes what the plain one writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saingan.standard import codec, schemas
from saingan.standard.encoder import Encoder
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, OUTCOME
from support import make

RECORDS = {
    ENROLMENT.name: make.enrolment(),
    GRADUATION.name: make.graduation(),
    EMPLOYMENT.name: make.employment(),
    CERTIFICATION.name: make.certification(identity=b"sealed"),
}


def _encoded(topic, record):
    return Encoder(schemas.schema(topic), list(record)).encode(list(record.values()))


@pytest.mark.parametrize("topic", RECORDS)
def test_a_record_of_each_stream_is_encoded_alike(topic):
    schema = schemas.schema(topic)
    assert _encoded(topic, RECORDS[topic]) == codec.encode(codec.parse(schema), RECORDS[topic])


def _sample(kind):
    if isinstance(kind, list):
        return _sample(kind[1])
    if isinstance(kind, dict):
        return kind["symbols"][-1]
    return {"string": "ก", "int": -1, "long": 2**40, "boolean": True}.get(kind, "NOT_YET")


@pytest.mark.parametrize("nulls", [True, False])
def test_a_record_of_the_outcome_is_encoded_alike(nulls):
    """Its values are of every kind that the standard has."""
    schema = codec.parse(schemas.schema(OUTCOME.name))
    types = {field["name"]: field["type"] for field in schema["fields"]}
    record = {name: None if nulls and isinstance(kind, list) else _sample(kind) for name, kind in types.items()}
    assert _encoded(OUTCOME.name, record) == codec.encode(schema, record)


@given(
    record_id=st.text(max_size=300),
    version=st.integers(-(2**63), 2**63 - 1),
    position=st.none() | st.text(),
    started_on=st.integers(-(2**31), 2**31 - 1),
    identity=st.none() | st.binary(),
)
def test_any_text_number_and_bytes_are_encoded_alike(record_id, version, position, started_on, identity):
    schema = schemas.schema(EMPLOYMENT.name)
    record = make.employment(
        record_id=record_id, record_version=version, position=position, started_on=started_on, identity=identity
    )
    assert _encoded(EMPLOYMENT.name, record) == codec.encode(codec.parse(schema), record)
