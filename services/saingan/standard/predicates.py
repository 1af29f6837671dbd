"""What the rules of ``schemas/rules`` ask of one value, as publisher, worker and fast path read them.

`verify` reads the same rules by code of its own. Compiled where a C compiler is.
"""

from collections.abc import Callable
from typing import Any

from saingan.errors import Fault
from saingan.standard.codes import codes
from saingan.standard.identity import is_citizen_id, is_juristic_number

Predicate = Callable[[Any], bool]


def predicate(rule: Any) -> Predicate:
    """Whether a value, not null, keeps a rule of one field that no date decides; of an array, one item."""
    make = _MAKE.get(rule.check)
    if make is None:
        raise Fault(f"a rule of kind {rule.check} is not about a single value")
    return make(rule)


def of_field(contract: Any, rule: Any) -> Predicate:
    """Whether a field's value, not null, keeps a rule about it alone that no date decides."""
    (name,) = rule.fields
    return of_each(predicate(rule)) if contract.types()[name][0] == "array" else predicate(rule)


def of_each(holds: Predicate) -> Predicate:
    """Whether each item of an array keeps a rule."""
    return lambda items: all(holds(item) for item in items)


def tells_a_person(number: str) -> bool:
    return len(number) == 13 and number[0] != "0" and is_citizen_id(number)


def of_a_firm(number: str | None, told: str | None) -> bool:
    """Whether a name or an address stands beside a juristic number, or not at all."""
    return told is None or (number is not None and is_juristic_number(number))


def _one_of(rule: Any) -> Predicate:
    return frozenset(rule.values).__contains__


def _between(rule: Any) -> Predicate:
    least: int = rule.least
    greatest: int = rule.greatest
    return lambda value: least <= value <= greatest


def _no_citizen_id(_: Any) -> Predicate:
    return lambda value: not tells_a_person(value)


def _juristic_number(_: Any) -> Predicate:
    return is_juristic_number


def _listed(rule: Any) -> Predicate:
    known = frozenset(codes(rule.code_list))
    prefix: int | None = rule.prefix
    shortest: int | None = rule.shortest
    if shortest is not None:
        known = frozenset([code[:size] for code in known for size in range(shortest, len(code) + 1)])
    if prefix is None:
        return known.__contains__
    return lambda value: value[:prefix] in known


def _length(rule: Any) -> Predicate:
    longest: int = rule.longest
    return lambda value: len(value) <= longest


def _digits(rule: Any) -> Predicate:
    lengths = frozenset(rule.lengths)
    return lambda value: len(value) in lengths and value.isascii() and value.isdigit()


def identifier(longest: int) -> Predicate:
    return lambda value: 0 < len(value) <= longest and value.isprintable() and value == value.strip()


_MAKE: dict[str, Callable[[Any], Predicate]] = {
    "one-of": _one_of,
    "between": _between,
    "no-citizen-id": _no_citizen_id,
    "juristic-number": _juristic_number,
    "length": _length,
    "listed": _listed,
    "digits": _digits,
    "identifier": lambda rule: identifier(rule.longest),
}
