"""What a worker keeps, as one value. The engine knows nothing of a view but this."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Concatenate, NamedTuple, get_type_hints

from sqlalchemy import Table

from saingan.engine.core.derived import Derived
from saingan.engine.store.tables import history_table, outbox_table
from saingan.standard import schemas
from saingan.standard.coercion import kind_of
from saingan.topics import Topic

RowKey = tuple[str, str]  # key, row id
Derive = Callable[Concatenate[str, ...], Derived]  # key, a `Live` for each stream, in their order, `Dates`


@dataclass(frozen=True)
class View:
    """One continuously updated table.

    Attributes:
        name: prefix of the tables that the engine keeps for it.
        streams: topic → the NamedTuple whose fields the state keeps of each record.
        derive: the rules; pure.
        table: its first column is the key, its last four are the lineage. Where a key has several rows, the second
            column is the row id; where it has one, the primary key is the first column alone, and the row id is "".
        topic: the compacted topic that mirrors the table; None for none.
        rules: the number of the rules in `derive`; a change after which a state gives other rows raises it.
        files: that `derive` reads, under ``schemas/``; a change of their content raises ``rules``, too.
        clock: whether rows depend on the two dates; where they do not, `derive` is given `NO_DATES`.
        readers: the followers that read the table.
    """

    name: str
    streams: Mapping[Topic, type[NamedTuple]]
    derive: Derive
    table: Table
    topic: Topic | None = None
    rules: int = 1
    files: tuple[str, ...] = ()
    clock: bool = True
    readers: tuple[str, ...] = ()
    history: Table = field(init=False)
    outbox: Table = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "history", history_table(self.name))
        object.__setattr__(self, "outbox", outbox_table(self.name))

    @property
    def group(self) -> str:
        """The consumer group of workers that read all streams; those of workers that read some begin so, too."""
        return f"saingan.{self.name}"

    @property
    def row_ids(self) -> bool:
        """Whether a key may have several rows."""
        return len(self.table.primary_key) > 1

    def message_key(self, row: RowKey) -> bytes:
        """Of a row on the topic: ``key/row id``, or the key alone."""
        return ("/".join(row) if self.row_ids else row[0]).encode()

    def sent_row(self, message_key: bytes) -> RowKey:
        """The row of a message on the topic. A key is a person key where it has several rows, so it has no slash."""
        key, _, row_id = message_key.decode(errors="replace").partition("/" if self.row_ids else "\0")
        return key, row_id

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


def row_key(primary_key: Sequence[str]) -> RowKey:
    """By the primary key of a view's table, of one column or of two."""
    return primary_key[0], primary_key[1] if len(primary_key) > 1 else ""


def _fields(topic: Topic, kind: type[NamedTuple]) -> bytes:
    """Of each kept field: its name, its type in the state, its kind in Avro, and whether Avro allows null."""
    named: dict[str, schemas.Schema] = {}
    avro = {field["name"]: kind_of(field["type"], named)[:2] for field in schemas.schema(topic.name)["fields"]}
    return repr([(name, str(hint), *avro[name]) for name, hint in get_type_hints(kind).items()]).encode()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
