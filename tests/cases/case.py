"""A folder of cases: the files as they came, what is known of each, and our own decisions."""

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

import yaml

CHOICES = Path(__file__).with_name("choices.yaml")


@dataclass(frozen=True)
class Case:
    """One row of ``cases.json``; its fields, as far as the judge needs them.

    Attributes:
        sent: how many records must be sent; None where the case leaves a choice.
        sent_if_not_refused: how many must be sent where no row is refused; None where that is not said.
    """

    no: int
    file: str
    topic: str
    mapping: str | None = None
    kind: str = ""
    expected: str = ""
    sent: int | None = None
    must_stop_or_refuse: bool = False
    may_refuse: bool = False
    may_warn: bool = False
    sent_if_not_refused: int | None = None

    @classmethod
    def of(cls, row: dict[str, Any]) -> Self:
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in row.items() if name in known})

    @property
    def kinds(self) -> list[str]:
        return [kind.strip() for kind in self.kind.split(",") if kind.strip()]


@dataclass(frozen=True)
class Choice:
    """What we decided for one case where its ``expected`` leaves a choice: a row of ``choices.yaml``.

    Attributes:
        rule: the decision in words.
        sent: the record ids that are sent, in any order, or their number.
        records: by record id, the fields that are at stake, as `readable` writes them.
        moved: how many records are withdrawn from an earlier person.
        refused: by row, the rules that refuse it; exactly these rows are refused.
        warned: the rules that warn.
        fault: a word in the fault that stops the whole file.
        says: a word in the summary.
        unclear: why a clerk may still not be able to act.
    """

    rule: str
    sent: list[str] | int | None = None
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    moved: int | None = None
    refused: dict[int, list[str]] | None = None
    warned: list[str] = field(default_factory=list)
    fault: str | None = None
    says: str | None = None
    unclear: str | None = None


@dataclass(frozen=True)
class Choices:
    """Attributes:
    cases: by file name.
    kinds: the kinds whose cases the flags of ``cases.json`` decide where no case does, each with the reason.
    """

    cases: dict[str, Choice]
    kinds: dict[str, str]

    @classmethod
    def load(cls, path: Path = CHOICES) -> Self:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls({name: Choice(**row) for name, row in found["cases"].items()}, found["kinds"])


def cases_in(folder: Path) -> list[Case]:
    """The cases of a folder; raises where two have the same file, because the file names the case."""
    rows = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    found = [Case.of(row) for row in rows]
    assert len({case.file for case in found}) == len(found)
    return found
