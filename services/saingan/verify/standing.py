"""Which change of each record stands: section 5 without a fold. Pure.

Every change has a rank, and of the changes of one record the highest ranked stands.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from saingan.topics import TOPICS

Kept = Mapping[str, tuple[str, ...]]  # topic → the fields that count of a record
RecordKey = tuple[str, str, str]  # key, topic, record_id


class Rank(NamedTuple):
    """What decides between two changes of one record: the greater tuple stands.

    The last member holds the kept fields themselves, so a standing change needs no other storage.
    """

    erased: bool
    record_version: int
    recorded_at: int
    canonical: bytes


def canonical(kept: tuple[str, ...], change: Mapping[str, Any]) -> bytes:
    """The change's name and the fields that count, as one JSON array, bytes in hexadecimal; a `WITHDRAW` keeps none."""
    values = [change[field] if change["change"] == "UPSERT" else None for field in kept]
    content = [change["change"], *values]
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=bytes.hex).encode()


def standing(changes: Iterable[tuple[str, Mapping[str, Any]]], kept: Kept) -> dict[RecordKey, Rank]:
    """The standing change of each record.

    Args:
        changes: (topic, accepted change) in any order: the record as a plain dict with dates as int days.
    """
    best: dict[RecordKey, Rank] = {}
    keys = {topic: str(TOPICS[topic].key) for topic in kept}
    for topic, change in changes:
        record = change[keys[topic]], topic, change["record_id"]
        erased, version = change["change"] == "ERASE", change["record_version"]
        rank = Rank(erased, version, change["recorded_at"], canonical(kept[topic], change))
        if record not in best or rank > best[record]:
            best[record] = rank
    return best


def live(standing: Mapping[RecordKey, Rank], kept: Kept) -> Iterator[tuple[RecordKey, dict[str, Any]]]:
    """The records that are there, with the fields that count, in key order."""
    for record in sorted(standing):
        change, *values = json.loads(standing[record].canonical)
        if change == "UPSERT":
            yield record, dict(zip(kept[record[1]], values, strict=True))
