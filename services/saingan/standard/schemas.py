"""The schemas folder: Avro schemas and examples by topic. Found in a checkout and in an installed wheel alike."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from saingan.errors import Fault
from saingan.topics import TOPICS

Schema = dict[str, Any]

_TYPES: Final = frozenset({"boolean", "int", "long", "bytes", "string", "enum"})


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
        Fault: a field is of a type that the standard has not.
    """
    if TOPICS[topic_name].record is None:
        raise KeyError(topic_name)
    parsed = json.loads((root() / f"{topic_name}.avsc").read_text(encoding="utf-8"))
    if slips := list(strange(parsed)):
        raise Fault("\n".join(f"schemas/{topic_name}.avsc: {slip}" for slip in slips))
    return json.dumps(parsed, ensure_ascii=False, separators=(",", ":"))


def strange(parsed: Schema) -> Iterator[str]:
    """What is wrong with the types of a schema's fields (standard, section 2), a sentence each."""
    enums: set[str] = set()
    for field in parsed["fields"]:
        declared = field["type"] if isinstance(field["type"], list) else [field["type"]]
        types = [one if isinstance(one, dict) else {"type": one} for one in declared if one != "null"]
        enums.update(one["name"] for one in types if one["type"] == "enum")
        kinds = [one["type"] for one in types]
        if not {"double", "float"}.isdisjoint(kinds):
            yield f"`{field['name']}` is a floating-point number: send a whole one, with its decimals or in 1/1000"
        elif kinds == ["array"] and len(declared) == 1:
            if types[0]["items"] != "string" or field.get("default") != []:
                yield f"`{field['name']}` must be an array of strings, with the default []"
        elif len(kinds) != 1 or kinds[0] not in _TYPES | enums:
            yield f"`{field['name']}` must be one of {', '.join(sorted(_TYPES))}, or null, or an array of strings"


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
