"""Of plain records, the fields that a view keeps, in one pass over their bytes. Compiled where a C compiler is.

A record is plain when it is an UPSERT in which neither `Admission` nor `Quality` finds anything; nearly all are.
Nothing is refused here: for any other record `reads` returns False, and the caller asks the `Decoder`, `Admission` and
`Quality`, which say what is wrong.
"""

from collections.abc import Sequence
from typing import Any, Final, final

from mypy_extensions import i64

from saingan.standard.admission import RECORD_ID_BOUND
from saingan.standard.binary import decimal, is_ascii, is_lower_hex, zigzag
from saingan.standard.codec import FRAME_BYTES
from saingan.standard.contract import Contract
from saingan.standard.decoder import BYTES, ENUM, LONG, TEXT, Decoder
from saingan.standard.predicates import tells_a_person
from saingan.standard.projected_fields import (
    CHANGE,
    HEAD,
    LONGS,
    PERSON_KEY,
    PLAIN,
    RECORD_ID,
    RECORDED_AT,
    VERSION,
    Field,
    Order,
    bounds_of,
)

_PERSON_KEY_BYTES: Final[i64] = 32
_SLASH: Final[i64] = 47
_START: Final[i64] = FRAME_BYTES


@final
class Projection:
    """Reads the records that one writer's schema wrote; none, where it does not understand a schema or a rule.

    Args:
        decoder: from the writer's schema to ours.
        kept: names of the fields to read.

    Attributes:
        owner, record_id, version, recorded_at, kept: of the record that was read last.
    """

    def __init__(self, contract: Contract, decoder: Decoder, kept: Sequence[str]) -> None:
        names: list[str] = contract.names
        head = dict(HEAD)
        self._personal: bool = contract.topic.person_level
        if not self._personal:
            del head["person_key"]
        bounds = bounds_of(contract)
        self._fields: list[Field] = []
        by_name: dict[str, Field] = {}
        for step in decoder.steps:
            name = names[step.place] if step.place >= 0 else ""
            place: i64 = kept.index(name) if name in kept else -1
            field = Field(step, head.get(name, PLAIN), place, bounds.get(name, LONGS))
            self._fields.append(field)
            if name:
                by_name[name] = field
        self._order: Order | None = None  # the last of them, which knows the one before
        self._past: list[tuple[Field, i64]] = []  # days that may not lie ahead, and the last that is one
        self._able: bool = (
            by_name.keys() >= head.keys()
            and all(value is None for value in decoder.empty)
            and all(step.kind in (LONG, TEXT, ENUM, BYTES) for step in decoder.steps)
        )
        for rule in contract.at("refused", "counted"):
            fields = [by_name[name] for name in rule.fields if name in by_name]
            if len(fields) == len(rule.fields) and not self._obeys(rule, fields):
                self._able = False
        self._record_id_place: i64 = kept.index("record_id") if "record_id" in kept else -1
        self._person_key_place: i64 = kept.index("person_key") if self._personal and "person_key" in kept else -1
        self._values: list[Any] = [None] * len(kept)  # of the record that is being read, as all that follows
        self._at: i64 = 0
        self._today: i64 = LONGS[0]
        self._id: bytes = b""
        self._person: bytes = b""
        self.owner: str = ""
        self.record_id: str = ""
        self.version: i64 = 0
        self.recorded_at: i64 = 0
        self.kept: tuple[Any, ...] = ()

    def _obeys(self, rule: Any, fields: list[Field]) -> bool:
        """Heed a rule; False where it is not understood."""
        if rule.check == "of-a-firm":
            return False
        if not all(field.kind == LONG for field in fields) and rule.check in ("order", "not-ahead"):
            return False
        if rule.check == "order":
            self._order = Order(fields[0], fields[1], self._order)
            fields[0].ruled = fields[1].ruled = True
            return True
        if rule.check == "not-ahead":
            self._past.append((fields[0], fields[0].greatest))
            return True
        return fields[0].obeys(rule)

    def reads(self, key: bytes, value: bytes, today: i64) -> bool:
        """Read a framed message; whether it is plain. ``today`` in days since the epoch."""
        if today != self._today:
            self._today = today
            for field, greatest in self._past:
                field.greatest = min(today + 1, greatest)
        try:
            if not (self._able and self._reads_value(value) and self._reads_key(key)):
                return False
        except (IndexError, ValueError):
            return False
        self.kept = tuple(self._values)
        return True

    def _reads_value(self, value: bytes) -> bool:
        self._at = _START
        for field in self._fields:
            if field.null >= 0:
                branch: i64 = value[self._at]
                self._at += 1
                if branch == 2 * field.null:
                    if field.ruled:
                        field.there = False
                    if field.place >= 0:
                        self._values[field.place] = None
                    continue
                if branch != 2 - 2 * field.null:
                    return False
            number, self._at = zigzag(value, self._at)
            if field.kind == LONG:
                taken = self._takes_number(field, number)
            elif field.kind == ENUM:
                taken = self._takes_symbol(field, number)
            else:
                taken = self._takes_text(field, value, number)
            if not taken:
                return False
        return self._at == len(value) and (self._order is None or self._order.holds())

    def _takes_number(self, field: Field, number: i64) -> bool:
        if not field.least <= number <= field.greatest:
            return False
        if field.place >= 0:
            self._values[field.place] = number
        role: i64 = field.role
        if role == VERSION:
            self.version = number
        elif role == RECORDED_AT:
            self.recorded_at = number
        if not field.ruled:
            return True
        field.there = True
        field.number = number
        return field.one_of is None or number in field.one_of

    def _takes_symbol(self, field: Field, number: i64) -> bool:
        if number < 0:
            return False
        symbol = field.symbols[number]
        if field.place >= 0:
            self._values[field.place] = symbol
        return field.role != CHANGE or symbol == "UPSERT"

    def _takes_text(self, field: Field, value: bytes, size: i64) -> bool:
        start: i64 = self._at
        end: i64 = start + size
        if size < 0 or end > len(value):
            return False
        self._at = end
        if not field.looked_up and (field.kind == BYTES or is_ascii(value, start, end)):
            return True
        data = value[start:end]
        if field.role == RECORD_ID:
            self._id = data
            return True
        if field.role == PERSON_KEY:
            self._person = data
            return True
        text = field.known.get(data)
        if text is None:
            if field.kind == BYTES:
                self._values[field.place] = data
                return True
            text = field.learn(data)
        if text is None:
            return False
        if field.place >= 0:
            self._values[field.place] = text
        return True

    def _reads_key(self, key: bytes) -> bool:
        """Whether the message key is ``[<person_key>/]<record_id>/<record_version>``, each of them as it should be."""
        at: i64 = 0
        if self._personal:
            at = len(self._person)
            if at != _PERSON_KEY_BYTES or not key.startswith(self._person):
                return False
            if key[at] != _SLASH or not is_lower_hex(key, at):
                return False
            at += 1
        end: i64 = at + len(self._id)
        if key[at:end] != self._id or key[end] != _SLASH or decimal(key, end + 1) != self.version:
            return False
        self.record_id = self._id.decode("utf-8")
        self.owner = self._person.decode("ascii") if self._personal else self.record_id
        if self._record_id_place >= 0:
            self._values[self._record_id_place] = self.record_id
        if self._person_key_place >= 0:
            self._values[self._person_key_place] = self.owner
        return end - at <= RECORD_ID_BOUND and "\0" not in self.record_id and not tells_a_person(self.record_id)
