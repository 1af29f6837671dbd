"""The fields of a record that is read at first sight: see `projection`. Compiled where a C compiler is."""

from typing import Any, Final, final

from mypy_extensions import i64

from saingan.standard.admission import DAYS, INTS
from saingan.standard.decoder import LONG, TEXT, Step
from saingan.standard.predicates import Predicate, predicate

PLAIN: Final[i64] = 0
RECORD_ID: Final[i64] = 1
VERSION: Final[i64] = 2
CHANGE: Final[i64] = 3
PERSON_KEY: Final[i64] = 4
RECORDED_AT: Final[i64] = 5
HEAD: Final = {  # of every registry record (standard, section 2)
    "record_id": RECORD_ID,
    "record_version": VERSION,
    "change": CHANGE,
    "person_key": PERSON_KEY,  # of a person-level topic
    "recorded_at": RECORDED_AT,
}
LONGS: Final = (-(2**63), 2**63 - 1)
_MEMORY: Final = 65_536  # texts of a field that are remembered


@final
class Field:
    """How one field of the writer's is read.

    Attributes:
        place: among the kept fields, or -1.
        ruled: whether a number is to be remembered for a rule of order, or one of a set.
        there, number: of a number in the record that is being read, where the field is ruled.
    """

    def __init__(self, step: Step, role: i64, place: i64, bounds: tuple[int, int]) -> None:
        self.kind: i64 = step.kind
        self.null: i64 = step.null
        self.symbols: list[str] = step.symbols
        self.role: i64 = role
        self.place: i64 = place
        self.least: i64 = bounds[0]
        self.greatest: i64 = bounds[1]
        self.one_of: frozenset[int] | None = None
        self.looked_up: bool = place >= 0 or role in (RECORD_ID, PERSON_KEY)
        self.known: dict[bytes, str] = {}
        self.ruled: bool = False
        self.there: bool = False
        self.number: i64 = 0
        self._fine: list[Predicate] = []

    def obeys(self, rule: Any) -> bool:
        """Heed a rule of this field alone; False where it is not understood."""
        if self.kind == TEXT:
            self._fine.append(predicate(rule))
            self.looked_up = True
        elif self.kind != LONG:
            return False
        elif rule.check == "between":
            self.least = max(self.least, rule.least)
            self.greatest = min(self.greatest, rule.greatest)
        elif rule.check == "one-of":
            values = frozenset(rule.values)
            self.one_of = values if self.one_of is None else self.one_of & values
            self.ruled = True
        else:
            return False
        return True

    def learn(self, data: bytes) -> str | None:
        """A text that is not known yet, remembered where it is fine; None where it is not."""
        text = data.decode("utf-8")
        if "\0" in text:
            return None
        for fine in self._fine:
            if not fine(text):
                return None
        if len(self.known) >= _MEMORY:
            self.known.clear()
        self.known[data] = text
        return text


@final
class Order:
    """Two fields, of which the first may not lie after the last; and another such rule, ``before``."""

    def __init__(self, first: Field, last: Field, before: "Order | None") -> None:
        self._first = first
        self._last = last
        self._before = before

    def holds(self) -> bool:
        """Whether all rules hold."""
        first, last = self._first, self._last
        if first.there and last.there and first.number > last.number:
            return False
        return self._before is None or self._before.holds()


def bounds_of(contract: Any) -> dict[str, tuple[int, int]]:
    """Of the fields whose numbers may not be any."""
    bounds = {"record_version": (1, LONGS[1])}
    for name, (kind, _, described) in contract.types().items():
        if kind == "date" or described["type"] == "int":
            bounds[name] = DAYS if kind == "date" else INTS
    return bounds
