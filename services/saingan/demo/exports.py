"""The population as export files, written person by person: memory does not grow with it.

Rows lie in no order, and a few are spoilt as they are in real life, so that the refused rows can be seen.
"""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Final, NamedTuple, Protocol, Self

from openpyxl import Workbook

from saingan.demo.population import Change
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
    """A written file; of its ``rows`` some are ``spoilt``."""

    shape: Shape
    path: Path
    rows: int
    spoilt: int


class _File(Protocol):
    def add(self, cells: list[Cell]) -> None: ...

    def close(self) -> None: ...


class Exports:
    """The four files in a folder; whole when the context ends. The same changes and seed give the same rows."""

    def __init__(self, folder: Path, seed: int) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._files = {shape.topic: _ExportFile(shape, folder, seed) for shape in SHAPES}

    def add(self, change: Change) -> None:
        self._files[change.topic].add(change)

    @property
    def files(self) -> list[Export]:
        return [Export(file.shape, file.path, file.rows, file.spoilt) for file in self._files.values()]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        for file in self._files.values():
            file.close(whole=kind is None)


class _ExportFile:
    """One file; a window of rows is held back, so that each finds a place by chance."""

    def __init__(self, shape: Shape, folder: Path, seed: int) -> None:
        self.shape = shape
        self.path = folder / shape.file
        self.rows = self.spoilt = 0
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

    def close(self, whole: bool) -> None:
        if whole:
            self._rng.shuffle(self._window)
            for cells in self._window:
                self._file.add(cells)
        self._file.close()

    def _with_slips(self, cells: list[Cell]) -> Iterator[list[Cell]]:
        yield cells
        if slip := self._slips.pop(self.rows, None):
            self.spoilt += 1
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
    """With a title above the headings, as people like it, and numbers for all that looks like one, as Excel does."""

    def __init__(self, path: Path, _: str, headings: list[str]) -> None:
        self._path = path
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("ผู้สำเร็จการศึกษา")
        for row in ([_TITLE], [], headings):
            self._sheet.append(row)

    def add(self, cells: list[Cell]) -> None:
        self._sheet.append([int(cell) if isinstance(cell, str) and cell.isdecimal() else cell for cell in cells])

    def close(self) -> None:
        self._book.save(self._path)


_FORMATS: Final[dict[str, Callable[[Path, str, list[str]], _File]]] = {
    ".csv": _Csv,
    ".jsonl": _JsonLines,
    ".xlsx": _Excel,
}
