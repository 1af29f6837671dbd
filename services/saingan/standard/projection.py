"""Of plain records, the fields that a view keeps, in one pass over their bytes. Compiled where a C compiler is.

A record is plain when it is an UPSERT in which neither `Admission` nor `Quality` finds anything; nearly all are.
Nothing is refused here: what is not plain at first sight is for the `Decoder` and those two, who say what is wrong.
"""

from collections.abc import Sequence
from typing import Any, Final, final

from mypy_extensions import i64

from saingan.standard.admission import (
    DAYS,
    INSURED_SECTIONS,
    INTS,
    LAST_DAY,
    RECORD_ID_BOUND,
    tells_a_person,
)
from saingan.standard.codec import FRAME_BYTES, Schema, fields_of
from saingan.standard.decoder import BYTES, ENUM, LONG, TEXT, Decoder, Step
from saingan.standard.octets import decimal, is_ascii, is_lower_hex, zigzag
from saingan.standard.quality import Fine, Quality

_PLAIN: Final[i64] = 0
_RECORD_ID: Final[i64] = 1
_VERSION: Final[i64] = 2
_CHANGE: Final[i64] = 3
_PERSON_KEY: Final[i64] = 4
_RECORDED_AT: Final[i64] = 5
_SECTION: Final[i64] = 6
_STARTED: Final[i64] = 7
_ENDED: Final[i64] = 8
_ROLES: Final = {
    "record_id": _RECORD_ID,
    "record_version": _VERSION,
    "change": _CHANGE,
    "person_key": _PERSON_KEY,
    "recorded_at": _RECORDED_AT,
    "section": _SECTION,
    "started_on": _STARTED,
    "ended_on": _ENDED,
}
_HEAD: Final = frozenset({"record_id", "record_version", "change", "person_key", "recorded_at"})
_LONGS: Final = (-(2**63), 2**63 - 1)
_PERSON_KEY_BYTES: Final[i64] = 32
_SLASH: Final[i64] = 47
_START: Final[i64] = FRAME_BYTES
_MEMORY: Final = 65_536  # texts of a field that are remembered


@final
class _Field:
    """How one field of the writer's is read. ``place``: among the kept fields, or -1."""

    def __init__(self, step: Step, role: i64, place: i64, bounds: tuple[int, int], fine: list[Fine]) -> None:
        self.kind: i64 = step.kind
        self.null: i64 = step.null
        self.symbols: list[str] = step.symbols
        self.role: i64 = role
        self.place: i64 = place
        self.least: i64 = bounds[0]
        self.greatest: i64 = bounds[1]
        self.looked_up: bool = place >= 0 or len(fine) > 0 or role in (_RECORD_ID, _PERSON_KEY)
        self.known: dict[bytes, str] = {}
        self._fine = fine

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
class Projection:
    """Reads the records that one writer's schema wrote.

    Args:
        schema: ours.
        decoder: from the writer's schema to ours.
        kept: names of the fields to read.

    Attributes:
        owner, record_id, version, recorded_at, kept: of the record that was read last.
    """

    def __init__(self, schema: Schema, decoder: Decoder, kept: Sequence[str], quality: Quality) -> None:
        names: list[str] = [field["name"] for field in schema["fields"]]
        bounds = dict.fromkeys(fields_of(schema, "date"), DAYS) | dict.fromkeys(fields_of(schema, "int"), INTS)
        bounds["record_version"] = (1, _LONGS[1])
        self._fields: list[_Field] = []
        self._ahead: _Field | None = None
        for step in decoder.steps:
            name = names[step.place] if step.place >= 0 else ""
            place: i64 = kept.index(name) if name in kept else -1
            fine = [*quality.fine(name), _names_no_person] if name == "employer_id" else quality.fine(name)
            field = _Field(step, _ROLES.get(name, _PLAIN), place, bounds.get(name, _LONGS), fine)
            self._fields.append(field)
            if name and name == quality.day:
                self._ahead = field
        written = {names[step.place] for step in decoder.steps if step.place >= 0}
        self._able: bool = (
            written.issuperset(_HEAD.intersection(names))
            and all(value is None for value in decoder.empty)
            and all(step.kind in (LONG, TEXT, ENUM, BYTES) for step in decoder.steps)
        )
        self._personal: bool = "person_key" in names
        self._values: list[Any] = [None] * len(kept)  # of the record that is being read, as all that follows
        self._at: i64 = 0
        self._started: i64 = 0
        self._ended: i64 = 0
        self._id: bytes = b""
        self._person: bytes = b""
        self.owner: str = ""
        self.record_id: str = ""
        self.version: i64 = 0
        self.recorded_at: i64 = 0
        self.kept: tuple[Any, ...] = ()

    def reads(self, key: bytes, value: bytes, today: i64) -> bool:
        """Read a framed message; whether it is plain. ``today`` in days since the epoch."""
        if self._ahead is not None:
            self._ahead.greatest = min(today + 1, LAST_DAY)
        try:
            if not (self._able and self._reads_value(value) and self._reads_key(key)):
                return False
        except (IndexError, ValueError):
            return False
        self.kept = tuple(self._values)
        return True

    def _reads_value(self, value: bytes) -> bool:
        self._at = _START
        self._ended = LAST_DAY
        for field in self._fields:
            if field.null >= 0:
                branch: i64 = value[self._at]
                self._at += 1
                if branch == 2 * field.null:
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
        return self._at == len(value) and self._started <= self._ended

    def _takes_number(self, field: _Field, number: i64) -> bool:
        if not field.least <= number <= field.greatest:
            return False
        if field.place >= 0:
            self._values[field.place] = number
        role: i64 = field.role
        if role == _VERSION:
            self.version = number
        elif role == _RECORDED_AT:
            self.recorded_at = number
        elif role == _STARTED:
            self._started = number
        elif role == _ENDED:
            self._ended = number
        elif role == _SECTION:
            return number in INSURED_SECTIONS
        return True

    def _takes_symbol(self, field: _Field, number: i64) -> bool:
        if number < 0:
            return False
        symbol = field.symbols[number]
        if field.place >= 0:
            self._values[field.place] = symbol
        return field.role != _CHANGE or symbol == "UPSERT"

    def _takes_text(self, field: _Field, value: bytes, size: i64) -> bool:
        start: i64 = self._at
        end: i64 = start + size
        if size < 0 or end > len(value):
            return False
        self._at = end
        if not field.looked_up and (field.kind == BYTES or is_ascii(value, start, end)):
            return True
        data = value[start:end]
        if field.role == _RECORD_ID:
            self._id = data
            return True
        if field.role == _PERSON_KEY:
            self._person = data
            return True
        text = field.known.get(data)
        if text is None:
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
        return end - at <= RECORD_ID_BOUND and "\0" not in self.record_id and not tells_a_person(self.record_id)


def _names_no_person(text: str) -> bool:
    return not tells_a_person(text)
