"""Lifecycles only: the real broker, registry and PostgreSQL, started once a session by the first test that asks."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import hypothesis
import pytest
from filelock import FileLock

import saingan
from saingan import local
from saingan.settings import ENV_FILE, Settings
from support import servers

pytest_plugins = ["support.stores"]

SHARED = pytest.StashKey[Path]()
TEST_KEY = bytes(range(32)).hex()  # the pseudonym key of every test


# Other processes share the machine's cores: slow is no failure.
hypothesis.settings.register_profile("saingan", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("saingan")


def _refuse_stale_extensions() -> None:
    """An edited source beside an older extension would not be what runs."""
    package = Path(saingan.__file__).parent
    for built in package.parent.glob("saingan__mypyc.*.so"):
        for source in package.rglob("*.py"):
            compiled = any(source.parent.glob(f"{source.stem}.*.so"))
            if compiled and built.stat().st_mtime < source.stat().st_mtime:
                pytest.exit(f"{source.name} is newer than what was compiled from it: `make install`", 2)


def pytest_configure(config: pytest.Config) -> None:
    """One folder for the servers of this session, known to the workers of xdist too."""
    _refuse_stale_extensions()
    for name in [name for name in os.environ if name.startswith("SAINGAN_") and not name.startswith("SAINGAN_TESTS")]:
        del os.environ[name]  # a developer's own exchange is none of the tests' business
    os.environ[ENV_FILE] = os.devnull  # nor is a `.env` in the checkout, for this process and those that it starts
    if kept := os.environ.get("SAINGAN_TESTS_KEPT"):
        Path(kept).mkdir(parents=True, exist_ok=True)
        os.environ["SAINGAN_TESTS"] = kept
    elif "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["SAINGAN_TESTS"] = tempfile.mkdtemp(prefix="saingan-tests-")
    config.stash[SHARED] = Path(os.environ["SAINGAN_TESTS"])
    # Until `Registry` can be closed.
    config.addinivalue_line("filterwarnings", "ignore:unclosed <socket:ResourceWarning")


@pytest.hookimpl(trylast=True)  # after xdist has ended its workers
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop what any worker started, however the session ended; servers in SAINGAN_TESTS_KEPT serve the next session."""
    if "PYTEST_XDIST_WORKER" in os.environ or "SAINGAN_TESTS_KEPT" in os.environ:
        return
    shared = session.config.stash[SHARED]
    servers.stop_exchange(shared)
    servers.stop_postgres(shared)
    shutil.rmtree(shared)


def lacking(what: str) -> NoReturn:
    """Skip what this machine cannot test; in CI nothing is skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def shared(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.stash[SHARED]


@pytest.fixture(scope="session")
def local_exchange(shared: Path) -> Settings:
    """The session's own broker and registry: shared by all tests, so do not stop or empty it."""
    with FileLock(shared / "exchange.lock"):
        return servers.start_exchange(shared)


@pytest.fixture
def exchange(local_exchange: Settings, tmp_path: Path) -> Iterator[Settings]:
    """An exchange of the test's own: topics and subjects under a prefix, keys and an SQLite database in `tmp_path`."""
    settings = Settings(
        home=tmp_path / "exchange",
        kafka=local_exchange.bootstrap,
        registry=local_exchange.registry_url,
        topic_prefix=f"t{secrets.token_hex(4)}.",
        pseudonym_key=TEST_KEY,
    )
    local.up(settings)
    yield settings
    servers.remove_topics(settings)


@pytest.fixture(scope="session")
def postgres_server(shared: Path) -> str:
    """URL of the session's own PostgreSQL."""
    with FileLock(shared / "postgres.lock"):
        url = servers.start_postgres(shared)
    return url or lacking("PostgreSQL is not installed: `apt install postgresql`")


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    with servers.database(postgres_server) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def promtool() -> str:
    """Prometheus' own checker of metrics and configuration."""
    return shutil.which("promtool") or lacking("promtool is not installed: `apt install prometheus`")
