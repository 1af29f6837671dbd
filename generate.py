"""Writes the types of the topics' records, services/saingan/publish/records.py, from their schemas.

.venv/bin/python generate.py
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import Any

from saingan.standard import schemas
from saingan.standard.fields import PERSON_KEY
from saingan.standard.forms import kind_of
from saingan.topics import TOPICS

TARGET = Path(__file__).parent / "services" / "saingan" / "publish" / "records.py"
HEAD = '''"""A type for each topic's records, as `Publisher.publish` takes them. Made by generate.py from `schemas/`.

The checks of a record go further than its type. A date may be given as `date`, as ISO text or in days since 1970; a
time as aware `datetime`, as ISO text with its offset or in milliseconds since 1970.
"""

from datetime import date, datetime
from typing import Literal, NotRequired, TypedDict
'''
INDENT = "    "
# The forms that `standard/forms.py` reads.
TYPES = {
    "string": "str",
    "int": "int",
    "long": "int",
    "boolean": "bool",
    "bytes": "bytes | str",
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
            f"NotRequired[{typed}]" if nullable or field["name"] == PERSON_KEY else typed
        )


if __name__ == "__main__":
    TARGET.write_text(module(), encoding="utf-8")
