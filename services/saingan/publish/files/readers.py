"""Export files by their format: what reads them, and what writes their refused rows.

Constant memory: a row is read when it is asked for, and a refused one written when it is refused.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from saingan.errors import Fault
from saingan.publish.files.delimited import DelimitedTable
from saingan.publish.files.excel.reader import ExcelTable
from saingan.publish.files.jsonlines import JsonLinesTable
from saingan.publish.files.refused import DelimitedWriter, ExcelWriter, JsonLinesWriter, RefusedFile, Writer
from saingan.publish.files.sentences import FileFault
from saingan.publish.files.signatures import holds_workbook
from saingan.publish.files.table import Table


class _Format(NamedTuple):
    suffix: str  # of the refused rows
    table: Callable[[Path, Collection[str]], Table]
    writer: Callable[[IO[bytes], Any], Writer]


_CSV: Final = _Format(".csv", DelimitedTable, DelimitedWriter)
_JSON_LINES: Final = _Format(".jsonl", JsonLinesTable, JsonLinesWriter)
_EXCEL: Final = _Format(".xlsx", ExcelTable, ExcelWriter)
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


def open_table(path: Path, wanted: Collection[str], sheet: str | None = None, all_sheets: bool = False) -> Table:
    """Open an export file; close it when done.

    Args:
        wanted: headings, as `table.plain_heading` makes them, by which the header row is known.
        sheet: of a workbook, the sheet to read.
        all_sheets: of a workbook, read each sheet that has the headings.

    Raises:
        Fault: there is no such file, or it is empty, damaged, without headings or of a format that we do not read.
    """
    if not path.is_file():
        raise FileFault("no-file", path=path)
    try:
        return _opened(path, wanted, sheet, all_sheets)
    except FileFault as fault:
        raise fault.of(path.name) from None
    except Fault as fault:
        raise Fault(f"{path.name}: {fault}") from None
    except OSError as error:
        raise FileFault("cannot-be-read", why=error.strerror).of(path.name) from None
    except Exception as error:  # what a reader may raise of a damaged file is no closed list
        raise FileFault("damaged", why=type(error).__name__).of(path.name) from error


def refused_file(source: Path, table: Table) -> RefusedFile:
    """The file for the refused rows of an input that is open."""
    made = _format(source)
    return RefusedFile(source, table, made.suffix, made.writer)


def _opened(path: Path, wanted: Collection[str], sheet: str | None, all_sheets: bool) -> Table:
    workbook = holds_workbook(path)
    made = _format(path)
    if made is _EXCEL:
        if not workbook:
            raise FileFault("no-workbook")
        return ExcelTable(path, wanted, sheet, all_sheets)
    if workbook:
        raise FileFault("named-as-text")
    if sheet is not None or all_sheets:
        raise FileFault("no-sheets")
    return made.table(path, wanted)


def _format(path: Path) -> _Format:
    suffix = path.suffix.lower()
    if suffix == ".zip":
        raise FileFault("archive")
    found = _FORMATS.get(suffix)
    if found is None:
        raise FileFault("unknown-format", suffix=suffix or "-", known=", ".join(_FORMATS))
    return found
