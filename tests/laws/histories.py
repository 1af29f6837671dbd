"""What registries might send about a few people: plausible and nasty sets of changes, as hypothesis strategies."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, Topic
from saingan.verify.dates import Dates, days
from saingan.verify.outcomes.check import CHECK
from saingan.verify.standing import standing
from support import make
from support.make import OTHER_PERSON, PERSON, Record

Change = tuple[Topic, Record]

# The same examples on every run: a law that fails once fails always. A search for more: raise `max_examples`.
law = settings(derandomize=True, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))

_GRADUATED = [date(2025, 3, 31), date(2024, 8, 31), date(2024, 2, 29)]
_TURNS = [  # the days on which they graduated, and their horizons
    *_GRADUATED,
    *(date(2025, 9, 30), date(2026, 3, 31), date(2027, 3, 31)),
    *(date(2025, 2, 28), date(2025, 8, 31), date(2026, 8, 31)),
    *(date(2024, 8, 29), date(2026, 2, 28)),
]
# Few days, so that starts, ends, horizons and dates of observation often meet, or miss each other by one.
OBSERVED = st.builds(
    lambda day, off: day + timedelta(off), st.sampled_from(_TURNS), st.sampled_from([0, 0, -1, 1, 45, 400])
)
_days = OBSERVED.map(days)


def dates() -> st.SearchStrategy[tuple[date, date]]:
    """`observed_on` and `complete_through`, near days on which something turns."""
    return st.builds(lambda day, delay: (day, day - timedelta(delay)), OBSERVED, st.sampled_from([0, 1, 45, 400]))


@st.composite
def _span(draw: st.DrawFn) -> dict[str, Any]:
    start, end = sorted(draw(st.tuples(_days, _days)))
    return {"started_on": start, "ended_on": draw(st.sampled_from([end, end, None]))}


_PROGRAMME: Mapping[str, Any] = {
    "institution_code": st.sampled_from(["1320016101", "1320016102"]),
    "qualification": st.sampled_from(["PVC", "PVC", "PVS", "SHORT", "OTHER"]),
    "field_code": st.sampled_from(["20101", "20101", "30204", "99999"]),
}
_FIELDS: Mapping[Topic, st.SearchStrategy[dict[str, Any]]] = {
    ENROLMENT: st.builds(
        lambda *parts: {name: value for part in parts for name, value in part.items()},
        st.fixed_dictionaries(
            {**_PROGRAMME, "status": st.sampled_from(["STUDYING", "LEFT", "COMPLETED", "TRANSFERRED", "OTHER"])}
        ),
        _span(),
    ),
    GRADUATION: st.fixed_dictionaries(
        {
            **_PROGRAMME,
            "graduated_on": st.sampled_from(_GRADUATED).map(days),
            "enrolment_record_id": st.sampled_from([None, None, "0", "1", "absent"]),
            "subfield_code": st.sampled_from(["2010101", "", "สาขา\t\\N\n'\"{}"]),
        }
    ),
    EMPLOYMENT: st.builds(
        lambda *parts: {name: value for part in parts for name, value in part.items()},
        st.fixed_dictionaries(
            {
                "section": st.sampled_from([33, 33, 33, 39, 40]),
                "employer_id": st.sampled_from([None, make.juristic_number(1), make.juristic_number(2)]),
                "occupation": st.sampled_from([None, "7231", "2411", "9999", ""]),
                "tsic": st.sampled_from([None, "45201", "01111", "xx"]),
            }
        ),
        _span(),
    ),
    CERTIFICATION: st.fixed_dictionaries(
        {"result": st.sampled_from(["PASSED", "PASSED", "FAILED", "ATTENDED", "OTHER"]), "issued_on": _days}
    ),
}
_BUILD = {
    ENROLMENT: make.enrolment,
    GRADUATION: make.graduation,
    EMPLOYMENT: make.employment,
    CERTIFICATION: make.certification,
}
_HEAD = st.fixed_dictionaries(
    {
        "record_id": st.sampled_from(["0", "1"]),
        "record_version": st.integers(1, 4),
        "recorded_at": st.sampled_from([1_750_000_000_000, 1_750_000_000_001]),
        "change": st.sampled_from(["UPSERT"] * 8 + ["WITHDRAW", "ERASE"]),
        "person_key": st.sampled_from([PERSON, PERSON, OTHER_PERSON]),
    }
)
_TOPICS = st.sampled_from([ENROLMENT, GRADUATION, GRADUATION, EMPLOYMENT, EMPLOYMENT, CERTIFICATION])


@st.composite
def change(draw: st.DrawFn) -> Change:
    """One change of one of a few records: versions meet, contents differ under one version, dates lie at horizons."""
    topic = draw(_TOPICS)
    return topic, _BUILD[topic](**draw(_HEAD), **draw(_FIELDS[topic]))


def changes(most: int = 20) -> st.SearchStrategy[list[Change]]:
    return st.lists(change(), min_size=5, max_size=most)


@st.composite
def person(draw: st.DrawFn) -> list[Change]:
    """What stands of one person: a graduation or two, and some of all else."""
    counts = {GRADUATION: (1, 2), ENROLMENT: (0, 3), EMPLOYMENT: (0, 3), CERTIFICATION: (0, 2)}
    return [
        (topic, _BUILD[topic](record_id=str(number), **fields))
        for topic, (least, most) in counts.items()
        for number, fields in enumerate(draw(st.lists(_FIELDS[topic], min_size=least, max_size=most)))
    ]


@st.composite
def arrival(draw: st.DrawFn, came: list[Change]) -> list[list[Change]]:
    """Another arrival of the same set: in any order, some more than once, cut into batches anywhere."""
    again = came + draw(st.lists(st.sampled_from(came), max_size=5))
    shuffled = draw(st.permutations(again))
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(shuffled) - 1)), max_size=4)))
    return [shuffled[start:end] for start, end in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]


def expected(came: list[Change], seen_from: tuple[date, date]) -> list[tuple[Any, ...]]:
    """The rows that the independent reading of the standard makes of a set of changes."""
    stands = standing(((topic.name, record) for topic, record in came), CHECK.topics)
    rows = CHECK.rows(stands, Dates(*map(days, seen_from)))
    return [tuple(row) for _, row in sorted(rows.items())]
