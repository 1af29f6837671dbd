"""What a worker keeps, as one value. The engine knows nothing of a view but this."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, get_type_hints

from sqlalchemy import Table

from saingan.engine.core.derived import Derived
from saingan.engine.store.tables import history_table, outbox_table
from saingan.standard import schemas
from saingan.standard.coercion import kind_of
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
        rules: the number of the rules in `derive`; a change after which a state gives other rows raises it.
        files: that `derive` reads, under ``schemas/``; a change of their content raises ``rules``, too.
    """

    name: str
    streams: Mapping[Topic, type[NamedTuple]]
    derive: Derive
    table: Table
    topic: Topic | None = None
    rules: int = 1
    files: Sequence[str] = ()
    history: Table = field(init=False)
    outbox: Table = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "history", history_table(self.name))
        object.__setattr__(self, "outbox", outbox_table(self.name))

    @property
    def group(self) -> str:
        """The consumer group of workers that read all streams; those of workers that read some begin so, too."""
        return f"saingan.{self.name}"

    @cached_property
    def fingerprint(self) -> str:
        """What the store keeps of the view, a word for the columns of its table and one for each stream's fields.

        The engine's own tables are not part of it: they change by `migrations`.
        """
        columns = [(column.name, str(column.type), column.nullable) for column in self.table.columns]
        streams = [f"{topic.name}:{_hash(_fields(topic, kind))}" for topic, kind in self.streams.items()]
        return " ".join([_hash(repr(columns).encode()), *streams])

    @cached_property
    def lists(self) -> str:
        """The files that the rules read, a word each, with a hash of their content."""
        return " ".join(f"{file}:{_hash(schemas.root().joinpath(file).read_bytes())}" for file in self.files)


def _fields(topic: Topic, kind: type[NamedTuple]) -> bytes:
    """Of each kept field: its name, its type in the state, its kind in Avro, and whether Avro allows null."""
    named: dict[str, schemas.Schema] = {}
    avro = {field["name"]: kind_of(field["type"], named)[:2] for field in schemas.schema(topic.name)["fields"]}
    return repr([(name, str(hint), *avro[name]) for name, hint in get_type_hints(kind).items()]).encode()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
