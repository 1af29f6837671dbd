"""Where the contenders meet: a broker, a registry and a PostgreSQL of our own, in a folder that goes away."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import yaml
from confluent_kafka.admin import AdminClient
from sqlalchemy import MetaData, create_engine, text

from saingan import local
from saingan.engine.tables import LINEAGE
from saingan.local.servers import KAFKA
from saingan.outcomes.table import employment_outcome
from saingan.settings import Settings
from support import servers

OBSERVED_ON: Final = date(2026, 6, 1)
COMPLETE_THROUGH: Final = date(2026, 4, 17)
# A crash must cost nothing; every contender's sessions do without synchronous_commit, though only Saingan loses nothing
# by it.
_SAFE: Final = {"fsync": "on", "full_page_writes": "on"}
_MEASURED: Final = {"track_commit_timestamp": "on"}  # by which freshness is measured


@dataclass(frozen=True)
class Place:
    folder: Path
    servers: Settings
    postgres: str  # URL

    @property
    def broker_pid(self) -> int:
        return KAFKA.process(self.servers).pid() or 0

    @property
    def postgres_pid(self) -> int:
        return int((self.folder / "postgres" / "data" / "postmaster.pid").read_text().split()[0])

    @contextmanager
    def exchange(self) -> Iterator[Settings]:
        """Topics of its own, empty; they go away with all that was made from them."""
        settings = Settings(
            home=self.folder / "home",
            kafka=self.servers.bootstrap,
            registry=self.servers.registry_url,
            topic_prefix=f"b{secrets.token_hex(3)}.",
            observed_on=OBSERVED_ON,
            complete_through=COMPLETE_THROUGH,
        )
        local.up(settings)
        yield settings
        self.forget_topics(settings.topic_prefix)

    def forget_topics(self, prefix: str) -> None:
        admin = AdminClient({"bootstrap.servers": self.servers.bootstrap})
        servers.delete(admin, [name for name in admin.list_topics(timeout=10).topics if name.startswith(prefix)])

    @contextmanager
    def database(self) -> Iterator[str]:
        """URL of an empty PostgreSQL database, with nothing of those before it left to be written."""
        name = f"b{secrets.token_hex(6)}"
        self._administer(f"CREATE DATABASE {name}", "CHECKPOINT")
        yield self.postgres.removesuffix("/postgres") + f"/{name}"
        self._administer(f"DROP DATABASE {name} WITH (FORCE)")

    def _administer(self, *statements: str) -> None:
        engine = create_engine(self.postgres, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


def postgres_settings() -> dict[str, str]:
    """Those of `docker-compose.yml`, and what measuring needs."""
    services = yaml.safe_load((Path(__file__).parents[1] / "docker-compose.yml").read_text())["services"]
    return _SAFE | _MEASURED | dict(part.split("=") for part in services["postgres"]["command"] if "=" in part)


@contextmanager
def place() -> Iterator[Place]:
    """Start the servers; they end, and the folder goes, however the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="saingan-bench-"))
    try:
        postgres = servers.start_postgres(folder, postgres_settings())
        if postgres is None:
            raise SystemExit("PostgreSQL is not installed: `apt install postgresql`")
        yield Place(folder, servers.start_exchange(folder), postgres)
    finally:
        servers.stop_exchange(folder)
        servers.stop_postgres(folder)
        shutil.rmtree(folder, ignore_errors=True)


def bare_table() -> MetaData:
    """The outcome table as a peer keeps it: the compared columns, without lineage."""
    metadata = MetaData()
    table = employment_outcome.to_metadata(metadata)
    for name in LINEAGE:
        table._columns.remove(table.c[name])
    return metadata
