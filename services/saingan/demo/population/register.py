"""How a registry comes by what it knows: late, with slips that it corrects, and now and then twice."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any, Final, NamedTuple

from stdnum.th import pin

from saingan.topics import Topic

Days = int  # since 1970-01-01
Fields = Mapping[str, Any]

_LATE: Final = 0.05  # of all entries
_UNDER_ANOTHER: Final = 0.005  # of records: entered under another's citizen ID first
_REPEATED: Final = 0.03  # of changes: exported twice
_OFFICE_HOURS_S: Final = (8 * 3600 + 1800, 16 * 3600 + 1800)
_BANGKOK_S: Final = 7 * 3600


class Change(NamedTuple):
    """A change as its registry holds it.

    Attributes:
        record: the standard's fields, person_key left out; days since 1970, and milliseconds in ``recorded_at``.
    """

    topic: Topic
    citizen_id: str
    previous_citizen_id: str | None
    record: dict[str, Any]


class Entry(NamedTuple):
    """What a clerk enters into a record, and when."""

    on: Days
    fields: Fields
    change: str = "UPSERT"


def delay(rng: Random, soonest: int, latest: int) -> int:
    """Days from an event to its entry; a few come months late."""
    return rng.randint(60, 240) if rng.random() < _LATE else rng.randint(soonest, latest)


def register(
    rng: Random, topic: Topic, record_id: str, source: str, citizen_id: str, entries: Sequence[Entry]
) -> Iterator[Change]:
    """The changes of one record, one for each entry, and more where the wrong person's citizen ID was entered."""
    wrong = stranger(rng) if rng.random() < _UNDER_ANOTHER else None
    written = _put_right(rng, entries) if wrong else entries
    moment = 0
    for version, (on, fields, change) in enumerate(written, start=1):
        second = rng.randint(*_OFFICE_HOURS_S) - _BANGKOK_S
        moment = max(moment + 60_000, (on * 86_400 + second) * 1000)
        head = {"record_id": record_id, "record_version": version, "change": change, "recorded_at": moment}
        person = wrong if wrong and version == 1 else citizen_id
        found = Change(topic, person, wrong if version == 2 else None, {**head, "source": source, **fields})
        yield found
        if rng.random() < _REPEATED:
            yield found


def stranger(rng: Random) -> str:
    """A citizen ID of no one: Thai ones begin with 1 to 8, those of others with 0, as firms' numbers do."""
    digits = f"9{rng.randrange(10**11):011d}"
    return digits + str(pin.calc_check_digit(digits))


def _put_right(rng: Random, entries: Sequence[Entry]) -> Sequence[Entry]:
    first = entries[0]
    return (first, first._replace(on=first.on + rng.randint(5, 40)), *entries[1:])
