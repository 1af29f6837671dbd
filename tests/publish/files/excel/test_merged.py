"""Merged cells: which of them have a value, and which are refused."""

from support.exports import cell as day
from support.tables import cells, names, read
from support.workbooks import cell, one_sheet, workbook


def test_cells_merged_over_rows_have_their_value_in_each(tmp_path):
    rows = [["x1", 1, day("2025-03-31")], ["x2", None, None], ["x3", None, None], cell(4)]
    path = one_sheet(tmp_path / "a.xlsx", rows, lambda made: (made.merge_cells("B2:B4"), made.merge_cells("C2:C3")))
    assert cells(path)[:3] == [
        ["x1", 1, day("2025-03-31")],
        ["x2", 1, day("2025-03-31")],
        ["x3", 1],
    ]
    assert read(path)[1].origin.merged == 3


def test_cells_merged_over_columns_are_refused_where_they_have_no_value(tmp_path):
    path = one_sheet(tmp_path / "a.xlsx", [["x1", 1, None], ["x2", None, None]], lambda made: made.merge_cells("B2:C3"))
    first, second = cells(path)
    assert first[:2] == ["x1", 1]
    assert {found.rule for found in (first[2], second[1], second[2])} == {"merged"}


def test_merged_cells_make_no_row_of_an_empty_one(tmp_path):
    path = one_sheet(
        tmp_path / "a.xlsx", [cell(1), [None, None, None], cell(3)], lambda made: made.merge_cells("B2:B3")
    )
    assert names(path) == ["x1", "x3"]


def test_merged_cells_without_a_value_stay_empty(tmp_path):
    path = one_sheet(
        tmp_path / "a.xlsx", [["x1", None, None], ["x2", None, None]], lambda made: made.merge_cells("B2:C3")
    )
    assert cells(path) == [["x1"], ["x2"]]


def test_headings_over_two_rows_are_one(tmp_path):
    rows = [("name", "group", None), (None, "n", "day"), cell(1), cell(2)]
    assert names(workbook(tmp_path / "a.xlsx", {"s": rows})) == ["x1", "x2"]
    merged = workbook(tmp_path / "b.xlsx", {"s": rows}, lambda made: made.active.merge_cells("A1:A2"))
    assert names(merged) == ["x1", "x2"]
    assert read(merged)[1].headings == ["name", "n", "day"]
