"""Export files of every format, and what is wrong with some."""

from contextlib import closing

import pytest
from openpyxl import Workbook

from saingan.errors import Fault
from saingan.publish.files.readers import open_table

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
    assert rows(text(tmp_path / "a.csv", 'name,n\n"a\nb",1\n')) == [(2, {"name": "a\nb", "n": "1"}, None)]


@pytest.mark.parametrize(
    ("line", "rule", "shape"),
    [("x", "short", "1 cell"), ("x,1,z", "columns", "3 cells"), ("ยอดรวม 2 ราย", "short", "1 cell")],
)
def test_a_row_of_more_or_fewer_cells_than_headings_is_broken(tmp_path, line, rule, shape):
    (_, _, broken), (*_, good) = rows(text(tmp_path / "a.csv", f"name,n\n{line}\ny,2\n"))
    assert (broken.rule, broken.shape) == (rule, shape)
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
        ("a.csv", b"", "a.csv: The file is empty"),
        ("a.jsonl", b"", "a.jsonl: The file is empty"),
        ("a.xlsx", b"", "a.xlsx: The file is empty"),
        ("a.csv", b"\n\n", "a.csv: The file is empty"),
        ("a.csv", b"\xef\xbb\xbf", "a.csv: The file is empty"),
        ("a.csv", b"PK\x03\x04", "name it .xlsx"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1", "an old .xls workbook"),
        ("a.csv", b"\x1f\x8b\x08", "Unpack it"),
        ("a.csv", b"%PDF-1.7", "PDF"),
        ("a.csv", b"\xef\xbb\xbf\n <!DOCTYPE html><table>", "web page"),
        ("a.zip", b"PK\x03\x04", "Unpack it"),
        ("a.ods", b"PK\x03\x04", "save it as .xlsx"),
        ("a.jsonl", b"1\n2", "no JSON object"),
        ("a.xlsx", b"PK\x03\x04broken", "a.xlsx: The file cannot be read (BadZipFile)"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0", "locked by a password"),
        ("a.xlsx", b"name,n\n", "a text that was named .xlsx"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "save it as .xlsx without a password"),
        ("a.xls", b"<html><table>", "web page"),
        ("a.doc", b"name,n\n", "Files named .doc are not read"),
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
    with pytest.raises(Fault, match=r"None of the wanted headings was found in the first 30 rows of the sheets Sheet"):
        rows(tmp_path / "a.xlsx")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Fault, match="There is no file"):
        rows(tmp_path / "a.csv")
