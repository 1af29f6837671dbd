"""A mapping of the test's own, and what `load` says of a slip in one."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from support.mappings import said_of, shipped_sso


@pytest.fixture
def slips(tmp_path: Path) -> Callable[..., str]:
    """What `load` says of the shipped SSO mapping after a change to it."""

    def of(**change: object) -> str:
        path = tmp_path / "mapping.yaml"
        path.write_text(yaml.safe_dump(shipped_sso() | change, allow_unicode=True), encoding="utf-8")
        return said_of(path)

    return of


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """The path of a mapping with this text, saved in an encoding."""

    def of(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "own.yaml"
        path.write_bytes(text.encode(encoding))
        return path

    return of
