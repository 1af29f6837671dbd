"""What became of a file; `show` puts it into words, `as_json` into data."""

import dataclasses
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from saingan.standard.issues import Issue

_ROWS_NAMED: Final = 5


@dataclass
class Reason:
    """Why rows were refused, or warned of: one field and one rule.

    Attributes:
        heading: of the column in the file; None where the file has none of it.
        advice: of the first such row, in English: what the field must be.
        count: of rows.
        rows: the first few, as the file counts them.
    """

    field: str
    rule: str
    heading: str | None
    advice: str
    count: int = 0
    rows: list[int | str] = dataclasses.field(default_factory=list)

    def add(self, row: int | str) -> None:
        self.count += 1
        if len(self.rows) < _ROWS_NAMED:
            self.rows.append(row)


@dataclass
class Summary:
    """What became of a file.

    Attributes:
        rows: how many were read.
        sent: records that were sent, or, in a dry run, could be.
        messages: what these records took: a record with a corrected citizen ID takes two.
        refused: rows in ``refused_file``.
        undelivered: messages that the broker did not take, of those sent.
        refusals: refused rows by ``field: rule``; a row may count under several.
        cautions: records that were sent with a warning, by ``field: rule``.
        unused: headings that no field is read from.
        stopped: why the file was not read to its end or not all was delivered; None where neither happened.
        random_key: whether a dry run found no pseudonym key and took a random one.
        origin: where the rows come from: encoding, separator, sheet, lines; what the format has.
    """

    rows: int = 0
    sent: int = 0
    messages: int = 0
    refused: int = 0
    undelivered: int = 0
    refusals: dict[str, Reason] = dataclasses.field(default_factory=dict)
    cautions: dict[str, Reason] = dataclasses.field(default_factory=dict)
    unused: tuple[str, ...] = ()
    seconds: float = 0.0
    file: str = ""
    refused_file: Path | None = None
    stopped: str | None = None
    dry_run: bool = False
    random_key: bool = False
    origin: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Whether the whole file was taken, and all of it delivered."""
        return not self.refused and self.stopped is None

    @property
    def by_rule(self) -> Counter[str]:
        """Refused rows by ``field: rule``."""
        return Counter({key: reason.count for key, reason in self.refusals.items()})

    @property
    def warnings(self) -> Counter[str]:
        """Records with a warning by ``field: rule``."""
        return Counter({key: reason.count for key, reason in self.cautions.items()})

    def refuse(self, issue: Issue, heading: str | None, row: int | str) -> None:
        _reason(self.refusals, issue, heading).add(row)

    def warn(self, issue: Issue, heading: str | None, row: int | str) -> None:
        _reason(self.cautions, issue, heading).add(row)

    def as_json(self) -> dict[str, Any]:
        """All of it as plain data; counts are numbers, an absent file or stop is null."""
        return {
            **{name: value for name, value in vars(self).items() if name not in {"refusals", "cautions"}},
            "clean": self.clean,
            "unused": list(self.unused),
            "refused_file": str(self.refused_file) if self.refused_file else None,
            "refusals": [vars(reason) for reason in self.refusals.values()],
            "warnings": [vars(reason) for reason in self.cautions.values()],
        }


def _reason(reasons: dict[str, Reason], issue: Issue, heading: str | None) -> Reason:
    key = f"{issue.field}: {issue.rule}"
    if key not in reasons:
        reasons[key] = Reason(issue.field, issue.rule, heading, issue.advice)
    return reasons[key]
