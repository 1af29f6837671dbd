"""Tests of what is patched in aiokafka."""

import pytest

from saingan.engine.kafka.patches import patch


@pytest.fixture(autouse=True)
def patched() -> None:
    patch()
