"""Set-wise reading and writing: a batch of thousands of keys is a handful of statements on either store."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Column, Connection, Select, Table

from saingan.engine.core.derived import Row
from saingan.engine.store.postgresql import PostgresBulk
from saingan.engine.store.sqlite import SqliteBulk
from saingan.engine.store.statements import Held


class Bulk(Protocol):
    """Rows are tuples in the table's column order; days are counted from the epoch.

    Attributes:
        conn: in whose transaction it reads and writes.
    """

    conn: Connection

    def ask(self, question: Select[Any]) -> Callable[[], Any]:
        """Ask for one row. Here and below, the answer need not come before it is called for."""

    def read(self, history: Table, keys: Sequence[str]) -> Callable[[], list[Held]]:
        """Ask for the states of keys, given in order; a new key has none."""

    def lock(self, history: Table, keys: Sequence[str]) -> Callable[[], list[Held]]:
        """Like `read`, and no other transaction changes these states before this one ends."""

    def keep(self, history: Table, rows: Sequence[Row]) -> None:
        """Insert or replace states; `Overtaken` where one is no longer what its row says it was built on."""

    def load(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows whose keys are not there."""

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert or replace rows with distinct keys; at most once in a transaction for each table."""

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        """Delete by the first columns of the table, as many as a key has."""

    def clear(self, table: Table, keys: Sequence[Row]) -> None:
        """Like `delete`, but skip rows that another transaction has locked; a later call deletes them."""

    def swap(self, column: Column[Any], rows: Sequence[Row], otherwise: type[Exception]) -> None:
        """Set a column of rows, given by key, old and new value; raise ``otherwise`` if a row had another old value."""

    def together(self, rows: int, last: bool = False) -> AbstractContextManager[object]:
        """Send the statements of a block in one round trip, if it writes few rows.

        Args:
            rows: how many the block writes.
            last: whether it is the transaction's last block: then COMMIT goes with it.
        """


def bulk(conn: Connection) -> Bulk:
    return SqliteBulk(conn) if conn.dialect.name == "sqlite" else PostgresBulk(conn)
