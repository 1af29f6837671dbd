"""CloudEvents 1.0 in Kafka headers: section 4 of the standard."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from saingan.standard.cloudevents import headers
from saingan.topics import EMPLOYMENT, OUTCOME

AT_MS = 1_750_000_000_123


def of(topic=EMPLOYMENT, **fields):
    return dict(headers(topic, **{"source": "SSO-20", "subject": "S-1", "event_id": "7", "at_ms": AT_MS, **fields}))


def test_all_required_attributes_are_there():
    assert of() == {
        "ce_specversion": b"1.0",
        "ce_id": b"7",
        "ce_source": b"SSO-20",
        "ce_type": b"th.workforce.v1.InsuredEmploymentRecord",
        "ce_time": b"2025-06-15T15:06:40.123+00:00",
        "ce_subject": b"S-1",
        "content-type": b"application/avro",
    }


def test_each_attribute_is_given_once():
    names = [name for name, _ in headers(EMPLOYMENT, source="x", subject="y", event_id="z", at_ms=0)]
    assert len(names) == len(set(names))


def test_the_type_is_the_topics_record():
    assert of(OUTCOME)["ce_type"] == b"th.workforce.v1.EmploymentOutcome"


@given(st.integers(-(10**12), 10**13))
def test_the_time_is_rfc_3339_with_an_offset_to_the_millisecond(at_ms):
    at = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=at_ms)
    assert of(at_ms=at_ms)["ce_time"].decode() == at.isoformat(timespec="milliseconds")


def test_thai_subjects_are_utf_8():
    assert of(subject="ทะเบียน/๑")["ce_subject"].decode() == "ทะเบียน/๑"
