"""Writes the types of the topics' records from their schemas, and the page of settings from `Settings`.

.venv/bin/python generate.py
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

from pydantic.fields import FieldInfo

from saingan.settings import Settings, variable
from saingan.standard import schemas
from saingan.standard.coercion import kind_of
from saingan.standard.field_checks import PERSON_KEY
from saingan.topics import TOPICS

ROOT = Path(__file__).parent
TARGET = ROOT / "services" / "saingan" / "publish" / "records.py"
SETTINGS = ROOT / "docs" / "settings.md"
HEAD = '''"""A type for each topic's records, as `Publisher.publish` takes them. Made by generate.py from `schemas/`.

The checks of a record go further than its type. A date may be given as `date`, as ISO text or in days since 1970; a
time as aware `datetime`, as ISO text with its offset or in milliseconds since 1970.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, NotRequired, TypedDict
'''
SETTINGS_HEAD = """<!-- Made by generate.py from services/saingan/settings.py. Do not edit it here. -->
# Settings

Everything is set by environment variables, or by lines of the same names in the file `.env` of the working directory.
The environment goes before the file. `SAINGAN_ENV_FILE` names another file; an empty value names none.

The names in the file may refer to each other: `${POSTGRES_PASSWORD}`. Lines without `SAINGAN_` are for other programs,
such as `docker compose`. A variable that begins with `SAINGAN_` and is not a setting stops every command, with the
nearest name: a slip would otherwise mean the local exchange. In Kubernetes, set `enableServiceLinks: false`, or a
service named `saingan-...` adds such variables to each pod.
"""
INDENT = "    "
# The forms that `standard/coercion.py` reads.
TYPES = {
    "string": "str",
    "int": "int",
    "long": "int",
    "boolean": "bool",
    "bytes": "bytes | str",
    "array": "Sequence[str]",
    "date": "date | str | int",
    "timestamp-millis": "datetime | str | int",
}


def module() -> str:
    """The text of the module."""
    names = [name for name, topic in TOPICS.items() if topic.registry]
    text = "\n\n".join([HEAD, *("\n".join(_record(name)) for name in names)])
    command = [sys.executable, "-m", "ruff", "format", "--line-length", "120", "--stdin-filename", TARGET.name, "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def _record(topic: str) -> Iterator[str]:
    schema = schemas.schema(topic)
    named: dict[str, Any] = {}
    doc = fill(f'"""``{topic}``: {schema["doc"]}', 118, initial_indent=INDENT, subsequent_indent=INDENT)
    yield f'class {schema["name"]}(TypedDict):\n{doc}\n{INDENT}"""\n'
    for field in schema["fields"]:
        kind, nullable, described = kind_of(field["type"], named)
        typed = f"Literal{described['symbols']}" if kind == "enum" else TYPES[kind]
        typed += " | None" if nullable else ""
        yield f"{INDENT}{field['name']}: " + (
            f"NotRequired[{typed}]" if "default" in field or field["name"] == PERSON_KEY else typed
        )


def settings() -> str:
    """The text of the page of settings."""
    fields = Settings.model_fields.items()
    rows = (f"| `{variable(name)}` | {_default(field)} | {field.description} |" for name, field in fields)
    return "\n".join([SETTINGS_HEAD, "| variable | default | meaning |", "|---|---|---|", *rows, ""])


def _default(field: FieldInfo) -> str:
    return "" if field.default in (None, "") else f"`{field.default}`"


if __name__ == "__main__":
    TARGET.write_text(module(), encoding="utf-8")
    SETTINGS.write_text(settings(), encoding="utf-8")
