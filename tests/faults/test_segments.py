"""The reader of a broker's own files sees one offset that was given out twice, and bytes that are not whole."""

import pytest
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from faults.segments import batches, twice


def batch(first, records):
    """The bytes of one record batch as a broker stores it."""
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=0, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=-1,
        batch_size=1 << 20,
    )  # fmt: skip
    for offset in range(records):
        builder.append(offset, timestamp=0, key=b"key", value=b"value", headers=[])
    data = builder.build()
    data[:8] = first.to_bytes(8, "big")
    return bytes(data)


@pytest.fixture
def segment(tmp_path):
    return tmp_path / "00000000000000000000.log"


def test_batches_in_a_row_are_read_with_their_offsets(segment, tmp_path):
    segment.write_bytes(batch(0, 3) + batch(3, 2))
    assert [(one.first, one.last, one.whole) for one in batches(tmp_path)] == [(0, 2, True), (3, 4, True)]
    assert twice(tmp_path) == []


def test_an_offset_that_was_given_out_twice_is_found(segment, tmp_path):
    segment.write_bytes(batch(0, 3) + batch(0, 1) + batch(3, 1))
    assert [(one.first, one.last) for one in twice(tmp_path)] == [(0, 0)]


def test_bytes_that_are_cut_off_or_changed_are_not_whole(segment, tmp_path):
    data = bytearray(batch(0, 3))
    data[-1] ^= 1
    segment.write_bytes(batch(0, 1) + data)
    assert [one.whole for one in batches(tmp_path)] == [True, False]
    segment.write_bytes(batch(0, 3)[:-4])
    assert [one.whole for one in batches(tmp_path)] == [False]
