"""What a publisher asks of two fields of a record together, beside their order (standard, section 10)."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from saingan.standard.codes import codes
from saingan.standard.predicates import of_a_firm


class Pair(NamedTuple):
    """One rule for two fields.

    Attributes:
        last: the field that is told to be wrong.
        name: see `Issue.rule`.
        holds: whether the values of ``first`` and ``last``, either of which may be None, keep it.
    """

    first: str
    last: str
    name: str
    advice: str
    holds: Callable[[Any, Any], bool]


def pair(rule: Any) -> Pair:
    """A rule of ``schemas/rules`` about two fields, as the publisher puts it to an UPSERT."""
    first, last = rule.fields
    name, advice, holds = _OF_KIND[rule.check](rule)
    return Pair(first, last, name, rule.advice or advice.format(first=first), holds)


def _where_both(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    return lambda one, other: one is None or other is None or holds(one, other)


def _ranked(rule: Any) -> Callable[[Any, Any], bool]:
    ranks = {code: int(row.more["rank"]) for code, row in codes(rule.code_list).items()}
    return lambda one, other: one not in ranks or other not in ranks or ranks[one] <= ranks[other]


_Made = tuple[str, str, Callable[[Any, Any], bool]]
_OF_KIND: Final[dict[str, Callable[[Any], _Made]]] = {
    "within": lambda rule: (
        "span",
        f"must lie within {rule.days} days of {{first}}",
        _where_both(lambda one, other: other - one <= rule.days),
    ),
    "ranked": lambda rule: ("rank", "must not rank below {first}", _ranked(rule)),
    "begins": lambda _: ("code", "must begin with {first}", _where_both(lambda one, other: other.startswith(one))),
    "of-a-firm": lambda _: ("person", "may be a person's: leave it out where {first} is no juristic number", of_a_firm),
}
