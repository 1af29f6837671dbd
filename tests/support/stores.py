"""Stores that tests share."""

from collections.abc import Iterator
from secrets import token_hex

import pytest
from sqlalchemy import create_engine, text

from support.store_bench import Bench


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def standing_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of each kind in turn, which tests share: making one takes longer than most tests."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}"
    server: str = request.getfixturevalue("postgres_server")
    name = f"t{token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(f"create database {name}"))
    engine.dispose()
    return server.removesuffix("/postgres") + f"/{name}"


@pytest.fixture
def bench(standing_store: str) -> Iterator[Bench]:
    """The outcome view over an empty store of each kind."""
    bench = Bench(standing_store)
    yield bench
    bench.close()
