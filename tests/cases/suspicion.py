"""A second eye on what is sent, by code of its own: values that no registry holds, whatever the file was."""

import re
from collections.abc import Iterator
from typing import Any

ARTEFACTS = {
    "what a spreadsheet or program left": re.compile(
        r"""=".*"|'.*|.*_x[0-9A-Fa-f]{4}_.*|\d+(\.\d+)?[eE]\+?\d+|\d+\.0+|\#[A-Z/0!?_]+[!?A]|\d{16,}(?<=0)""", re.DOTALL
    ),
    "a word for nothing": re.compile(r"(?i)null|\(null\)|\\N|nan|none|n/?a|nil|undefined|ไม่มี|ไม่ระบุ|-+"),
    "broken text": re.compile(r".*(\?{3,}|[\ufffd\x80-\x9f]|à[¸¹]|เธ[\u0080-\u00ff]).*", re.DOTALL),
    "a character that no one sees": re.compile(r".*[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff].*", re.DOTALL),
}
LEAST_YEAR = {"sso.insured-employment.v1": 1990}


def suspicious(topic: str, record: dict[str, Any]) -> Iterator[str]:
    """What no one would have sent on purpose: ``field: kind of fault``, never a value."""
    for name, value in record.items():
        if not isinstance(value, str) or name in {"person_key", "change", "recorded_at"}:
            continue
        for what, pattern in ARTEFACTS.items():
            if pattern.fullmatch(value):
                yield f"{name}: {what}"
    for name in ("started_on", "ended_on", "graduated_on", "issued_on"):
        day = record.get(name)
        if day and int(day[:4]) < LEAST_YEAR.get(topic, 1960):
            yield f"{name}: a year that cannot be"
