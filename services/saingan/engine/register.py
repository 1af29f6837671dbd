"""A register as a view: of each record that stands, one row, made by the topic's schema without a line of code.

A register has no topic of its own, for the registry topic is it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, String, Table

from saingan.engine.core.derived import Dates, Derived, Live
from saingan.engine.store.columns import Strings
from saingan.engine.tables import key_type, lineage, metadata
from saingan.engine.view import View
from saingan.errors import Fault
from saingan.standard.contract import contract
from saingan.topics import Topic

# What the standard (section 2) puts at both ends of a registry record: none of it tells what the record is about.
_ENDS: Final = frozenset({"record_id", "record_version", "change", "person_key", "recorded_at", "source", "identity"})
_COLUMNS: Final[dict[str, tuple[Any, Any]]] = {  # kind of a field → its type in the state, and in the table
    "string": (str, String),
    "enum": (str, String),
    "int": (int, Integer),
    "long": (int, BigInteger),
    "boolean": (bool, Boolean),
    "date": (int, Date),
    "timestamp-millis": (int, BigInteger),
    "array": (tuple[str, ...], Strings),
}


@cache
def register(topic: Topic) -> View:
    """The view of a registry topic; its name, and that of its table, is ``<agency>_<register>``.

    Raises:
        Fault: the schema has a field of a kind that no column can hold.
    """
    name = topic.name.rpartition(".")[0].replace(".", "_").replace("-", "_")
    types = contract(topic.name).types()
    kept = {field: (kind, nullable) for field, (kind, nullable, _) in types.items() if field not in _ENDS}
    if unknown := [f"{field} ({kind})" for field, (kind, _) in kept.items() if kind not in _COLUMNS]:
        raise Fault(f"{topic.name}: no column can hold {', '.join(unknown)}")
    keys = ("person_key", "record_id") if topic.person_level else ("record_id",)
    return View(
        name=name,
        streams={topic: _kept(topic, kept)},
        derive=_each if topic.person_level else _one,
        table=Table(
            name,
            metadata,
            *(Column(key, key_type(), primary_key=True) for key in keys),
            *(Column(field, _COLUMNS[kind][1], nullable=nullable) for field, (kind, nullable) in kept.items()),
            *lineage(),
        ),
        clock=False,
    )


def _kept(topic: Topic, kept: Mapping[str, tuple[str, bool]]) -> type[NamedTuple]:
    hints = [
        (field, _COLUMNS[kind][0] | None if nullable else _COLUMNS[kind][0]) for field, (kind, nullable) in kept.items()
    ]
    made: type[NamedTuple] = NamedTuple(topic.record or "Record", hints)  # type: ignore[misc]
    return made


def _one(_record_id: str, records: Live, _dates: Dates) -> Derived:
    rows = [("", fields) for fields in records.values()]  # at most the record itself
    return Derived(dict(rows), None, None)


def _each(_person_key: str, records: Live, _dates: Dates) -> Derived:
    return Derived(dict(records), None, None)
