"""Raw records on disk, and back."""

from itertools import starmap
from typing import NamedTuple

from saingan.rebuild.spill import Spill, read

NAMES = ["one", "two"]
BUCKETS = 3


class Record(NamedTuple):
    offset: int
    key: bytes | None
    value: bytes | None = b"v"


def spilled(folder, *batches):
    """What lies in each bucket, of batches of a topic and its records."""
    spill = Spill(folder, NAMES, 4, BUCKETS)
    for topic, *came in batches:
        spill.add(topic, came)
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
    two = ("two", Record(2**40, b"key/1/1", b""), Record(2**40 + 1, b"key/1/2", b"\0"))
    buckets = spilled(tmp_path, two, ("one", Record(0, b"\xff")), ("one", Record(1, b"k" * 40, b"x" * 100_000)))
    assert records(buckets) == [
        ("one", 4, 0, b"\xff", b"v"),
        ("one", 4, 1, b"k" * 40, b"x" * 100_000),
        ("two", 4, 2**40, b"key/1/1", b""),
        ("two", 4, 2**40 + 1, b"key/1/2", b"\0"),
    ]


PERSONS = [f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" * 2 for number in range(60)]


def keys_by_bucket(buckets):
    return [{key for block in blocks for key in block.keys} for blocks in buckets]


def test_all_records_of_a_person_lie_in_one_bucket_and_buckets_are_ranges_of_persons(tmp_path):
    keys = [f"{person}/{record}/1".encode() for person in PERSONS for record in range(3)]
    buckets = keys_by_bucket(spilled(tmp_path, ("one", *starmap(Record, enumerate(keys)))))
    assert all(buckets)
    assert [key for held in buckets for key in sorted(held)] == sorted(keys)
    persons = [{key[:32] for key in held} for held in buckets]
    assert sum(map(len, persons)) == len(set.union(*persons)) == len(PERSONS)


def test_records_without_a_person_are_spread_as_well(tmp_path):
    keys = [f"00000000-{number}/1".encode() for number in range(20)] + [f"SSO-{n:05}/1".encode() for n in range(60)]
    buckets = keys_by_bucket(spilled(tmp_path, ("one", *starmap(Record, enumerate(keys)))))
    assert all(buckets)


def test_the_order_of_a_partition_is_kept_over_many_blocks(tmp_path):
    person = b"p" * 32
    batches = [("one", *(Record(at + off, person, b"x" * 1_000) for off in range(100))) for at in range(0, 1_000, 100)]
    (blocks,) = [blocks for blocks in spilled(tmp_path, *batches) if any(block.offsets for block in blocks)]
    assert [offset for block in blocks for offset in block.offsets] == list(range(1_000))
    assert sum(bool(block.offsets) for block in blocks) > 5


def test_a_tombstone_is_not_kept_and_a_record_without_a_key_is(tmp_path):
    buckets = spilled(tmp_path, ("one", Record(0, b"k", None), Record(1, None)))
    assert records(buckets) == [("one", 4, 1, None, b"v")]
