"""A workbook's parts, as Excel and other programs write them."""

import zipfile

import pytest

from saingan.errors import Fault
from support.tables import cells, names, read
from support.workbooks import (
    SHEET,
    STYLES,
    altered,
    cell,
    everywhere,
    one_sheet,
    with_shared_texts,
)


@pytest.mark.parametrize(
    ("written", "seen"), [("ช่าง_x000D_\nยนต์", "ช่าง\nยนต์"), ("หัวหน้า_x000a_", "หัวหน้า\n"), ("a_x005F_b", "a_b")]
)
def test_escapes_of_the_xml_are_what_they_stand_for(tmp_path, written, seen):
    assert cells(one_sheet(tmp_path / "a.xlsx", [[written, 1]]))[0][0] == seen


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
    path = altered(one_sheet(tmp_path / "a.xlsx", [cell(1), cell(2)]), part, pattern, replacement)
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
    assert cells(everywhere(one_sheet(tmp_path / "a.xlsx", [cell(1)]), **strict)) == [cell(1)]


def test_shared_texts_are_found_and_one_that_is_not_there_costs_its_row_alone(tmp_path):
    path = with_shared_texts(one_sheet(tmp_path / "a.xlsx", [["x1", 1], ["x2", 2]]))
    assert names(path) == ["x1", "x2"]
    altered(path, SHEET, r'(<c r="A2"[^>]*><v>)\d+', r"\g<1>999")
    damaged, second = names(path)
    assert (damaged.rule, second) == ("spreadsheet", "x2")


@pytest.mark.parametrize("shared", [False, True])
def test_texts_in_several_fonts_are_read_without_how_they_are_spoken(tmp_path, shared):
    runs = '<r><rPr><b/></rPr><t>ช่าง</t></r><r><t>ยนต์</t></r><rPh sb="0" eb="1"><t>chang</t></rPh>'
    path = altered(one_sheet(tmp_path / "a.xlsx", [["rich", 1]]), SHEET, r"<t>rich</t>", runs)
    assert names(with_shared_texts(path) if shared else path) == ["ช่างยนต์"]


def test_an_archive_without_a_workbook_is_named(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as file:
        file.writestr("a.csv", "name,n")
    with pytest.raises(Fault, match=r"This is not an \.xlsx workbook"):
        read(tmp_path / "a.xlsx")
