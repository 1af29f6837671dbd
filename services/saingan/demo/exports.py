"""The population as export files, written person by person: memory does not grow with it.

Rows lie in no order, and a few are spoilt as they are in real life, so that the refused rows can be seen.
"""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Final, NamedTuple, Protocol, Self

from openpyxl import Workbook

from saingan.demo.population import Change, changes, everyone
from saingan.demo.shapes import SHAPES, Cell, RowWriter, Shape
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, Topic

_WINDOW: Final = 2_000  # rows among which a row finds its place in the file
_TITLE: Final = "ทะเบียนผู้สำเร็จการศึกษา สำนักงานคณะกรรมการการอาชีวศึกษา (ข้อมูลสังเคราะห์ synthetic)"


class Slip(NamedTuple):
    """A spoilt copy of a file's n-th row: what someone mistyped, and how."""

    topic: Topic
    row: int
    field: str
    spoil: Callable[[Any], Cell]


SLIPS: Final = (
    Slip(ENROLMENT, 50, "citizen_id", lambda digits: digits[:-1] + str((int(digits[-1]) + 1) % 10)),
    Slip(EMPLOYMENT, 20, "started_on", lambda day: f"31-02-{day[-4:]}"),
    Slip(EMPLOYMENT, 40, "section", lambda _: "ม.93"),
    Slip(GRADUATION, 30, "institution_province", lambda _: "พระนคร"),
    Slip(CERTIFICATION, 10, "kind", lambda _: "ทดสอบฝีมือ"),
)


class Export(NamedTuple):
    """A written file; ``rows`` count the spoilt ones too."""

    shape: Shape
    path: Path
    rows: int


class _File(Protocol):
    def add(self, cells: list[Cell]) -> None: ...

    def close(self) -> None: ...


def write_exports(
    folder: Path, seed: int, graduates: int, today: date, advance: Callable[[int], None] = lambda _: None
) -> list[Export]:
    """Write the four files as the agencies would on the morning of a day.

    Args:
        advance: told how many graduates are written, again and again.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        files = {shape.topic: stack.enter_context(_ExportFile(shape, folder, seed)) for shape in SHAPES}
        for number, (rng, someone) in enumerate(everyone(seed, graduates, today), start=1):
            for change in changes(rng, someone, today):
                files[change.topic].add(change)
            advance(number)
    return [Export(file.shape, file.path, file.rows) for file in files.values()]


class _ExportFile:
    """One file; a window of rows is held back, so that each finds a place by chance."""

    def __init__(self, shape: Shape, folder: Path, seed: int) -> None:
        self.shape = shape
        self.path = folder / shape.file
        self.rows = 0
        self._writer = RowWriter(shape)
        self._slips = {slip.row: slip for slip in SLIPS if slip.topic is shape.topic}
        self._rng = Random(f"{seed}/{shape.file}")
        self._window: list[list[Cell]] = []
        self._file = _FORMATS[shape.suffix](self.path, shape.encoding, self._writer.headings)

    def add(self, change: Change) -> None:
        for cells in self._with_slips(self._writer.row(change)):
            self.rows += 1
            if len(self._window) < _WINDOW:
                self._window.append(cells)
                continue
            place = self._rng.randrange(_WINDOW)
            self._file.add(self._window[place])
            self._window[place] = cells

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is None:
            self._rng.shuffle(self._window)
            for cells in self._window:
                self._file.add(cells)
        self._file.close()

    def _with_slips(self, cells: list[Cell]) -> Iterator[list[Cell]]:
        yield cells
        if slip := self._slips.pop(self.rows, None):
            place = self._writer.fields.index(slip.field)
            yield [*cells[:place], slip.spoil(cells[place]), *cells[place + 1 :]]


class _Csv:
    def __init__(self, path: Path, encoding: str, headings: list[str]) -> None:
        self._file = path.open("w", encoding=encoding, newline="")
        self._lines = csv.writer(self._file)
        self._lines.writerow(headings)
        self.add = self._lines.writerow

    def close(self) -> None:
        self._file.close()


class _JsonLines:
    def __init__(self, path: Path, encoding: str, headings: list[str]) -> None:
        self._file = path.open("w", encoding=encoding)
        self._headings = headings

    def add(self, cells: list[Cell]) -> None:
        line = dict(zip(self._headings, cells, strict=True))
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self._file.close()


class _Excel:
    """With a title above the headings, as people like it."""

    def __init__(self, path: Path, _: str, headings: list[str]) -> None:
        self._path = path
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("ผู้สำเร็จการศึกษา")
        self._sheet.append([_TITLE])
        self._sheet.append([])
        self._sheet.append(headings)
        self.add = self._sheet.append

    def close(self) -> None:
        self._book.save(self._path)


_FORMATS: Final[dict[str, Callable[[Path, str, list[str]], _File]]] = {
    ".csv": _Csv,
    ".jsonl": _JsonLines,
    ".xlsx": _Excel,
}
