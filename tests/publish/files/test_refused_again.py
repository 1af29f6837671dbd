"""Refused rows: what stands beside them, and what becomes of them when the file is sent again."""

import pytest

from saingan.publish.files.table import BROKEN, REASON
from saingan.topics import CERTIFICATION, ENROLMENT, GRADUATION
from support import exports
from support.full_disk import disk_of


def test_a_refused_row_is_told_with_headings_rules_and_shapes_but_no_citizen_id(tmp_path, rehearse):
    wrong = {"เลขบัตรประชาชน": "1-2345-67890-12-2", "มาตรา": "ม.34", **exports.WRONG_MONTH, "วันที่ออกจากงาน": "01/01/2560"}
    summary = rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1), exports.sso(2, wrong)]))
    assert (summary.rows, summary.sent, summary.refused) == (2, 1, 1)
    assert summary.by_rule == {"citizen_id: check-digit": 1, "section: code": 1, "started_on: date": 1}
    (refused,) = exports.read_back(summary.refused_file)
    reason = refused.pop(REASON)
    assert refused == exports.sso(2, wrong)
    assert "แถว 3 คอลัมน์ 'เลขบัตรประชาชน': เลขไม่ถูกต้อง" in reason
    assert "citizen_id must be 13 digits with a right check digit (rule check-digit; found: 13 digits)" in reason
    assert "แถว 3 คอลัมน์ 'วันที่เข้าทำงาน': อ่านวันที่ไม่ได้" in reason
    assert "1234567890122" not in reason.replace("-", "")


@pytest.mark.parametrize(
    ("topic", "mapping", "write", "row", "name", "heading", "wrong"),
    [
        (ENROLMENT, "ovec-enrolment", exports.write_csv, exports.enrolment, "a.csv", "ระดับ", "ปริญญา"),
        (GRADUATION, "ovec-graduation", exports.write_excel, exports.graduation, "a.xlsx", "ประเภทวิชา", "อวกาศ"),
        (
            CERTIFICATION,
            "dsd-skill-certification",
            exports.write_json_lines,
            exports.certification,
            "a.jsonl",
            "ผล",
            "?",
        ),
    ],
)
def test_refused_rows_are_mended_and_sent_again(tmp_path, rehearse, topic, mapping, write, row, name, heading, wrong):
    summary = rehearse(write(tmp_path / name, [row(1), row(2, {heading: wrong})]), mapping, topic)
    assert summary.refused == 1
    mended = exports.mended(summary.refused_file, {heading: row(2)[heading]})
    again = rehearse(mended, mapping, topic)
    assert (again.sent, again.refused, again.unused, again.refused_file) == (1, 0, (), None)


def test_refused_rows_that_were_not_mended_are_refused_again_with_one_reason(tmp_path, rehearse):
    first = rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1, exports.WRONG_MONTH)]))
    again = rehearse(first.refused_file)
    assert again.refused == 1
    assert exports.read_back(again.refused_file) == exports.read_back(first.refused_file)


def test_a_second_run_without_refusals_removes_the_refused_file(tmp_path, rehearse):
    first = rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1, exports.WRONG_MONTH)]))
    rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1)]))
    assert not first.refused_file.exists()


def test_a_full_disk_is_told_in_the_summary_and_leaves_the_earlier_refused_file(tmp_path, rehearse):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(n, exports.WRONG_MONTH) for n in range(1, 200)])
    earlier = tmp_path / "a.csv.refused.csv"
    earlier.write_text("old")
    with disk_of(8192):
        summary = rehearse(path)
    assert "cannot be written to a.csv.refused.csv (File too large)" in summary.stopped
    assert (summary.clean, summary.refused_file, earlier.read_text()) == (False, None, "old")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.csv", "a.csv.refused.csv"]


def test_a_line_that_is_no_object_is_sent_when_a_person_has_fixed_it_in_the_refused_file(tmp_path, rehearse):
    path = exports.write_json_lines(tmp_path / "a.jsonl", [exports.plain_employment(n) for n in range(1, 3)])
    path.write_text(path.read_text("utf-8").replace("}\n", "\n", 1), encoding="utf-8")
    refused = rehearse(path, None).refused_file
    ((reason, line),) = [row.values() for row in exports.read_back(refused)]
    assert "rule json" in reason
    fixed = exports.write_json_lines(refused, [{REASON: reason, BROKEN: line + "}"}])
    assert (rehearse(fixed, None).sent, rehearse(fixed, None).clean) == (1, True)


def test_a_row_with_an_open_quote_is_refused_again_until_the_quote_is_gone(tmp_path, rehearse):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(n) for n in range(1, 4)])
    lines = path.read_text("utf-8-sig").splitlines()
    lines[2] = lines[2].replace("ช่างยนต์", '"ช่างยนต์')
    path.write_text("\n".join(lines), encoding="utf-8")
    first = rehearse(path)
    assert (first.sent, first.by_rule) == (2, {"row: quote": 1})
    again = rehearse(first.refused_file)
    assert (again.sent, again.by_rule) == (0, {"row: quote": 1})
    assert rehearse(exports.mended(again.refused_file, {"ตำแหน่งงาน": "ช่างยนต์"})).clean
