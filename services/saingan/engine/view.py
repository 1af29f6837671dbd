"""What a worker keeps, as one value. The engine knows nothing of a view but this."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Table

from saingan.engine.derived import Derived
from saingan.engine.tables import history_table, outbox_table
from saingan.topics import Topic

Derive = Callable[..., Derived]


@dataclass(frozen=True)
class View:
    """One continuously updated table.

    Attributes:
        name: prefix of the tables that the engine keeps for it.
        streams: topic → the NamedTuple whose fields the state keeps of each record.
        derive: pure; called with one `Live` per stream, in their order, and the `Dates`.
        table: its first two columns are the key and the row id, its last four the lineage.
        topic: the compacted topic that mirrors the table; None for none.
    """

    name: str
    streams: Mapping[Topic, type[NamedTuple]]
    derive: Derive
    table: Table
    topic: Topic | None = None
    history: Table = field(init=False)
    outbox: Table = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "history", history_table(self.name))
        object.__setattr__(self, "outbox", outbox_table(self.name))

    @cached_property
    def fingerprint(self) -> str:
        """Changes with the streams and fields that the state keeps, and with the table's columns."""
        kept = [(topic.name, kind._fields) for topic, kind in self.streams.items()]
        tables = [table.columns.keys() for table in (self.table, self.history, self.outbox)]
        return hashlib.sha256(repr((kept, tables)).encode()).hexdigest()
