"""The code lists of ``schemas/codes``, and how deep each may be trusted."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from saingan.standard.schemas import root

# Every list, and to how many leading characters it names every code there is; 0 where it is known to lack some, so
# that a code missing from it is worth a warning and never a refusal (schemas/codes/README.md).
LISTS = MappingProxyType(
    {
        "provinces": 2,
        "regions": 2,
        "regions_nesdc": 3,
        "clusters": 3,
        "tsic_sections": 1,
        "tsic_divisions": 2,
        "isco_major": 1,
        "isco_submajor": 2,
        "isced_f": 4,
        "qualifications": 5,
        "education_levels": 8,
        "subject_types": 0,
        "fields": 0,
        "sso_sections": 2,
        "skill_levels": 1,
        "certification_kinds": 22,
    }
)


@dataclass(frozen=True, slots=True)
class Code:
    """One line of a list.

    Attributes:
        name_th, name_en: empty where we have no wording that we trust.
        parent: the code above it (a province's cluster, a division's section), empty at the top.
        more: the list's other columns, e.g. ``region_nesdc`` of a province.
    """

    code: str
    name_th: str
    name_en: str
    parent: str
    more: Mapping[str, str]


class FieldMatch(NamedTuple):
    """One line of ``field_match.csv`` (standard, section 9)."""

    field_prefix: str
    classification: str  # ISCO or TSIC
    code_prefix: str
    match: str  # MATCHED or RELATED
    basis: str


@cache
def codes(list_name: str) -> Mapping[str, Code]:
    """A list by code, in the order of its file.

    Raises:
        KeyError: there is no such list.
    """
    if list_name not in LISTS:
        raise KeyError(list_name)
    return MappingProxyType({row["code"]: _code(row) for row in _rows(list_name)})


@cache
def field_match() -> tuple[FieldMatch, ...]:
    """The rows that say how a job's code fits a field of study."""
    return tuple(FieldMatch(**row) for row in _rows("field_match"))


def _rows(name: str) -> list[dict[str, str]]:
    text = (root() / "codes" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _code(row: dict[str, str]) -> Code:
    named = {column: row.pop(column) for column in ("code", "name_th", "name_en", "parent")}
    return Code(**named, more=MappingProxyType(row))
