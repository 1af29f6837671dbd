"""Raw records on disk, and back."""

from itertools import starmap
from pathlib import Path
from typing import NamedTuple

import pytest

from saingan.rebuild.spill import Spill, read

TOPICS = {"one": True, "two": True, "records": False}  # the first two are of persons
NAMES = list(TOPICS)
BUCKETS = 3


class Record(NamedTuple):
    offset: int
    key: bytes | None
    value: bytes | None = b"v"


def spilled(folder, *batches, into=BUCKETS):
    """What lies in each bucket, of batches of a topic and its records."""
    spill = Spill(folder, TOPICS, 4, into)
    for topic, *came in batches:
        spill.add(topic, came)
    spill.close()
    return [list(read(folder / str(bucket))) for bucket in range(into)]


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


IDS = {
    "a year, and counted up": "VAC-2569-{:06}",
    "an office, and counted up": "SSO-20/{}",
    "of 32 characters": "VACANCY-OF-THE-YEAR-2569-N{:06}/x",
    "as of persons": "0123456789abcdef0123456789{:06}/x",
}


@pytest.mark.parametrize("pattern", IDS.values(), ids=IDS)
def test_records_that_are_about_no_person_are_spread_evenly_and_their_versions_lie_together(
    pattern: str, tmp_path: Path
) -> None:
    ids = [pattern.format(number) for number in range(5_000)]
    keys = [f"{record_id}/{version}".encode() for record_id in ids for version in (1, 2, 10)]
    buckets = keys_by_bucket(spilled(tmp_path, ("records", *starmap(Record, enumerate(keys))), into=50))
    owners = [{key.rpartition(b"/")[0] for key in held} for held in buckets]
    assert sum(map(len, owners)) == len(set.union(*owners)) == len(ids)
    assert all(50 < len(held) < 200 for held in owners), "of 100 that each would have"


def test_a_key_without_a_version_or_without_a_person_has_a_bucket(tmp_path: Path) -> None:
    odd = [b"", b"/", b"V-1", b"\xff", b"p" * 32, b"SSO-1/1"]
    came = [(topic, Record(offset, key)) for topic in NAMES for offset, key in enumerate(odd)]
    assert len(records(spilled(tmp_path, *came))) == len(NAMES) * len(odd)


def test_the_order_of_a_partition_is_kept_over_many_blocks(tmp_path):
    person = b"p" * 32
    batches = [("one", *(Record(at + off, person, b"x" * 1_000) for off in range(100))) for at in range(0, 1_000, 100)]
    (blocks,) = [blocks for blocks in spilled(tmp_path, *batches) if any(block.offsets for block in blocks)]
    assert [offset for block in blocks for offset in block.offsets] == list(range(1_000))
    assert sum(bool(block.offsets) for block in blocks) > 5


def test_a_tombstone_is_not_kept_and_a_record_without_a_key_is(tmp_path):
    buckets = spilled(tmp_path, ("one", Record(0, b"k", None), Record(1, None)))
    assert records(buckets) == [("one", 4, 1, None, b"v")]
