"""An exchange of the test's own, on each kind of store in turn."""

import pytest

from saingan.settings import Settings


@pytest.fixture
def stored(exchange: Settings, store_url: str) -> Settings:
    return exchange.model_copy(update={"database": store_url})
