"""Raw records on disk, and back."""

from collections import defaultdict

from confluent_kafka import Message

from saingan.rebuild.spill import Spill, read

NAMES = ["one", "two"]
BUCKETS = 3


def message(topic, offset, key, value=b"v"):
    return Message(topic=topic, partition=4, offset=offset, key=key, value=value)


def spilled(folder, *batches):
    spill = Spill(folder, NAMES, 4, BUCKETS)
    for messages in batches:
        spill.add(messages)
    spill.close()
    return [list(read(folder / str(bucket))) for bucket in range(BUCKETS)]


def records(buckets):
    return sorted(
        (NAMES[block.topic], block.partition, *record)
        for blocks in buckets
        for block in blocks
        for record in zip(block.offsets, block.keys, block.values, strict=True)
    )


def test_what_is_spilled_is_read_again_with_its_place(tmp_path):
    first = [message("two", 2**40, b"key/1/1", b""), message("one", 0, b"\xff"), message("two", 7, b"key/1/2", b"\0")]
    buckets = spilled(tmp_path, first, [message("one", 1, b"k" * 40, b"x" * 100_000)])
    assert records(buckets) == [
        ("one", 4, 0, b"\xff", b"v"),
        ("one", 4, 1, b"k" * 40, b"x" * 100_000),
        ("two", 4, 7, b"key/1/2", b"\0"),
        ("two", 4, 2**40, b"key/1/1", b""),
    ]


def test_all_records_of_a_person_lie_in_one_bucket_and_persons_in_all(tmp_path):
    persons = [f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" * 2 for number in range(60)]
    keys = [f"{person}/{record}/1".encode() for person in persons for record in range(3)]
    buckets = spilled(tmp_path, [message("one", at, key) for at, key in enumerate(keys)])
    holding = defaultdict(set)
    for number, blocks in enumerate(buckets):
        for block in blocks:
            for key in block.keys:
                holding[key[:32]].add(number)
    assert {len(numbers) for numbers in holding.values()} == {1}
    assert set.union(*holding.values()) == set(range(BUCKETS))


def test_the_order_of_a_partition_is_kept_over_many_blocks(tmp_path):
    person = b"p" * 32
    batches = [[message("one", at + off, person, b"x" * 1_000) for off in range(100)] for at in range(0, 1_000, 100)]
    (blocks,) = [blocks for blocks in spilled(tmp_path, *batches) if any(block.offsets for block in blocks)]
    assert [offset for block in blocks for offset in block.offsets] == list(range(1_000))
    assert sum(bool(block.offsets) for block in blocks) > 5


def test_a_tombstone_is_not_kept_and_a_record_without_a_key_is(tmp_path):
    buckets = spilled(tmp_path, [message("one", 0, b"k", None), message("one", 1, None)])
    assert records(buckets) == [("one", 4, 1, None, b"v")]
