"""The schemas folder: Avro schemas and examples by topic. Found in a checkout and in an installed wheel alike."""

import json
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from saingan.topics import TOPICS

Schema = dict[str, Any]


@cache
def root() -> Traversable:
    """The folder ``schemas/`` of the checkout, or its copy inside the wheel."""
    packaged = files("saingan") / "_schemas"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "schemas"


@cache
def text(topic_name: str) -> str:
    """The schema as it is registered: the file without its layout, so that a new line break is no new version.

    Raises:
        KeyError: the topic is not in the map, or its values are not Avro.
    """
    if TOPICS[topic_name].record is None:
        raise KeyError(topic_name)
    parsed = json.loads((root() / f"{topic_name}.avsc").read_text(encoding="utf-8"))
    return json.dumps(parsed, ensure_ascii=False, separators=(",", ":"))


def schema(topic_name: str) -> Schema:
    """The schema as parsed JSON; the caller's own copy.

    Raises:
        KeyError: as `text`.
    """
    parsed: Schema = json.loads(text(topic_name))
    return parsed


def examples(topic_name: str) -> dict[str, dict[str, Any]]:
    """The topic's example records by case, as a person reads them: dates and times are ISO 8601 text."""
    folder = root() / "examples" / topic_name
    return {
        file.name.removesuffix(".json"): json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
    }
