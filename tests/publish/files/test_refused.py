"""The file of refused rows: its name, its cells, and what becomes of it on a full disk."""

import csv
import stat
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import load_workbook

from saingan.errors import Fault
from saingan.publish.files.readers import open_table, refused_file
from saingan.publish.files.table import REASON
from support import exports
from support.full_disk import disk_of

WANTED = {"name", "n"}
WRITERS = {".csv": exports.write_csv, ".jsonl": exports.write_json_lines, ".xlsx": exports.write_excel}
LIVE = ["=1+1", "+1+cmd", "-1+cmd", "@SUM(A1)", "\t=1", '=HYPERLINK("x")', "'=1", "＝1+1", "--1"]
INERT = ["-", "-5", "+66812345678", "1,000", "a=b", "'1", "สมชาย", ""]


def text(path, content):
    path.write_text(content, encoding="utf-8")
    return path


def refuse(source, all_of=True):
    """Refuse rows of a file; the file that they lie in."""
    with closing(open_table(source, WANTED)) as table, refused_file(source, table) as refused:
        for row in table.rows() if all_of else ():
            refused.add(row, "because")
        refused.finish(read_to_end=True)
    return refused.path


def rows(path):
    with closing(open_table(path, WANTED)) as table:
        return [(table.headings, row.cells, row.broken) for row in table.rows()]


@pytest.mark.parametrize("suffix", WRITERS)
def test_refused_rows_keep_format_headings_and_cells_and_gain_the_reason(tmp_path, suffix):
    source = WRITERS[suffix](tmp_path / f"a{suffix}", [{"name": "สมชาย", "n": "1"}, {"name": "สมหญิง", "n": "2"}])
    path = refuse(source)
    assert exports.read_back(path) == [
        {REASON: "because", "name": "สมชาย", "n": "1"},
        {REASON: "because", "name": "สมหญิง", "n": "2"},
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("a.csv", "a.csv.refused.csv"),
        ("a.txt", "a.txt.refused.csv"),
        ("a.TSV", "a.TSV.refused.csv"),
        ("a.csv.refused.csv", "a.csv.refused.2.csv"),
        ("a.csv.refused.2.csv", "a.csv.refused.3.csv"),
        ("a.csv.refused.9.csv", "a.csv.refused.10.csv"),
        ("a.csv.refused.1.csv", "a.csv.refused.1.csv.refused.csv"),
        ("a.csv.refused.txt", "a.csv.refused.txt.refused.csv"),
    ],
)
def test_the_name_holds_the_inputs_whole_name_and_counts_the_rounds(tmp_path, source, refused):
    assert refuse(text(tmp_path / source, "name,n\nx,1\n")).name == refused


def test_a_clean_run_of_another_input_leaves_the_refused_file(tmp_path):
    kept = refuse(text(tmp_path / "same.csv", "name,n\nx,1\n"))
    refuse(text(tmp_path / "same.txt", "name\tn\nx\t1\n"), all_of=False)
    assert kept.exists()


def test_git_ignores_each_refused_file_and_its_part(tmp_path):
    assert "*.refused.*" in (Path(__file__).parents[3] / ".gitignore").read_text().split()
    source = text(tmp_path / "a.csv", "name,n\nx,1\n")
    with closing(open_table(source, WANTED)) as table, refused_file(source, table) as refused:
        refused.add(next(table.rows()), "because")
        names = {path.name for path in tmp_path.iterdir()} - {"a.csv"}
    assert all(".refused." in name for name in names)
    assert len(names) == 1


@pytest.mark.parametrize("value", LIVE)
@pytest.mark.parametrize("suffix", WRITERS)
def test_what_a_spreadsheet_would_run_is_a_text_and_comes_back_as_it_was(tmp_path, suffix, value):
    source = tmp_path / f"a{suffix}"
    if suffix == ".xlsx":
        exports.write_excel(source, [{"name": "x", "n": "1"}])
        book = load_workbook(source)
        book.active["A2"].value = value
        book.active["A2"].data_type = "s"
        book.save(source)
    else:
        WRITERS[suffix](source, [{"name": value, "n": "1"}])
    path = refuse(source)
    if suffix == ".csv":
        (_, cells) = csv.reader(path.read_text("utf-8-sig").splitlines())
        assert cells[1] == f"'{value}"
    if suffix == ".xlsx":
        cell = load_workbook(path).active["B2"]
        assert (cell.data_type, cell.quotePrefix, cell.number_format) == ("s", True, "@")
    for again in (path, refuse(path)):
        ((headings, cells, _),) = rows(again)
        assert cells[headings.index("name")] == value


@pytest.mark.parametrize("value", INERT)
def test_what_runs_nothing_is_left_as_it_was(tmp_path, value):
    path = refuse(exports.write_csv(tmp_path / "a.csv", [{"name": value, "n": "1"}]))
    (_, cells) = csv.reader(path.read_text("utf-8-sig").splitlines())
    assert cells[1] == value


def test_a_heading_is_no_formula_either(tmp_path):
    path = refuse(exports.write_csv(tmp_path / "a.csv", [{"name": "x", "n": "1", "=evil": "y"}]))
    assert "'=evil" in path.read_text("utf-8-sig")
    assert rows(path)[0][0] == [REASON, "name", "n", "=evil"]


@pytest.mark.parametrize("value", ["#N/A", "a\x0bb", 12.5, True, 10**17])
def test_a_workbooks_cell_is_no_error_and_no_crash(tmp_path, value):
    source = exports.write_json_lines(tmp_path / "a.jsonl", [{"name": "x", "n": "1"}])
    with closing(open_table(source, WANTED)) as table:
        (row,) = table.rows()
        workbook = exports.write_excel(tmp_path / "a.xlsx", [{"name": "x", "n": "1"}])
        with closing(open_table(workbook, WANTED)) as sheet, refused_file(workbook, sheet) as refused:
            row.cells = [value, "1"]
            refused.add(row, "because")
            refused.finish(read_to_end=True)
    cell = load_workbook(refused.path).active["B2"]
    assert cell.data_type in ("s", "n", "b")
    assert cell.value == (value.replace("\x0b", "\ufffd") if isinstance(value, str) else value)


def test_a_row_of_too_few_or_too_many_cells_comes_back_as_it_was(tmp_path):
    path = refuse(text(tmp_path / "a.csv", "name,n\nx\ny,1,z\n"))
    assert path.read_text("utf-8-sig").splitlines() == [f"{REASON},name,n", "because,x", "because,y,1,z"]


def test_an_earlier_reason_is_left_aside_wherever_its_column_stands(tmp_path):
    path = refuse(text(tmp_path / "a.csv", f"name,{REASON},n\nx,earlier,1\n"))
    assert exports.read_back(path) == [{REASON: "because", "name": "x", "n": "1"}]


def test_no_refused_file_remains_where_nothing_was_refused(tmp_path):
    source = text(tmp_path / "a.csv", "name\nx\n")
    stale = text(tmp_path / "a.csv.refused.csv", "old")
    refuse(source, all_of=False)
    assert not stale.exists()


def test_an_input_that_was_not_read_to_its_end_leaves_the_earlier_refused_file(tmp_path):
    source = text(tmp_path / "a.csv", "name\nx\n")
    earlier = text(tmp_path / "a.csv.refused.csv", "old")
    with closing(open_table(source, WANTED)) as table, refused_file(source, table) as refused:
        refused.finish(read_to_end=False)
    assert earlier.read_text() == "old"


def test_an_interrupted_run_leaves_the_earlier_refused_file_and_no_part(tmp_path):
    source = text(tmp_path / "a.csv", "name\nx\n")
    earlier = text(tmp_path / "a.csv.refused.csv", "old")

    def interrupted():
        with closing(open_table(source, WANTED)) as table, refused_file(source, table) as refused:
            refused.add(next(table.rows()), "because")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert earlier.read_text() == "old"
    assert {file.name for file in tmp_path.iterdir()} == {"a.csv", "a.csv.refused.csv"}


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_disk_that_is_full_is_a_fault_and_leaves_the_earlier_refused_file(tmp_path, suffix):
    source = WRITERS[suffix](tmp_path / f"a{suffix}", [{"name": f"{n}" * 40, "n": f"{n}"} for n in range(3000)])
    earlier = text(tmp_path / f"a{suffix}.refused{suffix}", "old")
    with disk_of(4096), pytest.raises(Fault, match=r"The refused rows cannot be written to a.*\(File too large\)"):
        refuse(source)
    assert earlier.read_text() == "old"
    assert {file.name for file in tmp_path.iterdir()} == {source.name, earlier.name}


def test_a_folder_of_its_name_is_a_fault(tmp_path):
    source = text(tmp_path / "a.csv", "name,n\nx,1\n")
    (tmp_path / "a.csv.refused.csv").mkdir()
    with pytest.raises(Fault, match=r"a\.csv\.refused\.csv \(Is a directory\)"):
        refuse(source)
    assert {file.name for file in tmp_path.iterdir()} == {"a.csv", "a.csv.refused.csv"}
    refuse(source, all_of=False)


def test_two_runs_on_one_file_do_not_meet(tmp_path):
    source = text(tmp_path / "a.csv", "name,n\nx,1\ny,2\n")
    with (
        closing(open_table(source, WANTED)) as one,
        closing(open_table(source, WANTED)) as two,
        refused_file(source, one) as first,
        refused_file(source, two) as second,
    ):
        for row, other in zip(one.rows(), two.rows(), strict=True):
            first.add(row, "first")
            second.add(other, "second")
        first.finish(read_to_end=True)
        assert [row[REASON] for row in exports.read_back(first.path)] == ["first", "first"]
        second.finish(read_to_end=True)
    assert [row[REASON] for row in exports.read_back(first.path)] == ["second", "second"]
    assert {file.name for file in tmp_path.iterdir()} == {"a.csv", "a.csv.refused.csv"}
