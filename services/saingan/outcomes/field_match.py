"""How a job fits the field of study (standard, section 9), by ``schemas/codes/field_match.csv``."""

import csv
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Final

from saingan.standard.schemas import root

Rules = Mapping[tuple[str, str], Mapping[str, str]]  # (field prefix, classification) → code prefix → word
_LONGEST: Final = 16  # characters; no field or code is longer


@cache
def rules() -> Rules:
    with (root() / "codes" / "field_match.csv").open(encoding="utf-8") as file:
        return index(csv.DictReader(file))


def index(rows: Iterable[Mapping[str, str]]) -> Rules:
    indexed: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        indexed.setdefault((row["field_prefix"], row["classification"]), {})[row["code_prefix"]] = row["match"]
    return indexed


def field_match(field: str, occupation: str | None, tsic: str | None) -> str | None:
    """``MATCHED``, ``RELATED``, ``UNRELATED``, or None where the codes do not allow a word."""
    if occupation:
        return _look_up(field, "ISCO", occupation)
    return _look_up(field, "TSIC", tsic) if tsic else None


@lru_cache(maxsize=65_536)
def _look_up(field: str, classification: str, code: str) -> str | None:
    known = False
    for prefix in _prefixes(field):
        known = known or (prefix, "ISCO") in rules() or (prefix, "TSIC") in rules()
        words = rules().get((prefix, classification), {})
        for code_prefix in _prefixes(code):
            if code_prefix in words:
                return words[code_prefix]
    return "UNRELATED" if known else None


def _prefixes(code: str) -> list[str]:
    """From the longest to the empty one."""
    return [code[:length] for length in range(min(len(code), _LONGEST), -1, -1)]
