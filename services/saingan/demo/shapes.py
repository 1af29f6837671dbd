"""The agencies' own shapes of what they export: their mapping (schemas/mappings) read backwards, and how they write
dates and citizen IDs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from saingan.demo.population import Change
from saingan.publish.files.mapping.mapping import Column, FileMapping, load, schema_fields
from saingan.publish.message import CITIZEN_ID, PREVIOUS_CITIZEN_ID
from saingan.standard.codes import codes
from saingan.standard.coercion import kind_of
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, Topic

Cell = str | int | date | None
_Write = Callable[[Any], Cell]

_BUDDHIST: Final = 543
_BANGKOK_S: Final = 7 * 3600
_MEMORY: Final = 4_096  # values per column
_EPOCH: Final = date(1970, 1, 1).toordinal()
_MONTHS: Final = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]


@dataclass(frozen=True)
class Shape:
    """One agency's export of one topic.

    Attributes:
        mapping: the shipped mapping that reads it.
        looks: for people, what is particular about it.
        day, moment: how it writes a date, given as days since 1970, and a time, given as milliseconds.
        citizen_id: how it writes one.
        blank: what stands for nothing.
    """

    topic: Topic
    mapping: str
    suffix: str
    encoding: str
    looks: str
    day: Callable[[int], Cell]
    moment: Callable[[int], Cell]
    citizen_id: Callable[[str], str]
    blank: Cell

    @property
    def file(self) -> str:
        return self.mapping + self.suffix


class RowWriter:
    """Writes changes as rows of a shape.

    Attributes:
        headings: the agency's own.
        fields: the standard's names of the same columns.
    """

    def __init__(self, shape: Shape) -> None:
        mapping = load(shape.mapping, shape.topic.name)
        self.fields = list(mapping.fields)
        self.headings = [column.heading for column in mapping.fields.values()]
        self._upsert = [word for word, ours in mapping.fields["change"].codes.items() if ours == "UPSERT"]
        self._columns = [(name, _writer(shape, mapping, name)) for name in self.fields]

    def row(self, change: Change) -> list[Cell]:
        record = {
            **change.record,
            CITIZEN_ID: change.citizen_id,
            PREVIOUS_CITIZEN_ID: change.previous_citizen_id,
        }
        if record["change"] == "UPSERT":
            record["change"] = self._word(record)
        return [write(record[name]) for name, write in self._columns]

    def _word(self, record: Mapping[str, Any]) -> str:
        """Agencies have several words for what is one to us: entered, (left,) corrected."""
        entered, *left, corrected = self._upsert
        if record["record_version"] == 1:
            return entered
        return left[0] if left and record["ended_on"] is not None else corrected


def _writer(shape: Shape, mapping: FileMapping, name: str) -> _Write:
    column = mapping.fields[name]
    kind, _, _ = kind_of(schema_fields(mapping.topic).get(name, {"type": "string"})["type"], {})
    if name == "recorded_at":
        return shape.moment
    if name == CITIZEN_ID:
        return shape.citizen_id
    write = _of_field(shape, column, kind, name)
    # Twenty columns of each row come through here; but for the ids, they hold few values.
    return lru_cache(_MEMORY)(lambda value: shape.blank if value is None else write(value))


def _of_field(shape: Shape, column: Column, kind: str, name: str) -> _Write:
    if name == PREVIOUS_CITIZEN_ID:
        return shape.citizen_id
    if kind == "date":
        return shape.day
    if column.codes or column.code_list:
        return _in_its_words(column)
    if column.prefix or column.width:
        return lambda text: text.removeprefix(column.prefix).lstrip("0" if column.width else "")
    return lambda value: value


def _in_its_words(column: Column) -> _Write:
    names = {code.code: code.name_th for code in codes(column.code_list).values()} if column.code_list else {}
    words: dict[str | int, str] = {ours: word for word, ours in reversed(column.codes.items())}  # the first one wins
    return lambda ours: words.get(ours) or names.get(ours, ours)


def _slashed(day: int) -> str:
    when = date.fromordinal(day + _EPOCH)
    return f"{when:%d/%m}/{when.year + _BUDDHIST}"


def _dashed(day: int) -> str:
    return _slashed(day).replace("/", "-")


def _named(day: int) -> str:
    when = date.fromordinal(day + _EPOCH)
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year + _BUDDHIST}"


def _at(write_day: Callable[[int], str], seconds: bool = True) -> Callable[[int], str]:
    write_day = lru_cache(_MEMORY)(write_day)

    def write(millis: int) -> str:
        day, second = divmod(millis // 1000 + _BANGKOK_S, 86_400)
        minute = second // 60
        clock = f"{write_day(day)} {minute // 60:02}:{minute % 60:02}"
        return f"{clock}:{second % 60:02}" if seconds else f"{clock} น."

    return write


def _dashed_citizen_id(digits: str) -> str:
    return f"{digits[0]}-{digits[1:5]}-{digits[5:10]}-{digits[10:12]}-{digits[12]}"


SHAPES: Final = (
    Shape(
        ENROLMENT,
        "ovec-enrolment",
        ".csv",
        "cp874",
        "cp874, 31/03/2562",
        day=_slashed,
        moment=_at(_slashed),
        citizen_id=str,
        blank="-",
    ),
    Shape(
        GRADUATION,
        "ovec-graduation",
        ".xlsx",
        "",
        "Excel dates",
        day=lambda day: date.fromordinal(day + _EPOCH),
        moment=_at(_slashed),
        citizen_id=str,
        blank=None,
    ),
    Shape(
        EMPLOYMENT,
        "sso-insured-employment",
        ".csv",
        "utf-8-sig",
        "UTF-8 BOM, 31-03-2562",
        day=_dashed,
        moment=_at(_dashed),
        citizen_id=_dashed_citizen_id,
        blank="",
    ),
    Shape(
        CERTIFICATION,
        "dsd-skill-certification",
        ".jsonl",
        "utf-8",
        "31 มี.ค. 2562",
        day=_named,
        moment=_at(_named, seconds=False),
        citizen_id=str,
        blank=None,
    ),
)
