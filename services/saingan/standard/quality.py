"""What looks wrong in a record that is taken in all the same (standard, section 10): counted, never refused.

A code list that lags must not cost a person their outcome. What is counted are a topic's rules of level ``counted``.
Compiled where a C compiler is.
"""

from typing import Any, final

from mypy_extensions import i64

from saingan.standard.contract import Contract
from saingan.standard.predicates import Predicate, of_field


@final
class _Counted:
    """One rule. ``holds`` is None where the value is a day that may not lie ahead, or must not lie before ``after``.

    Attributes:
        after: place of the field that comes first, or -1.
    """

    def __init__(self, name: str, place: i64, after: i64, holds: Predicate | None) -> None:
        self.name = name
        self.place: i64 = place
        self.after: i64 = after
        self.holds = holds

    def broken(self, values: list[Any], tomorrow: int) -> bool:
        value = values[self.place]
        if value is None:
            return False
        if self.holds is not None:
            return not self.holds(value)
        if self.after < 0:
            return bool(value > tomorrow)
        first = values[self.after]
        return first is not None and bool(value < first)


@final
class Quality:
    """The rules of one topic, for values in the order of its schema's fields."""

    def __init__(self, contract: Contract) -> None:
        names: list[str] = contract.names
        self._change: i64 = names.index("change") if "change" in names else -1
        self._rules: list[_Counted] = []
        for rule in contract.at("counted"):
            places: list[int] = [names.index(name) for name in rule.fields]
            after = places[0] if rule.check == "order" else -1
            holds = None if rule.check in ("order", "not-ahead") else of_field(contract, rule)
            self._rules.append(_Counted(rule.name, places[-1], after, holds))

    def broken(self, values: list[Any], today: int) -> list[str]:
        """The rules that a record breaks. ``today`` in days since the epoch."""
        if self._change >= 0 and values[self._change] != "UPSERT":
            return []
        return [rule.name for rule in self._rules if rule.broken(values, today + 1)]
