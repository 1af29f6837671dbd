"""A table that is written by the engine, with what stands beside it: the outbox, and the keys for its readers."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Table

from saingan.engine.tables import keys_table, outbox_table
from saingan.standard import schemas
from saingan.topics import Topic

READER: Final = "for:"  # before a reader's name, among the words of a view's fingerprint
RowKey = tuple[str, str]  # key, row id


@dataclass(frozen=True, kw_only=True)
class Result:
    """
    Attributes:
        name: prefix of the tables that the engine keeps for it.
        table: its first column is the key, its last ones are the lineage. Where a key has several rows, the second
            column is the row id; where it has one, the primary key is the first column alone, and the row id is "".
        topic: the compacted topic that mirrors the table; None for none.
        readers: the followers that read the table.
        outbox: keys of rows that the topic does not show yet.
        sets: to each of these the keys of all rows that are written or removed go: the outbox, if there is a topic, and
            one for each reader.
    """

    name: str
    table: Table
    topic: Topic | None = None
    readers: tuple[str, ...] = ()
    outbox: Table = field(init=False)
    sets: tuple[Table, ...] = field(init=False)

    def __post_init__(self) -> None:
        outbox = outbox_table(self.name)
        object.__setattr__(self, "outbox", outbox)
        of_readers = [keys_table(self.name, reader) for reader in self.readers]
        object.__setattr__(self, "sets", (*((outbox,) if self.topic else ()), *of_readers))

    @property
    def row_ids(self) -> bool:
        """Whether a key may have several rows."""
        return len(self.table.primary_key) > 1

    def primary_key(self, row: RowKey) -> tuple[str, ...]:
        """Of a row in the table."""
        return row if self.row_ids else row[:1]

    def message_key(self, row: RowKey) -> bytes:
        """Of a row on the topic: ``key/row id``, or the key alone."""
        return "/".join(self.primary_key(row)).encode()

    def sent_row(self, message_key: bytes) -> RowKey:
        """The row of a message on the topic. A key is a person key where it has several rows, so it has no slash."""
        key, _, row_id = message_key.decode(errors="replace").partition("/" if self.row_ids else "\0")
        return key, row_id


def row_key(primary_key: Sequence[str]) -> RowKey:
    """By the primary key of a table, of one column or of two."""
    return primary_key[0], primary_key[1] if len(primary_key) > 1 else ""


def columns_hash(table: Table) -> str:
    """Of the names, types and nullability of a table's columns."""
    columns = [(column.name, str(column.type), column.nullable) for column in table.columns]
    return short_hash(repr(columns).encode())


def lists_of(files: Iterable[str]) -> str:
    """Files under ``schemas/``, a word each, with a hash of their content."""
    return " ".join(f"{file}:{short_hash(schemas.root().joinpath(file).read_bytes())}" for file in files)


def short_hash(content: bytes) -> str:
    """16 hex characters of a SHA-256."""
    return hashlib.sha256(content).hexdigest()[:16]
