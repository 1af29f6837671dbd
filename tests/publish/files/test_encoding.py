"""Text in the encodings of the field, and what is damaged on its way."""

import pytest

from saingan.errors import Fault
from support.tables import cells, read, text

ROWS = "ชื่อ,n\nสมชาย ใจดี,1\nสมหญิง,2\n"
EXPECTED = [["สมชาย ใจดี", "1"], ["สมหญิง", "2"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
def test_the_encoding_is_found_and_reported(tmp_path, encoding):
    path = text(tmp_path / "a.csv", ROWS, encoding)
    assert cells(path) == EXPECTED
    assert read(path)[1].origin.encoding.removesuffix("-sig") == encoding.removesuffix("-sig")


@pytest.mark.parametrize("marks", [2, 3])
def test_a_mark_at_the_beginning_may_be_there_more_than_once(tmp_path, marks):
    assert cells(text(tmp_path / "a.csv", "\ufeff" * marks + ROWS)) == EXPECTED


def said(path):
    with pytest.raises(Fault) as fault:
        read(path)
    return str(fault.value)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_named(tmp_path, encoding):
    assert "UTF-16 without its mark" in said(text(tmp_path / "a.csv", ROWS, encoding))


@pytest.mark.parametrize("line", [2, 3, 40_000])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_line_in_another_encoding_is_named(tmp_path, line, mark):
    lines = ["ชื่อ,n\n".encode(), *["สมชาย,1\n".encode()] * (line - 2), "สมหญิง,2\n".encode("cp874")]
    path = tmp_path / "a.csv"
    path.write_bytes(mark + b"".join(lines))
    assert f"Line {line} is not UTF-8, though the lines before it are" in said(path)


def test_a_marked_utf_8_file_is_never_taken_for_thai_windows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfname,n\n" + "สมชาย,1\n".encode("cp874"))
    assert "Line 2 is not UTF-8" in said(path)


def test_bytes_of_no_encoding_are_told_with_their_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"name,n\n\x81\xdb\xff,1\n")
    assert "Line 2 is neither UTF-8 nor cp874" in said(path)


@pytest.mark.parametrize(("encoding", "lost"), [("utf-16", 1), ("utf-8", 4)])
def test_a_file_that_is_cut_in_a_character_says_so(tmp_path, encoding, lost):
    path = text(tmp_path / "a.csv", ROWS + "สมปอง", encoding)
    path.write_bytes(path.read_bytes()[:-lost])
    assert "ends in the middle of a character, in line 4" in said(path)


@pytest.mark.parametrize("size", [1, 2, 5_000])
def test_null_bytes_are_damage_and_are_told_with_their_line(tmp_path, size):
    path = tmp_path / "a.csv"
    path.write_bytes(ROWS.encode() + bytes(size))
    assert "damaged from line 4 on (it has NUL bytes)" in said(path)


def test_a_bad_byte_on_the_edge_of_a_block_is_in_its_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("ชื่อ,n\n".encode() + b"x" * ((1 << 16) - 15) + "\nก".encode()[:-1] + b"\xff,1\n")
    assert "Line 3 is not UTF-8" in said(path)
