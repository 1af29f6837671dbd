"""What becomes of a record batch that would inflate to more than a worker takes."""

import gzip
from collections.abc import Callable

import cramjam
import pytest
from aiokafka.codec import snappy_encode
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition

from saingan.engine.kafka import inflating, patches
from saingan.engine.kafka.inflating import INFLATED, Unread
from saingan.topics import MESSAGE_BOUND
from support.raw_batch import CODECS, batch, zeros

PART = TopicPartition("t", 0)
COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "snappy": snappy_encode,
    "lz4": lambda data: bytes(cramjam.lz4.compress(data)),
    "zstd": lambda data: bytes(cramjam.zstd.compress(data)),
}


def read(*batches: bytes, fetch_offset: int = 0) -> tuple[list[tuple[int, int]], int]:
    """Offset and length of each record, and where reading goes on."""
    partition = fetcher.PartitionRecords(PART, MemoryRecords(b"".join(batches)), [], fetch_offset, None, None, True, 1)
    return [(record.offset, len(record.value)) for record in partition], partition.next_fetch_offset


@pytest.mark.parametrize("codec", COMPRESS)
def test_a_batch_is_read_as_aiokafka_reads_it(codec: str) -> None:
    builder = DefaultRecordBatchBuilder(2, CODECS[codec], 0, -1, -1, -1, 1_000_000)
    for offset in range(3):
        assert builder.append(offset, 0, b"key", bytes(1_000 * offset), [])
    assert read(bytes(builder.build())) == ([(0, 0), (1, 1_000), (2, 2_000)], 3)


@pytest.mark.parametrize("codec", COMPRESS)
def test_of_a_batch_that_inflates_to_too_much_one_record_stands_for_all_and_what_is_around_it_is_read(
    codec: str,
) -> None:
    within = COMPRESS[codec](zeros(INFLATED - 100))
    beyond = COMPRESS[codec](zeros(INFLATED + 1))
    records, end = read(batch(0, codec, within), batch(1, codec, beyond, records=5), batch(6, codec, within))
    assert records == [(0, INFLATED - 100), (1, len(Unread(0, 0).value)), (6, INFLATED - 100)]
    assert end == 7
    assert len(Unread(0, 0).value) > MESSAGE_BOUND


def test_several_frames_of_zstd_count_together() -> None:
    half = bytes(cramjam.zstd.compress(bytes(INFLATED // 2 + 1)))
    assert read(batch(0, "zstd", half + half)) == ([(0, len(Unread(0, 0).value))], 1)


def test_a_batch_that_is_no_compressed_data_is_an_error_and_not_too_large() -> None:
    with pytest.raises(cramjam.DecompressionError):
        read(batch(0, "zstd", b"no zstd"))


def test_the_bytes_of_an_answer_and_what_it_inflates_to_are_counted() -> None:
    before = inflating.brought().bytes
    data = batch(0, "zstd", bytes(cramjam.zstd.compress(zeros(1_000_000))))
    read(data)
    assert inflating.brought().bytes - before == len(data) + len(zeros(1_000_000))


def test_of_long_records_few_are_taken_in_one_go() -> None:
    class Assignment:
        active = True

        def state_value(self, _: object) -> "Assignment":
            return self

        paused = False
        position = 0

        def consumed_to(self, position: int) -> None:
            self.position = position

    long = bytes(cramjam.zstd.compress(zeros(patches._TAKEN // 2)))
    records = MemoryRecords(b"".join(batch(offset, "zstd", long) for offset in range(9)))
    partition = fetcher.PartitionRecords(PART, records, [], 0, None, None, True, 1)
    result = fetcher.FetchResult(PART, assignment=Assignment(), partition_records=partition, backoff=0)
    taken = []
    while result.has_more():
        taken.append([record.offset for record in result.getall(1_000)])
    assert taken == [[0, 1], [2, 3], [4, 5], [6, 7], [8]]
