"""A value as a worker takes it in, or none."""

import pytest

from saingan.erase.reading import Reader
from saingan.standard import codec, schemas
from saingan.standard.contract import contract
from saingan.topics import EMPLOYMENT, MESSAGE_BOUND
from support.make import PERSON, Record, citizen_id, employment

SCHEMA = schemas.schema(EMPLOYMENT.name)
ZEROS = {"type": "array", "items": {"type": "record", "name": "Nothing", "fields": []}}
UNSAFE = {**SCHEMA, "fields": [*SCHEMA["fields"], {"name": "zeros", "type": ZEROS, "default": []}]}
READER = Reader(contract(EMPLOYMENT.name), {7: SCHEMA, 8: UNSAFE})
KEY = f"{PERSON}/S-1/1".encode()


def written(record: Record, schema_id: int = 7) -> bytes:
    return codec.frame(schema_id, codec.encode(codec.parse(SCHEMA), record))


@pytest.mark.parametrize("change", ["UPSERT", "WITHDRAW", "ERASE"])
def test_a_change_that_a_worker_takes_in_is_read_by_the_names_of_its_fields(change: str) -> None:
    record = employment(change=change)
    assert READER.read(KEY, written(record)) == record


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param(KEY, b"\x01", id="no frame"),
        pytest.param(KEY, written(employment())[:-1], id="cut off"),
        pytest.param(KEY, written(employment(), schema_id=9), id="a schema that is not registered"),
        pytest.param(KEY, written(employment(), schema_id=8), id="a schema that is unsafe to decode by"),
        pytest.param(None, written(employment()), id="no key"),
        pytest.param(KEY, written(employment(record_id="S-2")), id="another record's key"),
        pytest.param(KEY, written(employment(employer_id=citizen_id(1))), id="a rule of the topic broken"),
        pytest.param(KEY, bytes(MESSAGE_BOUND), id="too large"),
    ],
)
def test_what_a_worker_refuses_is_no_record(key: bytes | None, value: bytes) -> None:
    assert READER.read(key, value) is None
