"""What a dead letter looks like on the wire."""

import pytest
from sqlalchemy import select

from saingan.engine.intake.sealing import letter_message
from saingan.engine.tables import dead_letter
from saingan.topics import EMPLOYMENT
from support.make import PERSON, employment
from support.store_bench import OPERATOR, Bench


@pytest.fixture
def row(bench: Bench):
    bench.apply(bench.feed.sent(EMPLOYMENT, employment(), key=b"wrong", partition=2))
    with bench.engine.connect() as conn:
        yield conn.execute(select(dead_letter)).mappings().one()


def test_a_letter_is_keyed_by_its_origin(row):
    assert letter_message(row)["key"] == b"sso.insured-employment.v1/2/0"


def test_its_headers_say_why_and_where(row):
    headers = dict(letter_message(row)["headers"])
    failed_at = headers.pop("failed_at")
    assert headers == {
        "view": b"outcomes",
        "topic": b"sso.insured-employment.v1",
        "partition": b"2",
        "offset": b"0",
        "reason": b"key",
        "detail": b"the message key is not <person_key>/<record_id>/<record_version> of its record",
        "size": str(row.size).encode(),
    }
    assert failed_at.startswith(b"20")
    assert failed_at.endswith(b"Z")


def test_its_value_is_sealed(row):
    value = letter_message(row)["value"]
    assert PERSON.encode() not in value
    assert OPERATOR.open(value)[0] == b"wrong"
