"""The rows and cells of a sheet: what a person sees in a cell is what is read, or the cell is refused."""

import pytest
from openpyxl.worksheet.formula import ArrayFormula

from saingan.publish.files.table import Flaw
from support.exports import cell as day
from support.tables import broken, cells, names, read
from support.workbooks import BOOK, HEADER, SHEET, altered, cell, one_sheet


def test_hidden_rows_are_read_and_counted(tmp_path):
    def filtered(made):
        made.row_dimensions[2].hidden = made.row_dimensions[4].hidden = True

    path = one_sheet(tmp_path / "a.xlsx", [cell(1), cell(2), cell(3)], filtered)
    assert names(path) == ["x1", "x2", "x3"]
    assert read(path)[1].origin.hidden == 2


def test_rows_of_empty_texts_and_repeated_headings_are_passed_over(tmp_path):
    path = one_sheet(tmp_path / "a.xlsx", [cell(1), ["", " ", ""], ["\u200b", "\u00a0", None], HEADER, cell(2)])
    assert (names(path), read(path)[1].origin.empty) == (["x1", "x2"], 3)


@pytest.mark.parametrize("formula", ["=B2*2", ArrayFormula("B2:B2", "=A2"), '=IF(A2="","",1)'])
def test_a_formula_that_was_never_calculated_is_no_empty_cell(tmp_path, formula):
    ((_, found),) = cells(one_sheet(tmp_path / "a.xlsx", [["x1", formula]]))
    assert isinstance(found, Flaw)
    assert found.rule == "formula"


@pytest.mark.parametrize(("value", "expected"), [("<v>7</v>", 7), ("<v></v>", None)])
def test_a_calculated_formula_has_its_value(tmp_path, value, expected):
    path = one_sheet(tmp_path / "a.xlsx", [["x1", "=6+1", day("2025-03-01")]])
    kind = "" if expected else ' t="str"'
    altered(path, SHEET, r'<c r="B2"[^>]*><f>6\+1</f><v ?/></c>', f'<c r="B2"{kind}><f>6+1</f>{value}</c>')
    ((_, found, _),) = cells(path)
    assert found == expected


def test_a_zero_that_no_program_has_calculated_is_no_value(tmp_path):
    path = one_sheet(tmp_path / "a.xlsx", [["x1", "=6+1"]])
    altered(path, SHEET, r"<f>6\+1</f><v ?/>", "<f>6+1</f><v>0</v>")
    altered(path, BOOK, r"<calcPr[^>]*>", '<calcPr fullCalcOnLoad="1"/>')
    assert cells(path)[0][1].rule == "formula"
    altered(path, BOOK, r"<calcPr[^>]*>", '<calcPr calcId="1"/>')
    assert cells(path)[0][1] == 0


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#NEW!"])
def test_an_error_is_refused_whatever_its_name(tmp_path, error):
    path = one_sheet(tmp_path / "a.xlsx", [["x1", 1]])
    altered(path, SHEET, r'<c r="B2"[^>]*><v>1</v></c>', f'<c r="B2" t="e"><v>{error}</v></c>')
    found = cells(path)[0][1]
    assert (found.rule, found.kept) == ("spreadsheet", error)


def test_a_note_beside_the_table_is_told_as_one_cell_too_many(tmp_path):
    path = one_sheet(tmp_path / "a.xlsx", [cell(1), [*cell(2), None, "ตรวจแล้ว"]])
    assert (names(path), broken(path)) == (["x1"], [(3, "columns")])
