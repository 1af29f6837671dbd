"""CSV: comma, semicolon or tab; UTF-8 with or without BOM, UTF-16 with one, or cp874."""

import codecs
import csv
import io
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from saingan.errors import Fault
from saingan.publish import inert
from saingan.publish.table import HEADER_WITHIN, REASON, Row, headings_in, hits, ragged

_DELIMITERS: Final = ",;\t"
_BLOCK: Final = 1 << 16


class DelimitedTable:
    """See `table.Table`."""

    def __init__(self, path: Path, wanted: Collection[str]) -> None:
        encoding = encoding_of(path)
        self.delimiter, header = _layout(path, encoding, wanted)
        self._size = path.stat().st_size
        self._raw = path.open("rb")
        self._text = io.TextIOWrapper(self._raw, encoding, newline="")
        self._lines = csv.reader(self._text, delimiter=self.delimiter, strict=True)
        try:
            *_, cells = islice(self._lines, header + 1)
        except csv.Error as error:
            self.close()
            raise self._broken(error) from None
        self.headings = headings_in(cells)
        self._refused_before = REASON in self.headings
        if self._refused_before:
            self.headings = [inert.unescaped(heading) for heading in self.headings]

    def rows(self) -> Iterator[Row]:
        try:
            for cells in self._lines:
                if any(cells):
                    if self._refused_before:
                        cells = [inert.unescaped(cell) for cell in cells]
                    yield Row(self._lines.line_num, cells, ragged(cells, self.headings))
        except csv.Error as error:
            raise self._broken(error) from None

    def done(self) -> float:
        return self._raw.tell() / self._size

    def close(self) -> None:
        self._text.close()

    def _broken(self, error: csv.Error) -> Fault:
        return Fault(f'line {self._lines.line_num}: {error}; is there an open or single quote (")?')


def encoding_of(path: Path) -> str:
    """How a text file is encoded, proved on all of it.

    Raises:
        Fault: it is empty, or neither UTF-8, UTF-16 with BOM nor cp874.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise Fault("the file is empty")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(b"PK\x03\x04"):
        raise Fault("this is a spreadsheet or an archive, not a text file: name it .xlsx, or unpack it")
    for encoding in ("utf-8-sig", "cp874"):
        if _is(path, encoding):
            return encoding
    raise Fault("the text is neither UTF-8 nor cp874 (Thai Windows): export it as `CSV UTF-8`")


def _is(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                if b"\0" in block:
                    return False
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _layout(path: Path, encoding: str, wanted: Collection[str]) -> tuple[str, int]:
    """Separator and number of the header row: where the most of the wanted headings are found."""
    with path.open(encoding=encoding, newline="") as file:
        lines = list(islice(file, HEADER_WITHIN))
    found = [
        (hits(cells, wanted), -number, len(cells), delimiter)
        for delimiter in _DELIMITERS
        for number, cells in enumerate(_parsed(lines, delimiter))
        if any(cells)
    ]
    if not found:
        raise Fault("the file has no headings")
    _, number, _, delimiter = max(found)
    return delimiter, -number


def _parsed(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    return list(csv.reader(lines, delimiter=delimiter))
