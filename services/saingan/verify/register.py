"""Registers, read a second time: by the topic's schema alone, without a line of code for any of them. Pure."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from saingan.standard.contract import contract
from saingan.topics import Topic
from saingan.verify.check import Check, Output, Row, RowKey, Rows
from saingan.verify.dates import Dates
from saingan.verify.standing import Kept, Rank, RecordKey, live

# Section 2: what all registry records have. The rest of a schema is what the register is about.
_COMMON: Final = frozenset({"record_id", "record_version", "change", "person_key", "recorded_at", "source", "identity"})


def check(topic: Topic) -> Check:
    """The view of a registry topic: one row for each record that is there."""
    *words, _version = re.split("[.-]", topic.name)
    kept = tuple(field for field in contract(topic.name).names if field not in _COMMON)
    keys = ("person_key", "record_id") if topic.key == "person_key" else ("record_id",)
    view, topics = "_".join(words), {topic.name: kept}
    output = Output(view, view, (*keys, *kept), None, len(keys))
    return Check(view, topics, output, partial(_rows, topics, len(keys)), clock=False)


def _rows(topics: Kept, keys: int, standing: Mapping[RecordKey, Rank], _dates: Dates) -> Rows:
    rows: dict[RowKey, Row] = {}
    for (key, _, record_id), fields in live(standing, topics):
        row_key = (key, record_id)[:keys]
        rows[row_key] = (*row_key, *map(_plain, fields.values()))
    return rows


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
