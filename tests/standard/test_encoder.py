"""The compiled encoder writes what the plain one writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import make
from saingan.standard import codec, schemas
from saingan.standard.encoder import Encoder
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION

RECORDS = {
    ENROLMENT.name: make.enrolment(),
    GRADUATION.name: make.graduation(),
    EMPLOYMENT.name: make.employment(),
    CERTIFICATION.name: make.certification(identity=b"sealed"),
}


@pytest.mark.parametrize("topic", RECORDS)
def test_a_record_of_each_stream_is_encoded_alike(topic):
    schema = schemas.schema(topic)
    assert Encoder(schema).encode(RECORDS[topic]) == codec.encode(codec.parse(schema), RECORDS[topic])


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
    assert Encoder(schema).encode(record) == codec.encode(codec.parse(schema), record)
