"""Which sheets of a workbook are read, and which are named as not read."""

import pytest

from saingan.errors import Fault
from support.exports import cell as day
from support.tables import names, read
from support.workbooks import HEADER, cell, workbook

MONTHS = {
    "ม.ค.": [HEADER, cell(1), cell(2)],
    "ก.พ.": [["title"], [], HEADER, cell(3)],
    "มี.ค.": [("day", "name", "n"), [day("2025-03-05"), "x4", 4]],
}


def book(tmp_path, sheets=MONTHS, change=None):
    return workbook(tmp_path / "a.xlsx", sheets, change)


def test_several_sheets_with_the_headings_are_refused_until_one_is_named(tmp_path):
    path = book(tmp_path)
    with pytest.raises(Fault, match=r"Several sheets have the headings: ม\.ค\., ก\.พ\., มี\.ค\."):
        read(path)
    assert names(path, sheet="ก.พ.") == ["x3"]
    with pytest.raises(Fault, match=r"There is no sheet เม\.ย\.\. The sheets are ม\.ค\., ก\.พ\., มี\.ค\."):
        read(path, sheet="เม.ย.")


def test_all_sheets_are_read_whatever_the_order_of_their_columns(tmp_path):
    rows, table = read(book(tmp_path), all_sheets=True)
    assert [row.cells[:2] for row in rows] == [["x1", 1], ["x2", 2], ["x3", 3], ["x4", 4]]
    assert [row.place for row in rows] == ["ม.ค.!2", "ม.ค.!3", "ก.พ.!4", "มี.ค.!2"]
    assert table.origin.sheets == ("ม.ค.", "ก.พ.", "มี.ค.")
    assert table.origin.lines == 9


def test_sheets_that_differ_in_what_is_read_are_not_read_as_one(tmp_path):
    path = book(tmp_path, MONTHS | {"เม.ย.": [("name", "other", "n"), ["x5", "?", 5]]})
    with pytest.raises(Fault, match=r"The sheet เม\.ย\. lacks the column day"):
        read(path, {"name", "n", "day"}, all_sheets=True)
    assert read(path, {"name", "n"}, all_sheets=True)[0][-1].cells == ["x5", 5, None]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_passed_over_and_named(tmp_path, state):
    path = book(tmp_path, {"old": [HEADER, cell(9)], "new": [HEADER, cell(1)]}, lambda made: hide(made, state))
    assert names(path) == ["x1"]
    assert read(path)[1].origin.other_sheets == ("old (hidden)",)
    assert names(path, sheet="old") == ["x9"]


def hide(made, state):
    made["old"].sheet_state = state


@pytest.mark.parametrize(
    "other", [[HEADER], [["a", "b"], [1, 2]], [["heading", "meaning"], ["name", "its name"], ["n", "its number"]], []]
)
def test_a_sheet_that_is_no_table_of_records_does_not_count(tmp_path, other):
    path = book(tmp_path, {"other": other, "data": [HEADER, cell(1)]})
    assert names(path) == ["x1"]
    assert (read(path)[1].origin.sheets, read(path)[1].origin.other_sheets) == (("data",), ("other",))


def test_a_sheet_is_asked_of_a_workbook_alone(tmp_path):
    (tmp_path / "a.csv").write_text("name,n\nx,1\n", encoding="utf-8")
    with pytest.raises(Fault, match="This file has no sheets"):
        read(tmp_path / "a.csv", sheet="data")
