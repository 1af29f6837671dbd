"""A file that is sent to a real broker."""

import pytest

from saingan.publish import publish_file
from saingan.topics import EMPLOYMENT
from support import exports, wire
from support.refusing import refuse_all

pytestmark = pytest.mark.flow


def test_a_file_that_the_broker_does_not_take_is_not_clean(exchange, tmp_path):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(n) for n in range(1, 4)])
    refuse_all(exchange)
    summary = publish_file(exchange, EMPLOYMENT.name, path, "sso-insured-employment")
    assert (summary.rows, summary.undelivered, summary.clean) == (3, 3, False)
    assert "3 MSG_SIZE_TOO_LARGE" in summary.stopped


def test_a_file_sent_twice_gives_the_same_messages_twice(exchange, tmp_path):
    moved = exports.sso(2, {"ลำดับการเปลี่ยนแปลง": "2", "เลขบัตรประชาชนเดิม": exports.dashed(3)})
    rows = [exports.sso(1, {"เลขบัตรประชาชนเดิม": ""}), moved, exports.sso(4, {"เลขบัตรประชาชนเดิม": "", "มาตรา": "?"})]
    path = exports.write_csv(tmp_path / "a.csv", rows)
    for _ in range(2):
        summary = publish_file(exchange, EMPLOYMENT.name, path, "sso-insured-employment")
        assert (summary.sent, summary.refused, summary.stopped) == (2, 1, None)
    found = [
        (message.partition(), message.key(), message.value(), tuple(message.headers()))
        for message in wire.messages(exchange, EMPLOYMENT)
    ]
    assert len(found) == 6
    assert len(set(found)) == 3
