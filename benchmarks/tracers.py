"""Changes that can be recognised in the table: each gives one column of one person's row a value of its own.

Every stream has its persons, so that a change of one stream never touches what shows another's.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, Topic
from workload import Change

PERSONS: Final = 200  # of each stream: one of them changes again only after many others
GRADUATED: Final = 19_000  # days since the epoch
Record = dict[str, Any]


class Tracer(NamedTuple):
    change: Change
    person_key: str
    column: str
    value: Any  # of the column, once the change is in


class _Trace(NamedTuple):
    """How the n-th change (from 1) of a stream shows."""

    record: Callable[[int], Record]
    column: str
    value: Callable[[int], Any]


_TRACES: Final[dict[Topic, _Trace]] = {
    ENROLMENT: _Trace(
        lambda n: {
            "record_id": "E",
            "record_version": n,
            "change": "UPSERT" if n % 2 else "WITHDRAW",
            "qualification": "PVS",
            "started_on": GRADUATED + 1,
            "ended_on": None,
        },
        "further_study",
        lambda n: n % 2 == 1,
    ),
    GRADUATION: _Trace(
        lambda n: {"record_id": "G", "record_version": n + 1, "graduated_on": GRADUATED, "subfield_code": f"{n:07}"},
        "subfield_code",
        lambda n: f"{n:07}",
    ),
    EMPLOYMENT: _Trace(
        lambda n: {
            "record_id": "J",
            "record_version": n,
            "section": 33,
            "occupation": f"{n:04}",
            "started_on": GRADUATED + 1,
            "ended_on": None,
        },
        "occupation",
        lambda n: f"{n:04}",
    ),
    CERTIFICATION: _Trace(
        lambda n: {"record_id": f"C{n}", "record_version": 1, "result": "PASSED", "issued_on": GRADUATED + 1},
        "certifications",
        lambda n: n,
    ),
}
STREAMS: Final = tuple(_TRACES)
COLUMNS: Final = tuple(trace.column for trace in _TRACES.values())


def graduations(examples: dict[Topic, Record]) -> Iterator[Change]:
    """What makes the persons' rows: to be taken in before any tracer."""
    for topic in STREAMS:
        for number in range(PERSONS):
            head = {"person_key": _key(topic, number), "record_version": 1, "change": "UPSERT"}
            yield GRADUATION, {**examples[GRADUATION], **head, "record_id": "G", "graduated_on": GRADUATED}


def tracers(examples: dict[Topic, Record], streams: tuple[Topic, ...]) -> Iterator[Tracer]:
    """For ever, stream after stream and person after person."""
    n = 0
    while True:
        n += 1
        for number in range(PERSONS):
            for topic in streams:
                trace, key = _TRACES[topic], _key(topic, number)
                record = {**examples[topic], "person_key": key, "change": "UPSERT", **trace.record(n)}
                yield Tracer((topic, record), key, trace.column, trace.value(n))


def _key(topic: Topic, number: int) -> str:
    return f"{STREAMS.index(topic):02x}{number:030x}"
