"""Export files of every format, and what is wrong with some."""

from contextlib import closing

import pytest
from openpyxl import Workbook

from saingan.errors import Fault
from saingan.publish.files import open_table

WANTED = {"name", "ชื่อ", "n"}


def rows(path):
    with closing(open_table(path, WANTED)) as table:
        return [(row.number, dict(zip(table.headings, row.cells, strict=False)), row.broken) for row in table.rows()]


def headings(path):
    with closing(open_table(path, WANTED)) as table:
        return table.headings


def text(path, content, encoding="utf-8"):
    path.write_bytes(content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
def test_thai_text_is_read_in_any_encoding_that_thai_windows_writes(tmp_path, encoding):
    path = text(tmp_path / "a.csv", "ชื่อ,n\nสมชาย ใจดี,1\n", encoding)
    assert rows(path) == [(2, {"ชื่อ": "สมชาย ใจดี", "n": "1"}, None)]


def test_an_encoding_that_shows_late_in_the_file_is_found(tmp_path):
    path = text(tmp_path / "a.csv", "name,n\n" + "somchai,1\n" * 200_000 + "สมชาย,2\n", "cp874")
    *_, last = rows(path)
    assert last == (200_002, {"name": "สมชาย", "n": "2"}, None)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_separator_is_found(tmp_path, delimiter):
    path = text(tmp_path / "a.csv", f'name{delimiter}n\n"a,b;c\td"{delimiter}1\n')
    assert rows(path) == [(2, {"name": "a,b;c\td", "n": "1"}, None)]


def test_titles_above_the_headings_and_blank_lines_are_passed_over(tmp_path):
    path = text(tmp_path / "a.csv", "ทะเบียน,,\n\nname,n,\nx,1,\n,,\n\ny,2,\n")
    assert headings(path) == ["name", "n"]
    assert [(number, cells["name"]) for number, cells, _ in rows(path)] == [(4, "x"), (7, "y")]


def test_a_quoted_line_break_is_part_of_its_cell(tmp_path):
    assert rows(text(tmp_path / "a.csv", 'name,n\n"a\nb",1\n')) == [(3, {"name": "a\nb", "n": "1"}, None)]


@pytest.mark.parametrize(("line", "cells"), [("x", 1), ("x,1,z", 3)])
def test_a_row_of_more_or_fewer_cells_than_headings_is_broken(tmp_path, line, cells):
    (_, _, broken), (*_, good) = rows(text(tmp_path / "a.csv", f"name,n\n{line}\ny,2\n"))
    assert (broken.rule, broken.shape) == ("columns", f"{cells} cells")
    assert good is None


def test_json_lines_give_their_own_values(tmp_path):
    path = text(tmp_path / "a.jsonl", '{"name": "สมชาย", "n": 1}\n\n{"name": null, "z": [1]}\n')
    assert rows(path) == [
        (1, {"name": "สมชาย", "n": 1, "z": None}, None),
        (3, {"name": None, "n": None, "z": [1]}, None),
    ]


@pytest.mark.parametrize("line", ['{"name":', "[1]", "1", '{"a": ' * 5000])
def test_a_line_that_is_no_object_is_broken(tmp_path, line):
    _, (number, _, broken) = rows(text(tmp_path / "a.jsonl", f'{{"name": 1}}\n{line}\n'))
    assert (number, broken.rule) == (2, "json")


def test_a_workbooks_sheet_and_header_are_found(tmp_path):
    book = Workbook()
    cover, sheet = book.active, book.create_sheet("ข้อมูล")
    cover.append(["name of the office", "OVEC"])
    for cells in (["ทะเบียน"], [], ["name", "n"], ["x", 1], [], ["y"]):
        sheet.append(cells)
    book.save(tmp_path / "a.xlsx")
    assert rows(tmp_path / "a.xlsx") == [
        (4, {"name": "x", "n": 1}, None),
        (6, {"name": "y"}, None),
    ]


def test_a_workbooks_cells_beyond_the_headings_make_a_row_broken(tmp_path):
    book = Workbook()
    for cells in (["name", "n"], ["x", 1, "z"]):
        book.active.append(cells)
    book.save(tmp_path / "a.xlsx")
    ((_, _, broken),) = rows(tmp_path / "a.xlsx")
    assert broken.rule == "columns"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "a.csv: the file is empty"),
        ("a.jsonl", b"", "a.jsonl: the file is empty"),
        ("a.xlsx", b"", "a.xlsx: the file is empty"),
        ("a.csv", b"\n\n", "a.csv: the file has no headings"),
        ("a.csv", b"name\n\x81\xdb\xff", "neither UTF-8 nor cp874"),
        ("a.csv", b"name\n\0", "neither UTF-8 nor cp874"),
        ("a.csv", b"PK\x03\x04", "name it .xlsx"),
        ("a.jsonl", b"[\n1]", "none of the first lines is a JSON object"),
        ("a.xlsx", b"PK\x03\x04broken", "not a readable .xlsx workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0", "locked by a password or an old .xls"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "a.xls is not of a format that is read: .csv, "),
    ],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(Fault) as fault:
        rows(path)
    assert said in str(fault.value)


def test_a_workbook_without_cells_has_no_headings(tmp_path):
    Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(Fault, match=r"a\.xlsx: the workbook has no headings"):
        rows(tmp_path / "a.xlsx")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Fault, match="There is no file"):
        rows(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("lines", "line"), [('name,n\n"x,1\ny,2\n', 3), ('"name"s,n\nx,1\n', 1), ('name,"n\nx,1\n', 2)]
)
def test_an_open_quote_is_told_with_its_line(tmp_path, lines, line):
    with pytest.raises(Fault, match=f"line {line}"):
        rows(text(tmp_path / "a.csv", lines))
