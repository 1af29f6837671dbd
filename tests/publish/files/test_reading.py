"""What the readers find, in the records and in the summary; a dry run."""

import io
import tracemalloc
from contextlib import closing

import pytest
from rich.console import Console

from saingan.errors import Fault
from saingan.publish import print_summary
from saingan.publish.files.readers import open_table
from support import exports
from support.workbooks import workbook


def test_a_late_key_of_json_is_in_its_record(tmp_path, rehearse):
    rows = [
        {key: value for key, value in exports.plain_employment(n).items() if value is not None} for n in range(1100)
    ]
    rows[-1] |= {"ended_on": "2025-06-30", "hobby": "?"}
    summary = rehearse(exports.write_json_lines(tmp_path / "a.jsonl", rows), None)
    assert (summary.sent, summary.unused) == (1100, ("hobby",))
    rows[-1] |= {"ended_on": "2025-13-30"}
    assert rehearse(exports.write_json_lines(tmp_path / "a.jsonl", rows), None).by_rule == {"ended_on: date": 1}


@pytest.mark.parametrize("unread", [True, False])
def test_an_open_quote_mixes_no_two_persons(tmp_path, rehearse, unread):
    heading = "หมายเหตุ" if unread else "ตำแหน่งงาน"
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(n, {heading: f"<{n}>"}) for n in range(1, 6)])
    content = path.read_text("utf-8-sig").replace("<2>", '"พิเศษ').replace("<4>", 'จอ 14"')
    path.write_text(content, encoding="utf-8-sig", newline="")
    summary = rehearse(path)
    assert (summary.sent, summary.by_rule) == (4, {"row: quote": 1})
    assert summary.refusals["row: quote"].rows == [3]
    again = rehearse(summary.refused_file)
    assert (again.sent, again.by_rule) == (0, {"row: quote": 1})
    fixed = again.refused_file
    fixed.write_text(fixed.read_text("utf-8-sig").replace('"""พิเศษ"', "พิเศษ"), encoding="utf-8-sig", newline="")
    assert rehearse(fixed).clean


def test_a_cell_that_only_looks_filled_is_refused_and_stays_so(tmp_path, rehearse):
    rows = [exports.sso(n, {"วันที่ออกจากงาน": "=A1+30"}) for n in range(1, 3)]
    summary = rehearse(exports.write_excel(tmp_path / "a.xlsx", rows))
    assert (summary.sent, summary.by_rule) == (0, {"ended_on: formula": 2})
    again = rehearse(summary.refused_file)
    assert (again.sent, again.refused) == (0, 2)


def test_sheets_are_named_in_the_summary_and_with_the_rows(tmp_path, rehearse):
    good, wrong = exports.sso(1), exports.sso(2, exports.WRONG_MONTH)
    table = [list(good), list(good.values()), list(wrong.values())]
    path = workbook(tmp_path / "a.xlsx", {"ม.ค.": table, "ก.พ.": table, "old": [["x"]]})
    with pytest.raises(Fault, match="--all-sheets"):
        rehearse(path)
    summary = rehearse(path, all_sheets=True)
    assert (summary.sent, summary.refused) == (2, 2)
    out = io.StringIO()
    print_summary(summary, Console(file=out, width=200))
    said = out.getvalue()
    assert "ม.ค., ก.พ." in said
    assert "ม.ค.!3, ก.พ.!3" in said
    assert "old" in said


def test_a_workbook_five_times_as_long_needs_no_more_memory(tmp_path):
    peaks = []
    for rows in (400, 2_000):
        path = exports.write_excel(tmp_path / f"{rows}.xlsx", [exports.graduation(n) for n in range(rows)])
        tracemalloc.start()
        with closing(open_table(path, {"เลขที่ทะเบียน"})) as opened:
            assert sum(1 for _ in opened.rows()) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]
