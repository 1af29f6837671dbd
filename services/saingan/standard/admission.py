"""What a worker takes in (standard, section 10, second bullet): tolerant, for any client's records.

Beyond the standard's list, what no store can hold goes to the dead letters: a day outside the calendar, an integer
that is longer than Avro's 32 bits, a NUL in a text, and a record id of more than 255 characters. What is checked of a
topic's own fields are its rules of level ``refused``. Compiled where a C compiler is.
"""

from typing import Any, Final, final

from mypy_extensions import i64

from saingan.errors import Rejection
from saingan.standard.binary import is_lower_hex
from saingan.standard.contract import Contract
from saingan.standard.predicates import Predicate, of_a_firm, of_field, tells_a_person

FIRST_DAY: Final = -719_162  # 0001-01-01, in days since the epoch
LAST_DAY: Final = 2_932_896  # 9999-12-31
DAYS: Final = (FIRST_DAY, LAST_DAY)
INTS: Final = (-(2**31), 2**31 - 1)
RECORD_ID_BOUND: Final = 255  # characters
_PERSON_KEY: Final = 32  # characters


@final
class _ValueRule:
    def __init__(self, place: i64, holds: Predicate, reason: str, detail: str) -> None:
        self.place: i64 = place
        self.holds = holds
        self.reason = reason
        self.detail = detail


@final
class _OrderRule:
    def __init__(self, first: i64, last: i64, reason: str, detail: str) -> None:
        self.first: i64 = first
        self.last: i64 = last
        self.reason = reason
        self.detail = detail


@final
class _FirmRule:
    def __init__(self, number: i64, told: i64, reason: str, detail: str) -> None:
        self.number: i64 = number
        self.told: i64 = told
        self.reason = reason
        self.detail = detail


@final
class Admission:
    """The check of one topic's decoded records: values in the order of the schema's fields."""

    def __init__(self, contract: Contract) -> None:
        names: list[str] = contract.names
        types: dict[str, Any] = contract.types()
        kinds = [(kind, described["type"]) for kind, _, described in types.values()]
        self._names = names
        self._days: list[int] = [place for place, (kind, _) in enumerate(kinds) if kind == "date"]
        self._ints: list[int] = [place for place, (kind, base) in enumerate(kinds) if base == "int" and kind != "date"]
        self._texts: list[int] = [place for place, (_, base) in enumerate(kinds) if base == "string"]
        self._arrays: list[int] = [place for place, (_, base) in enumerate(kinds) if base == "array"]
        self._record_id: i64 = names.index("record_id")
        self._version: i64 = names.index("record_version")
        self._change: i64 = names.index("change")
        self._person_level: bool = contract.topic.person_level
        self._person_key: i64 = names.index("person_key") if self._person_level else 0
        self._rules: list[_ValueRule] = []
        self._orders: list[_OrderRule] = []
        self._firms: list[_FirmRule] = []
        for rule in contract.at("refused"):
            places = [names.index(name) for name in rule.fields]
            if rule.check == "order":
                first, last = rule.fields
                self._orders.append(_OrderRule(places[0], places[1], rule.name, f"{last} is before {first}"))
            elif rule.check == "of-a-firm":
                self._firms.append(_FirmRule(places[0], places[1], rule.name, _detail(rule)))
            else:
                self._rules.append(_ValueRule(places[0], of_field(contract, rule), rule.name, _detail(rule)))

    def admit(self, key: bytes | None, values: list[Any]) -> None:
        """Check a record, given with its message key.

        Raises:
            Rejection: it cannot mean anything. Everything else is taken in.
        """
        version: int = values[self._version]
        change = f"{values[self._record_id]}/{version}"
        if self._person_level:
            person_key: str = values[self._person_key]
            if key is None or key != f"{person_key}/{change}".encode():
                raise Rejection("key", "the message key is not <person_key>/<record_id>/<record_version> of its record")
            if len(person_key) != _PERSON_KEY or not is_lower_hex(key, _PERSON_KEY):
                raise Rejection("person-key", "person_key is not 32 lower-case hexadecimal characters")
        elif key != change.encode():
            raise Rejection("key", "the message key is not <record_id>/<record_version> of its record")
        if version < 1:
            raise Rejection("version", "record_version is below 1")
        if values[self._change] == "UPSERT":
            self._admit_upsert(values)

    def _admit_upsert(self, values: list[Any]) -> None:
        record_id: str = values[self._record_id]
        if len(record_id) > RECORD_ID_BOUND:
            raise Rejection("record-id", f"record_id has more than {RECORD_ID_BOUND} characters")
        if tells_a_person(record_id):
            raise Rejection("citizen-id", "record_id is a valid citizen ID")
        self._admit_storable(values)
        for rule in self._rules:
            value = values[rule.place]
            if value is not None and not rule.holds(value):
                raise Rejection(rule.reason, rule.detail)
        for firm in self._firms:
            if not of_a_firm(values[firm.number], values[firm.told]):
                raise Rejection(firm.reason, firm.detail)
        for order in self._orders:
            start = values[order.first]
            end = values[order.last]
            if start is not None and end is not None and end < start:
                raise Rejection(order.reason, order.detail)

    def _admit_storable(self, values: list[Any]) -> None:
        for place in self._texts:
            text = values[place]
            if text is not None and "\0" in text:
                raise Rejection("text", "a text holds a NUL character")
        for place in self._arrays:
            for text in values[place]:
                if "\0" in text:
                    raise Rejection("text", "a text holds a NUL character")
        for place in self._days:
            day = values[place]
            if day is not None and not FIRST_DAY <= day <= LAST_DAY:
                raise Rejection("date", f"{self._names[place]} is not a day of the calendar")
        for place in self._ints:
            number = values[place]
            if number is not None and not INTS[0] <= number <= INTS[1]:
                raise Rejection("number", f"{self._names[place]} is longer than 32 bits")


def _detail(rule: Any) -> str:
    if rule.check == "one-of":
        return f"{rule.field} is none of {', '.join(map(str, rule.values))}"
    if rule.check == "between":
        return f"{rule.field} does not lie between {rule.least} and {rule.greatest}"
    if rule.check == "length":
        return f"{rule.field} has more than {rule.longest} characters"
    if rule.check == "of-a-firm":
        return f"{rule.fields[1]} stands without a juristic number"
    return f"{rule.field} is a valid citizen ID"
