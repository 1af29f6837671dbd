"""An exchange of the test's own, on each kind of store in turn; and parts of its own, which it may stop."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from saingan import local
from saingan.settings import Settings
from support import servers


@pytest.fixture
def stored(exchange: Settings, store_url: str) -> Settings:
    return exchange.model_copy(update={"database": store_url})


@pytest.fixture
def own_registry(local_exchange: Settings, exchange: Settings) -> Iterator[Settings]:
    """An exchange with a registry of its own, which may be stopped, on the session's broker."""
    update = {"registry": None, "registry_port": servers.free_ports(1)}
    settings = exchange.model_copy(update=update)
    local.up(settings)
    yield settings
    local.down(settings)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    """A broker and a registry of the test's own."""
    port = servers.free_ports(3)
    settings = Settings(home=tmp_path / "exchange", kafka_port=port, registry_port=port + 2)
    local.up(settings)
    yield settings
    local.down(settings)
