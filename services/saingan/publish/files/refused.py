"""The file of refused rows beside the input: whole, or not there; readable by its owner alone, for it has citizen IDs.

Its name holds the input's whole name, so no two inputs share one: ``a.csv`` has ``a.csv.refused.csv``, ``a.txt`` has
``a.txt.refused.csv``. Sent again, ``a.csv.refused.csv`` has ``a.csv.refused.2.csv``, that one ``a.csv.refused.3.csv``.
"""

import csv
import io
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Protocol, Self

import msgspec
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from saingan.publish.files import inert
from saingan.publish.files.sentences import FileFault
from saingan.publish.files.table import REASON, Row, Table, without_reason

_SENT_AGAIN: Final = r"(?P<input>.+)\.refused(?:\.(?P<round>[2-9]|[1-9]\d+))?"
_NUMBERS: Final = (int, float)


class Writer(Protocol):
    """Writes refused rows in one format."""

    def add(self, row: Row, reason: str) -> None: ...

    def close(self) -> None:
        """Write what is left; the file under it stays open."""


class DelimitedWriter:
    """UTF-8 with BOM, so that Excel shows the Thai; no cell is a formula, see `inert`."""

    def __init__(self, file: IO[bytes], table: Any) -> None:
        self._headings = table.headings
        self._text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        self._lines = csv.writer(self._text, delimiter=table.delimiter)
        self._write([REASON, *without_reason(self._headings, self._headings)])

    def add(self, row: Row, reason: str) -> None:
        # a row that was too short stays so: filled up, it would pass when it is sent again
        self._write([reason, *without_reason(self._headings, row.cells)])

    def close(self) -> None:
        self._text.detach()

    def _write(self, cells: list[Any]) -> None:
        self._lines.writerow([inert.escaped("" if cell is None else str(cell)) for cell in cells])


class JsonLinesWriter:
    """Each object as it was, with all its keys."""

    def __init__(self, file: IO[bytes], _table: Any) -> None:
        self._file = file

    def add(self, row: Row, reason: str) -> None:
        self._file.write(msgspec.json.encode({REASON: reason} | {**(row.raw or {}), REASON: reason}) + b"\n")

    def close(self) -> None:
        """Nothing is left."""


class ExcelWriter:
    """One sheet. A text stays a text, whatever it begins with and however a person edits its cell."""

    def __init__(self, file: IO[bytes], table: Table) -> None:
        self._file = file
        self._headings = table.headings
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet("refused")
        self._write([REASON, *without_reason(self._headings, self._headings)])

    def add(self, row: Row, reason: str) -> None:
        self._write([reason, *without_reason(self._headings, row.cells)])

    def close(self) -> None:
        self._book.save(self._file)

    def _write(self, cells: list[Any]) -> None:
        self._sheet.append([self._cell(cell) for cell in cells])

    def _cell(self, value: Any) -> Any:
        if value is None or isinstance(value, _NUMBERS) or hasattr(value, "isoformat"):
            return value
        cell = WriteOnlyCell(self._sheet, ILLEGAL_CHARACTERS_RE.sub("\ufffd", str(value)))
        cell.data_type = "s"  # else a text that begins with `=` is written as a formula, `#N/A` as an error
        cell.number_format = "@"
        cell.quotePrefix = True
        return cell


class RefusedFile:
    """The rows that were refused. It takes the place of an earlier run's when it is whole, in one step.

    Two runs on one input write apart, and the one that ends last has its file stand.

    Attributes:
        path: see the module.
    """

    def __init__(self, source: Path, table: Table, suffix: str, writer: Callable[[IO[bytes], Any], Writer]) -> None:
        self.path = source.with_name(_name(source.name, suffix))
        self._table = table
        self._make = writer
        self._file: IO[bytes] | None = None
        self._part: Path | None = None
        self._writer: Writer | None = None

    def add(self, row: Row, reason: str) -> None:
        """Write a row. Raises `Fault` where the disk does not take it."""
        try:
            if self._writer is None:
                self._writer = self._make(self._created(), self._table)
            self._writer.add(row, reason)
        except OSError as error:
            raise self._fault(error) from None

    def finish(self, read_to_end: bool) -> None:
        """Put the file in its place; without refused rows none remains, if the input was read to its end.

        Raises:
            Fault: the disk or the folder does not take it; an earlier run's file stands as it was.
        """
        try:
            if self._writer is not None and self._file is not None and self._part is not None:
                self._writer.close()
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()
                self._part.replace(self.path)
                self._part = None
            elif read_to_end and self.path.is_file():
                self.path.unlink()
        except OSError as error:
            raise self._fault(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        if self._part is None:
            return
        for last in (self._writer, self._file):
            if last is not None:
                with suppress(OSError, ValueError):  # what the disk did not take is given up
                    last.close()
        self._part.unlink(missing_ok=True)

    def _created(self) -> IO[bytes]:
        handle, name = tempfile.mkstemp(prefix=f"{self.path.name}.", suffix=".part", dir=self.path.parent)  # mode 0600
        self._part = Path(name)
        self._file = os.fdopen(handle, "wb")
        return self._file

    def _fault(self, error: OSError) -> FileFault:
        return FileFault("refused-file", name=self.path.name, why=error.strerror)


def _name(source: str, suffix: str) -> str:
    """Of the refused rows of an input; no two inputs give the same."""
    again = re.fullmatch(_SENT_AGAIN + re.escape(suffix), source)
    if again is None:
        return f"{source}.refused{suffix}"
    return f"{again['input']}.refused.{int(again['round'] or 1) + 1}{suffix}"
