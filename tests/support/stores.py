"""Stores that tests share."""

from collections.abc import Iterator, Sequence
from secrets import token_hex
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, create_engine, text

from saingan.engine.store.opening import create_tables
from saingan.outcomes.view import OUTCOMES
from support.store_bench import Bench


def _made(request: pytest.FixtureRequest, folder: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder.mktemp('store') / 'store.db'}"
    server: str = request.getfixturevalue("postgres_server")
    name = f"t{token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(f"create database {name}"))
    engine.dispose()
    return server.removesuffix("/postgres") + f"/{name}"


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def standing_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database of each kind in turn, which tests share: making one takes longer than most tests."""
    return _made(request, tmp_path_factory)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def following_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """As `standing_store`, for an outcome view that has a reader."""
    return _made(request, tmp_path_factory)


@pytest.fixture
def bench(standing_store: str) -> Iterator[Bench]:
    """The outcome view over an empty store of each kind."""
    bench = Bench(standing_store)
    yield bench
    bench.close()


def create_at_once(engines: Sequence[Engine]) -> None:
    """As workers that start together do; it fails where one of them does."""
    all_ready, failures = Barrier(len(engines)), list[Exception]()

    def start(engine: Engine) -> None:
        all_ready.wait(timeout=20)
        try:
            create_tables(engine, OUTCOMES)
        except Exception as error:  # noqa: BLE001 - the test tells which
            failures.append(error)

    threads = [Thread(target=start, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not failures
