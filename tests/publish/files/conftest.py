"""The dry run of a file, without a broker."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from saingan.publish import publish_file
from saingan.publish.files.summary import Summary
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT, Topic

NOWHERE = "127.0.0.1:1"


@pytest.fixture
def offline(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, kafka=NOWHERE, registry=f"http://{NOWHERE}", pseudonym_key=bytes(32).hex())


@pytest.fixture
def rehearse(offline: Settings) -> Callable[..., Summary]:
    """The summary of a file that is not sent; of SSO's, unless another topic is given."""

    def run(
        path: Path, mapping: str | None = "sso-insured-employment", topic: Topic = EMPLOYMENT, **options: Any
    ) -> Summary:
        return publish_file(offline, topic.name, path, mapping, dry_run=True, progress=False, **options)

    return run
