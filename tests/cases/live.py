"""What a spreadsheet would run of a file that it opens."""

import csv
import re
from pathlib import Path

from openpyxl import load_workbook

LIVE = re.compile(r"[=@\t\r]|[+-](?![\d.,]*$)")  # a lone sign and a plain number run nothing


def live_cells(path: Path) -> list[str]:
    """The places of formulas in a workbook, and of texts in a CSV that a spreadsheet takes for formulas."""
    if path.suffix == ".xlsx":
        sheets = load_workbook(path).worksheets
        return [
            cell.coordinate for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
        ]
    if path.suffix != ".csv":
        return []
    text = path.read_text(encoding="utf-8-sig")
    rows = csv.reader(text.splitlines(keepends=True), csv.Sniffer().sniff(text.splitlines()[0], ",;\t|"))
    return [
        f"{line}:{place}" for line, cells in enumerate(rows, 1) for place, cell in enumerate(cells) if LIVE.match(cell)
    ]
