"""Set-wise reading and writing: a batch of thousands of keys is a handful of statements on either store."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Column, Connection, Select, Table

from saingan.engine.copying import Row
from saingan.engine.postgresql import PostgresBulk
from saingan.engine.sqlite import SqliteBulk
from saingan.engine.statements import Held


class Bulk(Protocol):
    """Rows are tuples in the table's column order; days are counted from the epoch.

    Attributes:
        conn: in whose transaction it reads and writes.
    """

    conn: Connection

    def ask(self, question: Select[Any]) -> Callable[[], Any]:
        """Ask for one row. Here and below, the answer need not come before it is called for."""

    def read(self, history: Table, keys: Sequence[str]) -> Callable[[], list[Held]]:
        """Ask what is held of the keys, given in order; new keys with nothing."""

    def lock(self, history: Table, keys: Sequence[str]) -> Callable[[], list[Held]]:
        """As `read`, and nobody else changes them before this transaction ends."""

    def keep(self, history: Table, rows: Sequence[Row]) -> None:
        """Insert or replace states; `Overtaken` where one is no longer what its row says it was built on."""

    def load(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows whose keys are not there."""

    def upsert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert or replace rows, of distinct keys; once a table and transaction."""

    def delete(self, table: Table, keys: Sequence[Row]) -> None:
        """Delete by the first columns of the table, as many as a key has."""

    def clear(self, table: Table, keys: Sequence[Row]) -> None:
        """As `delete`, but for what another transaction is changing: that stays, for another time."""

    def swap(self, column: Column[Any], rows: Sequence[Row], otherwise: type[Exception]) -> None:
        """Set a column of rows, given by key, old and new value; ``otherwise`` where one had not the old value."""

    def together(self, rows: int, last: bool = False) -> AbstractContextManager[object]:
        """Send the statements of a block at once, where they write few rows: so many in all.

        Of the ``last`` block of a transaction the COMMIT, too.
        """


def bulk(conn: Connection) -> Bulk:
    return SqliteBulk(conn) if conn.dialect.name == "sqlite" else PostgresBulk(conn)
