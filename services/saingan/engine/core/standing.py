"""How changes of a record become what stands of it (standard, section 5).

Standing changes are ordered by rank: version, then `recorded_at`, then canonical form. `stands` takes the greater of
two, so it is commutative, associative and idempotent: a state depends only on the set of changes received.
"""

import json
from typing import Any, Final

Fields = tuple[Any, ...]
Standing = tuple[Any, ...]  # version, recorded_at in ms, kept fields; their place None: withdrawn

ERASED: Final[Standing] = (2**63, 0, None)  # above every Avro long: nothing outranks an erasure, and it keeps nothing


def stands(one: Standing, other: Standing) -> Standing:
    """The one of two changes of a record that stands; ``one`` where they are equal."""
    if one[0] != other[0]:
        return one if one[0] > other[0] else other
    if one[1] != other[1]:
        return one if one[1] > other[1] else other
    return one if _same(one, other) or canonical(one[2]) > canonical(other[2]) else other


def conflict(one: Standing, other: Standing) -> bool:
    """Whether the owner gave one version to two contents."""
    return one[0] == other[0] and not _same(one, other)


def canonical(fields: Fields | None) -> bytes:
    """The kept fields as bytes that every replica compares alike."""
    content = ["WITHDRAW"] if fields is None else ["UPSERT", *fields]
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=bytes.hex).encode()


def _same(one: Standing, other: Standing) -> bool:
    if one[2] is None or other[2] is None:
        return one[2] is other[2]
    return bool(one[2] == other[2])
