"""Workbooks: what a person sees in a cell is what is read, or the cell is refused."""

import zipfile

import pytest
from openpyxl.worksheet.formula import ArrayFormula

from saingan.errors import Fault
from saingan.publish.files.table import Flaw
from support.exports import cell as day
from support.tables import broken, cells, read
from support.workbooks import HEADER, altered, cell, everywhere, one_sheet, with_shared_texts, workbook

SHEET, STYLES, BOOK = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"
MONTHS = {
    "ม.ค.": [HEADER, cell(1), cell(2)],
    "ก.พ.": [["title"], [], HEADER, cell(3)],
    "มี.ค.": [("day", "name", "n"), [day("2025-03-05"), "x4", 4]],
}


def names(path, **options):
    return [row[0] for row in cells(path, **options)]


def book(tmp_path, sheets=MONTHS, change=None):
    return workbook(tmp_path / "a.xlsx", sheets, change)


def sheet(tmp_path, rows, change=None):
    return one_sheet(tmp_path / "a.xlsx", rows, change)


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


def test_hidden_rows_are_read_and_counted(tmp_path):
    def filtered(made):
        made.row_dimensions[2].hidden = made.row_dimensions[4].hidden = True

    path = sheet(tmp_path, [cell(1), cell(2), cell(3)], filtered)
    assert names(path) == ["x1", "x2", "x3"]
    assert read(path)[1].origin.hidden == 2


def test_rows_of_empty_texts_and_repeated_headings_are_passed_over(tmp_path):
    path = sheet(tmp_path, [cell(1), ["", " ", ""], ["\u200b", "\u00a0", None], HEADER, cell(2)])
    assert (names(path), read(path)[1].origin.empty) == (["x1", "x2"], 3)


def test_cells_merged_over_rows_have_their_value_in_each(tmp_path):
    rows = [["x1", 1, day("2025-03-31")], ["x2", None, None], ["x3", None, None], cell(4)]
    path = sheet(tmp_path, rows, lambda made: (made.merge_cells("B2:B4"), made.merge_cells("C2:C3")))
    assert cells(path)[:3] == [
        ["x1", 1, day("2025-03-31")],
        ["x2", 1, day("2025-03-31")],
        ["x3", 1],
    ]
    assert read(path)[1].origin.merged == 3


def test_cells_merged_over_columns_are_refused_where_they_have_no_value(tmp_path):
    path = sheet(tmp_path, [["x1", 1, None], ["x2", None, None]], lambda made: made.merge_cells("B2:C3"))
    first, second = cells(path)
    assert first[:2] == ["x1", 1]
    assert {found.rule for found in (first[2], second[1], second[2])} == {"merged"}


def test_merged_cells_make_no_row_of_an_empty_one(tmp_path):
    path = sheet(tmp_path, [cell(1), [None, None, None], cell(3)], lambda made: made.merge_cells("B2:B3"))
    assert names(path) == ["x1", "x3"]


def test_merged_cells_without_a_value_stay_empty(tmp_path):
    path = sheet(tmp_path, [["x1", None, None], ["x2", None, None]], lambda made: made.merge_cells("B2:C3"))
    assert cells(path) == [["x1"], ["x2"]]


def test_headings_over_two_rows_are_one(tmp_path):
    rows = [("name", "group", None), (None, "n", "day"), cell(1), cell(2)]
    assert names(workbook(tmp_path / "a.xlsx", {"s": rows})) == ["x1", "x2"]
    merged = workbook(tmp_path / "b.xlsx", {"s": rows}, lambda made: made.active.merge_cells("A1:A2"))
    assert names(merged) == ["x1", "x2"]
    assert read(merged)[1].headings == ["name", "n", "day"]


@pytest.mark.parametrize("formula", ["=B2*2", ArrayFormula("B2:B2", "=A2"), '=IF(A2="","",1)'])
def test_a_formula_that_was_never_calculated_is_no_empty_cell(tmp_path, formula):
    ((_, found),) = cells(sheet(tmp_path, [["x1", formula]]))
    assert isinstance(found, Flaw)
    assert found.rule == "formula"


@pytest.mark.parametrize(("value", "expected"), [("<v>7</v>", 7), ("<v></v>", None)])
def test_a_calculated_formula_has_its_value(tmp_path, value, expected):
    path = sheet(tmp_path, [["x1", "=6+1", day("2025-03-01")]])
    kind = "" if expected else ' t="str"'
    altered(path, SHEET, r'<c r="B2"[^>]*><f>6\+1</f><v ?/></c>', f'<c r="B2"{kind}><f>6+1</f>{value}</c>')
    ((_, found, _),) = cells(path)
    assert found == expected


def test_a_zero_that_no_program_has_calculated_is_no_value(tmp_path):
    path = sheet(tmp_path, [["x1", "=6+1"]])
    altered(path, SHEET, r"<f>6\+1</f><v ?/>", "<f>6+1</f><v>0</v>")
    altered(path, BOOK, r"<calcPr[^>]*>", '<calcPr fullCalcOnLoad="1"/>')
    assert cells(path)[0][1].rule == "formula"
    altered(path, BOOK, r"<calcPr[^>]*>", '<calcPr calcId="1"/>')
    assert cells(path)[0][1] == 0


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#NEW!"])
def test_an_error_is_refused_whatever_its_name(tmp_path, error):
    path = sheet(tmp_path, [["x1", 1]])
    altered(path, SHEET, r'<c r="B2"[^>]*><v>1</v></c>', f'<c r="B2" t="e"><v>{error}</v></c>')
    found = cells(path)[0][1]
    assert (found.rule, found.kept) == ("spreadsheet", error)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (12345, "0000000000", "0000012345"),
        (20016101, "0000000000", "0020016101"),
        (199900000017, "0-0000-00000-00-0", "0199900000017"),
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

    assert cells(sheet(tmp_path, [["x1", value]], formatted))[0][1] == shown


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

    assert cells(sheet(tmp_path, [cell(1)], formatted))[0][2] == day("2025-03-02")


@pytest.mark.parametrize("number", [14, 22, 27, 36, 57, 71, 74, 77, 81])
def test_dates_in_the_formats_of_asian_excels_are_dates(tmp_path, number):
    path = altered(sheet(tmp_path, [cell(1)]), STYLES, r'(<cellXfs.*)numFmtId="1\d\d"', rf'\1numFmtId="{number}"')
    assert cells(path)[0][2] == day("2025-03-02")


def test_a_number_that_is_no_day_is_refused(tmp_path):
    path = altered(sheet(tmp_path, [cell(1)]), SHEET, r'(<c r="C2"[^>]*><v>)\d+', r"\g<1>99999999")
    assert cells(path)[0][2].rule == "spreadsheet"


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path):
    path = altered(sheet(tmp_path, [cell(1)]), BOOK, "<workbookPr ?/>", '<workbookPr date1904="1"/>')
    assert cells(path)[0][2] == day("2029-03-03")


@pytest.mark.parametrize(
    ("written", "seen"), [("ช่าง_x000D_\nยนต์", "ช่าง\nยนต์"), ("หัวหน้า_x000a_", "หัวหน้า\n"), ("a_x005F_b", "a_b")]
)
def test_escapes_of_the_xml_are_what_they_stand_for(tmp_path, written, seen):
    assert cells(sheet(tmp_path, [[written, 1]]))[0][0] == seen


@pytest.mark.parametrize(
    ("part", "pattern", "replacement"),
    [
        (STYLES, r"<fill>.*?</fill>", "<fill/>"),
        (STYLES, r"<patternFill ?/?>", '<patternFill extLst="1"/>'),
        (STYLES, r"(?s)\A.+\Z", "<styleSheet/>"),
        (SHEET, r"<dimension[^>]*>", '<dimension ref="A1"/>'),
        (SHEET, r"<dimension[^>]*>", ""),
        (SHEET, r' r="[A-Z]*\d+"', ""),
        (SHEET, r' s="\d+"', ' s="99"'),
        (SHEET, "<(/?)(worksheet|sheetData|row|c|v)(?=[ />])", r"<\1x:\2"),
    ],
)
def test_what_other_programs_write_is_read(tmp_path, part, pattern, replacement):
    path = altered(sheet(tmp_path, [cell(1), cell(2)]), part, pattern, replacement)
    if "x:" in replacement:
        altered(
            path,
            part,
            "<x:worksheet ",
            '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ',
        )
    assert names(path) == ["x1", "x2"]


def test_a_strict_workbook_is_read(tmp_path):
    old, new = "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"
    strict = {f"{old}{kind}/2006/": f"{new}{kind}/" for kind in ("spreadsheetml", "officeDocument")}
    assert cells(everywhere(sheet(tmp_path, [cell(1)]), **strict)) == [cell(1)]


def test_shared_texts_are_found_and_one_that_is_not_there_costs_its_row_alone(tmp_path):
    path = with_shared_texts(sheet(tmp_path, [["x1", 1], ["x2", 2]]))
    assert names(path) == ["x1", "x2"]
    altered(path, SHEET, r'(<c r="A2"[^>]*><v>)\d+', r"\g<1>999")
    damaged, second = names(path)
    assert (damaged.rule, second) == ("spreadsheet", "x2")


@pytest.mark.parametrize("shared", [False, True])
def test_texts_in_several_fonts_are_read_without_how_they_are_spoken(tmp_path, shared):
    runs = '<r><rPr><b/></rPr><t>ช่าง</t></r><r><t>ยนต์</t></r><rPh sb="0" eb="1"><t>chang</t></rPh>'
    path = altered(sheet(tmp_path, [["rich", 1]]), SHEET, r"<t>rich</t>", runs)
    assert names(with_shared_texts(path) if shared else path) == ["ช่างยนต์"]


def test_a_note_beside_the_table_is_told_as_one_cell_too_many(tmp_path):
    path = sheet(tmp_path, [cell(1), [*cell(2), None, "ตรวจแล้ว"]])
    assert (names(path), broken(path)) == (["x1"], [(3, "columns")])


def test_an_archive_without_a_workbook_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as file:
        file.writestr("a.csv", "name,n")
    with pytest.raises(Fault, match=r"This is not an \.xlsx workbook"):
        read(tmp_path / "a.xlsx")


def test_a_sheet_is_asked_of_a_workbook_alone(tmp_path):
    (tmp_path / "a.csv").write_text("name,n\nx,1\n", encoding="utf-8")
    with pytest.raises(Fault, match="This file has no sheets"):
        read(tmp_path / "a.csv", sheet="data")
