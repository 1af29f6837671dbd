"""How a topic's fields are checked and written, each put together once from its type, `rules` and its contract.

Compiled where a C compiler is.
"""

from datetime import date
from typing import Any, Final, final

from saingan.standard.coercion import day_number, form
from saingan.standard.encoder import FieldEncoder
from saingan.standard.schemas import Schema
from saingan.standard.strict_rules import (
    EMPLOYER,
    HEAD,
    HEAD_OF_UPSERT,
    INT,
    LONG,
    LONGEST_TEXT,
    NO_CITIZEN_ID,
    PERSON,
    PLAINLY,
    WRITABLE,
    Rule,
    of_items,
    of_topic,
    one_of,
    sound,
    writable,
)
from saingan.standard.texts import is_plain

PERSON_KEY: Final = "person_key"
# Fields that hardly any two records share.
UNREPEATED = {"record_id", "person_key", "recorded_at", "enrolment_record_id", "identity"}
_DAY_MS: Final = 86_400_000
_FIRST: Final = date(1950, 1, 1)
_EARLIEST_INSTANT: Final = day_number(date(1980, 1, 1)) * _DAY_MS  # seconds given as milliseconds lie before it
_AHEAD: Final = 50 * 366  # days
_MEMORY: Final = 65_536  # values per field
_FIRST_INT: Final = -(2**31)
_LAST_INT: Final = 2**31 - 1
_ERA: Final = " (a year of the Buddhist era is 543 more than that of the common era)"
_OF_TEXT: Final = (NO_CITIZEN_ID, WRITABLE)
_BY_KIND: Final = {
    "string": _OF_TEXT,
    "array": _OF_TEXT,
    "int": (INT,),
    "long": (LONG,),
    "timestamp-millis": (LONG,),
}


@final
class _Span:
    """The bounds of a date or time: low <= value <= high + tomorrow * of_day, with ``tomorrow`` in days since 1970.

    Attributes:
        of_day: how much the upper bound moves each day; 0 for a fixed bound.
    """

    def __init__(self, what: str, low: int, high: int, of_day: int, advice: str) -> None:
        self.what = what
        self.low = low
        self.high = high
        self.of_day = of_day
        self.advice = f"must lie between {advice}{_ERA}"

    def holds(self, value: int, tomorrow: int) -> bool:
        return self.low <= value <= self.high + tomorrow * self.of_day


@final
class CheckedField:
    """How one field is checked and written.

    Args:
        own: the topic's rules that are about this field alone.
        default: what stands where the field is left out or null, though it may not be null.

    Attributes:
        span: of a date or time that is compared with today's.
    """

    def __init__(
        self,
        name: str,
        typed: tuple[str, bool, Schema],
        own: list[Any],
        default: Any,
        person_level: bool,
        upsert: bool,
    ) -> None:
        kind, nullable, described = typed
        accepted = form(kind)
        span = _span(name, kind, own, upsert)
        rules = _common(name, kind, described, person_level)
        if any(rule.check == "no-citizen-id" for rule in own):
            rules = [EMPLOYER if rule is NO_CITIZEN_ID else rule for rule in rules]
        bounds: list[int] = [rule.longest for rule in own if rule.check == "length"]
        if bounds:
            bound = writable(min(bounds) if upsert else max(LONGEST_TEXT, *bounds))
            rules = [bound if rule is WRITABLE else rule for rule in rules]
        if upsert:
            rules += sound(own) if kind in ("string", "array") else ()
            rules += HEAD_OF_UPSERT.get(name, ())
            for rule in own:
                rules += of_topic(rule)
        if kind == "array":
            rules = [of_items(rule) for rule in rules]
        rules.sort(key=_warns)  # the first that is broken is told
        self.name = name
        self.exact: Any = accepted.exact
        self.read: Any = accepted.read
        self.advice = accepted.advice
        self.nullable = nullable
        self.default: Any = default
        self.is_person: bool = person_level and name == PERSON_KEY
        self.span = span
        # Values that break no rule, as codes repeat, each with its bytes; None where values hardly do.
        self._known: dict[Any, bytes] | None = None if name in UNREPEATED else {}
        # A span is narrower than its type.
        self._tests: list[tuple[Any, Rule]] = [] if span else [(rule.holds, rule) for rule in rules]
        self._tests_of_plain = [test for test in self._tests if test[1] not in PLAINLY]
        self._is_text: bool = kind == "string"
        self._encoder = FieldEncoder(nullable, described)

    def broken(self, value: Any) -> Rule | None:
        for holds, rule in self._tests_of_plain if self._is_text and is_plain(value) else self._tests:
            if not holds(value):
                return rule
        return None

    def remembered(self, value: Any) -> bytes | None:
        return None if self._known is None else self._known.get(value)

    def written(self, value: Any) -> bytes:
        """The bytes of a value that breaks no rule."""
        encoded = self._encoder.encode(value)
        if self._known is not None and len(self._known) < _MEMORY:
            self._known[value] = encoded
        return encoded

    def encode(self, value: Any) -> bytes:
        return self._encoder.encode(value)


def _warns(rule: Rule) -> bool:
    return rule.warns


def _common(name: str, kind: str, described: Schema, person_level: bool) -> list[Rule]:
    """What every change must keep: as the head of all records, or by its type."""
    if name in HEAD:
        return list(HEAD[name])
    if person_level and name in PERSON:
        return list(PERSON[name])
    if kind == "enum":
        return [one_of(described["symbols"])]
    return list(_BY_KIND.get(kind, ()))


def _span(name: str, kind: str, own: list[Any], upsert: bool) -> _Span | None:
    if name == "recorded_at":
        return _Span("a time", _EARLIEST_INSTANT, _DAY_MS - 1, _DAY_MS, "1980 and tomorrow")
    if kind != "date":
        return None
    happened = any(rule.check == "not-ahead" for rule in own)
    first = max([_FIRST, *[rule.day for rule in own if rule.check == "not-before"]])
    advice = f"{first.year} and " + ("tomorrow, as it says what happened" if happened else "50 years ahead")
    if not upsert:
        return _Span("a date", _FIRST_INT, _LAST_INT, 0, advice)
    return _Span("a date", day_number(first), 0 if happened else _AHEAD, 1, advice)
