"""Thousands of hostile messages here, a million in `make faults`."""

import pytest

from faults import fuzz
from saingan.errors import Rejection
from saingan.verify.admit import Reader


def test_of_hostile_messages_both_readings_take_in_the_same_and_nothing_else_comes_of_the_rest() -> None:
    summary = fuzz.fuzz(seed=1, inputs=12_000)
    assert summary.disagreed == []
    assert summary.taken + sum(summary.refused.values()) > 11_000  # the rest are tombstones
    assert {"framing", "undecodable", "trailing-bytes", "schema-id", "key", "too-large"} < set(summary.refused)
    assert summary.taken > 2_000
    assert summary.grown_mib < 64


def test_a_reading_that_differs_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def admit_no_zero_version(_reader: Reader, _key: bytes | None, record: dict) -> None:
        if record["record_version"] == 0:
            raise Rejection("version", "0")

    monkeypatch.setattr(Reader, "admit", admit_no_zero_version)
    assert fuzz.fuzz(seed=1, inputs=2_000).disagreed
