"""Export files by their format, and the file of refused rows beside them.

Constant memory: a row is read when it is asked for, and a refused one written when it is refused.
"""

import os
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, NamedTuple, Self

from saingan.errors import Fault
from saingan.publish.delimited import DelimitedRefused, DelimitedTable
from saingan.publish.excel import ExcelRefused, ExcelTable
from saingan.publish.jsonlines import JsonLinesRefused, JsonLinesTable
from saingan.publish.sentences import FileFault
from saingan.publish.table import RefusedRows, Row, Table


class _Format(NamedTuple):
    suffix: str  # of the refused rows
    table: Callable[[Path, Collection[str]], Table]
    refused: Callable[[IO[bytes], Any], RefusedRows]


_CSV: Final = _Format(".csv", DelimitedTable, DelimitedRefused)
_JSON_LINES: Final = _Format(".jsonl", JsonLinesTable, JsonLinesRefused)
_EXCEL: Final = _Format(".xlsx", ExcelTable, ExcelRefused)
_FORMATS: Final = {
    ".csv": _CSV,
    ".tsv": _CSV,
    ".txt": _CSV,
    ".jsonl": _JSON_LINES,
    ".ndjson": _JSON_LINES,
    ".json": _JSON_LINES,
    ".xlsx": _EXCEL,
    ".xlsm": _EXCEL,
}


def open_table(path: Path, wanted: Collection[str]) -> Table:
    """Open an export file; close it when done.

    Args:
        wanted: headings, as `table.plain_heading` makes them, by which the header row is known.

    Raises:
        Fault: there is no such file, or it is empty, damaged, without headings or of a format that we do not read.
    """
    if not path.is_file():
        raise FileFault("no-file", path=path)
    try:
        return _format(path).table(path, wanted)
    except FileFault as fault:
        raise fault.of(path.name) from None
    except Fault as fault:
        raise Fault(f"{path.name}: {fault}") from None
    except OSError as error:
        raise FileFault("cannot-be-read", why=error.strerror).of(path.name) from None


class RefusedFile:
    """The rows that were refused, beside the input and readable by its owner alone: they hold citizen IDs.

    It takes the place of an earlier run's when all has been read; where nothing was refused, none remains.

    Attributes:
        path: ``<name>.refused.<csv, jsonl or xlsx>``
    """

    def __init__(self, source: Path, table: Table) -> None:
        self._format = _format(source)
        self._table = table
        self._rows: RefusedRows | None = None
        self.path = source.with_name(f"{source.stem}.refused{self._format.suffix}")
        self._part = self.path.with_name(f"{self.path.name}.part")

    def add(self, row: Row, reason: str) -> None:
        if self._rows is None:
            self._rows = self._format.refused(self._created(), self._table)
        self._rows.add(row, reason)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if self._rows is not None:
            self._rows.close()
        if kind is not None:
            self._part.unlink(missing_ok=True)
        elif self._rows is not None:
            self._part.replace(self.path)
        else:
            self.path.unlink(missing_ok=True)

    def _created(self) -> IO[bytes]:
        try:
            self._part.unlink(missing_ok=True)
            return os.fdopen(os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        except OSError as error:
            raise Fault(f"the refused rows cannot be written to {self.path}: {error.strerror}") from None


def _format(path: Path) -> _Format:
    found = _FORMATS.get(path.suffix.lower())
    if found is None:
        raise Fault(f"{path.name} is not of a format that is read: {', '.join(_FORMATS)}")
    return found
