"""What a cell's number format shows: leading digits and days."""

import pytest

from support.exports import cell as day
from support.tables import cells
from support.workbooks import BOOK, SHEET, STYLES, altered, cell, one_sheet


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (12345, "0000000000", "0000012345"),
        (20016101, "0000000000", "0020016101"),
        (199900000017, "0-0000-00000-00-0", "0-1999-00000-01-7"),
        (25691, '"S"00"-"0000', "S02-5691"),
        (1234, '0000"-A"', "1234-A"),
        (12, 'General"-A"', "12-A"),
        (12345678, "0000-0000", "1234-5678"),
        (123456789, "0000-0000", "12345-6789"),
        (7, "###-##0", "-7"),
        (123456, "0000\\.00", "1234.56"),
        (1234567890, "0 0000 00000", "1 2345 67890"),
        (12, "t0000", "0012"),
        (2569, '_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)', 2569),
        (2569, "#,##0.00;[Red]-#,##0.00", 2569),
        (256900000001, "0.00E+00", 256900000001),
        (5, "[<0]0;0", 5),
        (5, '฿#,##0" บาท"', 5),
        (5, "@", 5),
        (12, '"E-"0000', "E-0012"),
        (12, "\\E0000", "E0012"),
        (123456, "0000", "123456"),
        (5, "#,##0", 5),
        (5, "0", 5),
        (5, '0" คน"', 5),
        (5, "General", 5),
        (5.5, "0000", 5.5),
        (5, "0.00", 5),
        (-5, "0000", -5),
        (7, "000;-000;@", "007"),
        (7, "[$-41E]000", "007"),
    ],
)
def test_digits_that_only_the_format_shows_are_kept(tmp_path, value, code, shown):
    def formatted(made):
        made["B2"].number_format = code

    assert cells(one_sheet(tmp_path / "a.xlsx", [["x1", value]], formatted))[0][1] == shown


@pytest.mark.parametrize("code", ["0%", "0,", "# ?/?", "00/0000", "[<=9999999]0000-000;(00) 0000-000", "0x0"])
def test_a_number_that_is_shown_otherwise_is_refused(tmp_path, code):
    def formatted(made):
        made["B2"].number_format = code

    assert cells(one_sheet(tmp_path / "a.xlsx", [["x1", 1234567]], formatted))[0][1].rule == "spreadsheet"


@pytest.mark.parametrize(
    "code",
    [
        "dd/mm/yyyy",
        "[$-D07041E]d mmm yyyy;@",
        "[$-107041E]d/m/bbbb",
        "ว/ด/ปปปป",
        'd "เดือน" m',
        "yyyy\\-mm\\-dd",
        "d.m.yy",
    ],
)
def test_dates_in_any_format_are_dates(tmp_path, code):
    def formatted(made):
        made["C2"].number_format = code

    assert cells(one_sheet(tmp_path / "a.xlsx", [cell(1)], formatted))[0][2] == day("2025-03-02")


@pytest.mark.parametrize("number", [14, 22, 27, 36, 57, 71, 74, 77, 81])
def test_dates_in_the_formats_of_asian_excels_are_dates(tmp_path, number):
    path = altered(
        one_sheet(tmp_path / "a.xlsx", [cell(1)]), STYLES, r'(<cellXfs.*)numFmtId="1\d\d"', rf'\1numFmtId="{number}"'
    )
    assert cells(path)[0][2] == day("2025-03-02")


def test_a_number_that_is_no_day_is_refused(tmp_path):
    path = altered(one_sheet(tmp_path / "a.xlsx", [cell(1)]), SHEET, r'(<c r="C2"[^>]*><v>)\d+', r"\g<1>99999999")
    assert cells(path)[0][2].rule == "spreadsheet"


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path):
    path = altered(one_sheet(tmp_path / "a.xlsx", [cell(1)]), BOOK, "<workbookPr ?/>", '<workbookPr date1904="1"/>')
    assert cells(path)[0][2] == day("2029-03-03")
