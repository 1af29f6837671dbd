"""The result store, read only, each transaction of one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from saingan.engine.store.address import address
from saingan.errors import Fault, Transient
from saingan.settings import Settings


class Store:
    """The result store of a deployment, read only."""

    def __init__(self, settings: Settings) -> None:
        self._engine = _engine(settings.database_url)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction.

        Raises:
            Transient: the database does not answer.
        """
        try:
            with self._engine.connect() as connection:
                yield connection
        except OperationalError as error:
            raise Transient(f"the database does not answer as it should ({type(error.orig).__name__})") from None


def _engine(url: str) -> Engine:
    """An engine whose transactions each see one moment of the store and change nothing."""
    parsed = address(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, isolation_level="REPEATABLE READ").execution_options(postgresql_readonly=True)
    if parsed.database is None or not Path(parsed.database).exists():
        raise Fault("the store does not exist yet: run `saingan worker` first")
    engine = create_engine(parsed)

    # The driver opens no transaction for a SELECT by itself, so that each would see another moment.
    @event.listens_for(engine, "connect")
    def _leave_transactions_to_us(connection: Any, _: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN DEFERRED")

    return engine
