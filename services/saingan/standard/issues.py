"""What a check has to say: which field, which rule, what to do. Never a value."""

from dataclasses import dataclass
from typing import Any

from saingan.errors import Rejection


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong with a record, or, as a warning, may be.

    Attributes:
        rule: one word of a closed set, fit for a metric label.
        shape: what the value looks like, e.g. ``13 digits``.
        advice: what the field must be.
    """

    field: str
    rule: str
    shape: str
    advice: str = "must be fixed"

    def __str__(self) -> str:
        return f"{self.field} {self.advice} (rule {self.rule}; found: {self.shape})"


class Refused(Rejection):
    """A record that must not be sent.

    Attributes:
        issues: all that is wrong with it, at most one issue for each field and each pair of dates.
    """

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__("refused", "; ".join(map(str, issues)))
        self.issues = issues


def shape(value: Any) -> str:
    """Describe a value without telling it."""
    match value:
        case None:
            return "missing"
        case str() if not value:
            return "empty text"
        case str():
            many = "" if len(value) == 1 else "s"
            return f"{len(value)} digit{many}" if value.isdecimal() else f"text of {len(value)} character{many}"
        case list() | tuple():
            return f"a list of {len(value)} item{'' if len(value) == 1 else 's'}"
        case bytes():
            return f"{len(value)} byte{'' if len(value) == 1 else 's'}"
        case bool():
            return "true or false"
        case int():
            return "a whole number"
        case _:
            return f"a value of type {type(value).__name__}"
