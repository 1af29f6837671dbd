"""CSV as programs and people write it: one bad row never costs the others."""

import csv

import pytest

from saingan.errors import Fault
from support.tables import broken, cells, read, text

HEADER = "name,n,a,b,c,note\n"


def row(n, note="-"):
    return f"x{n},{n},1,2,3,{note}\n"


def file(tmp_path, *lines, header=HEADER):
    return text(tmp_path / "a.csv", header + "".join(lines))


def names(path):
    return [row[0] for row in cells(path)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found_and_reported(tmp_path, delimiter):
    path = text(tmp_path / "a.csv", f'name{delimiter}n\n"a,b;c\td|e"{delimiter}1\n')
    assert cells(path) == [["a,b;c\td|e", "1"]]
    assert read(path)[1].origin.delimiter == delimiter


def test_blanks_before_a_quote_do_not_matter(tmp_path):
    assert cells(text(tmp_path / "a.csv", '"name", "n"\n"x, y", "1"\n')) == [["x, y", "1"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do_and_lines_are_counted(tmp_path, end):
    path = text(tmp_path / "a.csv", end.join(["name,n", "x,1", "", "y,2", ""]))
    assert cells(path) == [["x", "1"], ["y", "2"]]
    assert (read(path)[1].origin.lines, read(path)[1].origin.empty) == (4, 1)


@pytest.mark.parametrize("at", [1, 5])
@pytest.mark.parametrize("swallowed", [1, 2, 40, 700])
def test_a_quote_that_opens_in_one_row_and_closes_in_another_costs_one_row(tmp_path, at, swallowed):
    def line(n, quote=""):
        parts = row(n).strip().split(",")
        parts[at] = {"open": '"14 นิ้ว', "close": '14"'}.get(quote, parts[at])
        return ",".join(parts) + "\n"

    lines = [line(1), line(2, "open"), *map(line, range(3, 2 + swallowed)), line(2 + swallowed, "close"), line(9999)]
    path = file(tmp_path, *lines)
    assert broken(path) == [(3, "quote")]
    assert names(path) == ["x1", *[f"x{n}" for n in range(3, 3 + swallowed)], "x9999"]


@pytest.mark.parametrize("rows", [3, 300, 3_000])
def test_a_quote_that_never_closes_costs_one_row(tmp_path, rows):
    path = file(tmp_path, row(1), row(2, '"never'), *map(row, range(3, rows)))
    assert broken(path) == [(3, "quote")]
    assert names(path) == ["x1", *[f"x{n}" for n in range(3, rows)]]


def test_open_quotes_in_many_rows_cost_those_rows(tmp_path):
    path = file(tmp_path, *[row(n, '"' if n % 10 == 3 else "-") for n in range(1000)])
    assert len(broken(path)) == 100
    assert len(names(path)) == 900


def test_a_quote_in_a_short_row_hides_no_full_row(tmp_path):
    path = file(tmp_path, 'x1,1,"open\n', row(2), 'x3,3,1",2,3,-\n', row(4))
    assert [number for number, _ in broken(path)] == [2]
    assert names(path) == ["x2", "x3", "x4"]


@pytest.mark.parametrize(
    "cell",
    ["one\ntwo", "one,\ntwo, three\r\nfour", 'with ""quotes""\nand, commas', "\n\n\nlast", "a\n" * 100],
    ids=["two", "commas", "quotes", "blank lines", "a hundred"],
)
@pytest.mark.parametrize("at", [0, 2, 5])
def test_line_breaks_inside_a_cell_belong_to_it(tmp_path, cell, at):
    parts = ["x1", "1", "1", "2", "3", "-"]
    parts[at] = f'"{cell}"'
    path = file(tmp_path, ",".join(parts) + "\n", row(2))
    first, second = cells(path)
    assert first[at] == cell.replace('""', '"')
    assert second[0] == "x2"
    assert broken(path) == []


@pytest.mark.parametrize(
    ("note", "shape"),
    [(r'"ช่าง \"A\""', "a backslash before a quote"), ('"ช่าง" A', "an open quote"), ('"A"B"', "an open quote")],
)
def test_a_row_of_odd_quotes_is_refused_and_the_rest_is_read(tmp_path, note, shape):
    path = file(tmp_path, row(1), row(2, note), row(3))
    (bad,) = [found for found in read(path)[0] if found.broken]
    assert (bad.number, bad.broken.rule, bad.broken.shape) == (3, "quote", shape)
    assert bad.cells == ["x2", "2", "1", "2", "3", note]
    assert names(path) == ["x1", "x3"]


def test_a_quote_inside_a_cell_that_has_none_around_it_is_text(tmp_path):
    assert cells(file(tmp_path, row(1, 'จอ 14" สี'))) == [["x1", "1", "1", "2", "3", 'จอ 14" สี']]


@pytest.mark.parametrize("at", [0, 20])
def test_a_cell_of_a_photo_costs_nothing(tmp_path, at):
    csv.field_size_limit(1 << 17)  # Python's own, which a program may have kept
    path = file(tmp_path, *[row(n, "A" * 300_000 if n == at else "-") for n in range(25)])
    assert len(cells(path)) == 25


def test_a_cell_that_is_too_large_costs_its_row(tmp_path, monkeypatch):
    monkeypatch.setattr("saingan.publish.files.delimited._LARGEST_CELL", 1000)
    earlier = csv.field_size_limit(1000)
    try:
        path = file(tmp_path, row(1), row(2, "A" * 1001), row(3))
        assert broken(path) == [(3, "text")]
        assert names(path) == ["x1", "x3"]
    finally:
        csv.field_size_limit(earlier)


@pytest.mark.parametrize(
    "blank", [" , , , , , ", "\u00a0,,,,,", ",,,,,\u200b", "\u200b,\t,,,,", ",,,,,", "\ufeff", "  "]
)
def test_rows_of_blanks_are_passed_over(tmp_path, blank):
    path = file(tmp_path, row(1), f"{blank}\n", row(2))
    assert (names(path), broken(path)) == (["x1", "x2"], [])


def test_headings_that_are_repeated_on_each_page_are_passed_over(tmp_path):
    path = file(tmp_path, row(1), HEADER, row(2), HEADER.replace("n,", " n ,"), row(3))
    assert (names(path), broken(path)) == (["x1", "x2", "x3"], [])


@pytest.mark.parametrize("end", ["\x1a", "\x1a\x1a\x1a", "\r\n\x1a"])
def test_the_end_mark_of_dos_is_no_row(tmp_path, end):
    path = file(tmp_path, row(1), row(2, "last").strip(), end)
    assert (names(path), broken(path)) == (["x1", "x2"], [])
    assert cells(path)[1][5] == "last"


def test_the_end_mark_may_stand_anywhere_in_the_files_last_block(tmp_path):
    for rows in range(250, 260):
        path = file(tmp_path, *map(row, range(rows)), row(0, "last").strip(), "\x1a")
        assert cells(path)[-1][5] == "last"


def test_headings_may_stand_below_many_titles(tmp_path):
    path = text(tmp_path / "a.csv", "ทะเบียน,,\n" * 20 + HEADER + row(1))
    assert names(path) == ["x1"]
    assert read(path)[1].origin.header == 21


@pytest.mark.parametrize("title", ['"ทะเบียน,,,\n', 'จอ 5" ,,\n', '"ทะเบียน" ปี "2568,,\n'])
def test_an_open_quote_in_a_title_hides_no_heading(tmp_path, title):
    path = text(tmp_path / "a.csv", title + HEADER + row(1) + row(2, 'จอ 5"'))
    assert names(path) == ["x1", "x2"]


@pytest.mark.parametrize("close", ["", '14"'])
def test_an_open_quote_in_the_headings_swallows_no_row(tmp_path, close):
    path = file(tmp_path, row(1), row(2, close or "-"), row(3), header=HEADER.replace("note", '"note'))
    assert names(path) == ["x1", "x2", "x3"]
    assert read(path)[1].headings[-1] == "note"


@pytest.mark.parametrize(
    ("heading", "wanted"),
    [
        ("ชื่\u200eอ", "ชื่อ"),
        ("\u202aชื่อ\u202c", "ชื่อ"),
        ("เเผนก", "แผนก"),
        ("ท่ี\u0e48อยู่", "ที่อยู่"),
        ('"เลขประจำตัว\nประชาชน"', "เลขประจำตัวประชาชน"),
        ("ราย ชื่อ", "รายชื่อ"),
        ("นำ้หนัก", "น้ำหนัก"),
        ("น\u0e4d\u0e49\u0e32หนัก", "น้ำหนัก"),
    ],
)
def test_headings_that_look_alike_are_alike(tmp_path, heading, wanted):
    from saingan.publish.files.table import plain_heading

    path = text(tmp_path / "a.csv", f"n,{heading}\n1,x\n")
    _, table = read(path, {plain_heading(wanted)})
    assert plain_heading(table.headings[1]) == plain_heading(wanted)
    assert plain_heading(plain_heading(wanted)) == plain_heading(wanted)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("??????,????\nx,1\n", "The Thai letters of this file were lost"),
        ("นาย ก 31032562 ช่าง\nนาย ข 31032562 ช่าง\n", "No separator of columns was found"),
        ("x,y\n1,2\n", "None of the wanted headings was found in the first 30 lines; the separators comma"),
        ("a,b\n" * 40 + HEADER + row(1), "None of the wanted headings was found in the first 30 lines"),
    ],
)
def test_a_file_without_headings_says_why(tmp_path, content, said):
    with pytest.raises(Fault, match=said):
        read(text(tmp_path / "a.csv", content))
