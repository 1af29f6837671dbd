"""Excel workbooks (.xlsx): the sheet and the row that hold the headings are found, the rest is read as a stream."""

import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from saingan.errors import Fault
from saingan.publish.table import HEADER_WITHIN, Row, headings_in, hits, ragged

_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, KeyError, ValueError, EOFError)


class ExcelTable:
    """See `table.Table`."""

    def __init__(self, path: Path, wanted: Collection[str]) -> None:
        self._book = _opened(path)
        try:
            sheet, self._height, header = self._header(wanted)
        except _DAMAGED as error:
            self._book.close()
            raise _damaged(error) from None
        self._cells = sheet.iter_rows(values_only=True)
        *_, cells = islice(self._cells, header + 1)
        self.headings = headings_in(cells)
        self._read = header + 1

    def rows(self) -> Iterator[Row]:
        wide = len(self.headings)
        try:
            for cells in self._cells:
                self._read += 1
                if all(cell is None for cell in cells):
                    continue
                if any(cell is not None for cell in cells[wide:]):
                    yield Row(self._read, list(cells), ragged(cells, self.headings))
                else:
                    yield Row(self._read, list(cells[:wide]))
        except _DAMAGED as error:
            raise _damaged(error) from None

    def done(self) -> float:
        return min(1.0, self._read / max(self._height, self._read))

    def close(self) -> None:
        self._book.close()

    def _header(self, wanted: Collection[str]) -> tuple[Any, int, int]:
        """The sheet with the headings, its stated height, and the header's row from 0."""
        best: tuple[int, Any, int, int] | None = None
        for sheet in self._book.worksheets:
            height = sheet.max_row or 0
            sheet.reset_dimensions()  # some programs state them wrongly
            for number, cells in enumerate(islice(sheet.iter_rows(values_only=True), HEADER_WITHIN)):
                score = hits(cells, wanted)
                if any(cell is not None for cell in cells) and (best is None or score > best[0]):
                    best = (score, sheet, height, number)
        if best is None:
            self._book.close()
            raise Fault("the workbook has no headings")
        return best[1:]


def _opened(path: Path) -> Any:
    if path.stat().st_size == 0:
        raise Fault("the file is empty")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and the like
            return load_workbook(path, read_only=True, data_only=True)
    except _DAMAGED as error:
        raise _damaged(error) from None


def _damaged(error: Exception) -> Fault:
    return Fault(
        f"not a readable .xlsx workbook ({type(error).__name__}): is it damaged, locked by a password or an old .xls? "
        "Save it again as .xlsx without a password"
    )
