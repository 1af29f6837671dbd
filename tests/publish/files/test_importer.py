"""A file from the agency to the summary, without a broker: the dry run."""

import io
import json
import os
import re
import subprocess
import sys
import tracemalloc
from collections import Counter

import pytest
from openpyxl import load_workbook
from rich.cells import cell_len
from rich.console import Console

from publish.files.test_refused import disk_of
from saingan.errors import Fault
from saingan.publish import print_summary, publish_file
from saingan.publish.files.table import BROKEN, REASON
from saingan.settings import Settings
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, OUTCOME
from support import exports, make

NOWHERE = "127.0.0.1:1"


@pytest.fixture
def offline(tmp_path):
    return Settings(home=tmp_path, kafka=NOWHERE, registry=f"http://{NOWHERE}", pseudonym_key=bytes(32).hex())


@pytest.fixture
def rehearse(offline):
    def run(path, mapping="sso-insured-employment", topic=EMPLOYMENT):
        return publish_file(offline, topic.name, path, mapping, dry_run=True, progress=False)

    return run


DATES = {"วันที่เข้าศึกษา", "วันที่ออกผล"}
WRONG_MONTH = {"วันที่เข้าทำงาน": "01-13-2568"}


@pytest.mark.parametrize(
    ("topic", "mapping", "write", "row", "name"),
    [
        (ENROLMENT, "ovec-enrolment", exports.write_csv, exports.enrolment, "a.csv"),
        (GRADUATION, "ovec-graduation", exports.write_excel, exports.graduation, "a.xlsx"),
        (EMPLOYMENT, "sso-insured-employment", exports.write_csv, exports.sso, "a.csv"),
        (CERTIFICATION, "dsd-skill-certification", exports.write_json_lines, exports.certification, "a.jsonl"),
        (EMPLOYMENT, None, exports.write_json_lines, exports.plain_employment, "a.jsonl"),
        (EMPLOYMENT, None, exports.write_csv, exports.plain_employment, "a.csv"),
    ],
)
def test_each_agencys_export_is_taken_whole(tmp_path, rehearse, topic, mapping, write, row, name):
    summary = rehearse(write(tmp_path / name, [row(n) for n in range(1, 6)]), mapping, topic)
    assert (summary.rows, summary.sent, summary.refused, summary.clean) == (5, 5, 0, True)
    assert summary.dry_run


def test_cp874_is_taken(tmp_path, rehearse):
    path = exports.write_csv(tmp_path / "a.csv", [exports.enrolment(1)], encoding="cp874")
    assert rehearse(path, "ovec-enrolment", ENROLMENT).clean


def test_a_refused_row_is_told_with_headings_rules_and_shapes_but_no_citizen_id(tmp_path, rehearse):
    wrong = {"เลขบัตรประชาชน": "1-2345-67890-12-2", "มาตรา": "ม.34", **WRONG_MONTH, "วันที่ออกจากงาน": "01/01/2560"}
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
    first = rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1, WRONG_MONTH)]))
    again = rehearse(first.refused_file)
    assert again.refused == 1
    assert exports.read_back(again.refused_file) == exports.read_back(first.refused_file)


def test_a_second_run_without_refusals_removes_the_refused_file(tmp_path, rehearse):
    first = rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1, WRONG_MONTH)]))
    rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1)]))
    assert not first.refused_file.exists()


def test_only_a_header_is_a_file_of_no_rows(tmp_path, rehearse):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(1)])
    path.write_text(path.read_text("utf-8-sig").splitlines()[0], encoding="utf-8")
    assert (rehearse(path).rows, rehearse(path).clean) == (0, True)


def test_missing_columns_are_told_before_any_row_is_read(tmp_path, rehearse):
    row = exports.plain_employment(1)
    row["start_on"] = row.pop("started_on")
    with pytest.raises(Fault, match=r"a\.csv: the file lacks `started_on` \(nearest: `start_on`"):
        rehearse(exports.write_csv(tmp_path / "a.csv", [row]), None)


def test_who_forgets_the_mapping_is_told_which_there_is(tmp_path, rehearse):
    with pytest.raises(Fault, match=r"a\.csv: None of the wanted headings .* shipped ones: sso-insured-employment"):
        rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1)]), None)


@pytest.mark.parametrize("topic", ["sso.insured-employment", OUTCOME.name])
def test_a_topic_that_agencies_do_not_publish_to_is_refused(offline, tmp_path, topic):
    with pytest.raises(Fault, match=f"`{topic}` is not a topic that agencies publish to"):
        publish_file(offline, topic, tmp_path / "a.csv", dry_run=True)


def test_a_file_that_breaks_off_in_the_middle_is_taken_up_to_there(tmp_path, rehearse):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(1), exports.sso(2)])
    with path.open("a", encoding="utf-8") as file:
        file.write('"SSO-3')
    summary = rehearse(path)
    assert (summary.sent, summary.by_rule, summary.stopped) == (2, {"row: quote": 1}, None)


def test_warnings_are_counted_and_the_record_is_taken(tmp_path, rehearse):
    row = exports.enrolment(1, {"รหัสสาขาวิชา": "20199"})
    summary = rehearse(exports.write_csv(tmp_path / "a.csv", [row]), "ovec-enrolment", ENROLMENT)
    assert (summary.sent, summary.warnings) == (1, {"field_code: unknown-code": 1})


def test_one_version_of_a_record_twice_with_other_content_is_warned_of(tmp_path, rehearse):
    rows = [exports.sso(1), exports.sso(1), exports.sso(1, {"เลขบัตรประชาชน": exports.dashed(2)})]
    summary = rehearse(exports.write_csv(tmp_path / "a.csv", rows))
    assert (summary.sent, summary.warnings) == (3, {"record_id: repeated": 1})
    assert summary.cautions["record_id: repeated"].rows == [4]


def test_a_dry_run_without_a_key_takes_a_random_one_and_says_so(tmp_path):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(1)])
    summary = publish_file(
        Settings(home=tmp_path), EMPLOYMENT.name, path, "sso-insured-employment", dry_run=True, progress=False
    )
    assert (summary.sent, summary.random_key) == (1, True)
    assert "took a random one" in printed(summary)


def test_without_a_broker_a_real_run_says_so_within_seconds_and_writes_no_file(offline, tmp_path):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(1, WRONG_MONTH)])
    with pytest.raises(Fault, match=f"no Kafka broker answers at {NOWHERE}"):
        publish_file(offline, EMPLOYMENT.name, path, "sso-insured-employment")
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_the_summary_says_what_happened(tmp_path, rehearse):
    rows = [exports.sso(1, {"หมายเหตุ": ""}), exports.sso(2, {"หมายเหตุ": "", **WRONG_MONTH})]
    said = printed(rehearse(exports.write_csv(tmp_path / "a.csv", rows)))
    assert said.splitlines()[0].endswith("Dry run: nothing was sent")
    assert re.search(r"rows read +2 *\n", said)
    assert re.search(r"records that could be sent +1 *\n", said)
    assert "'วันที่เข้าทำงาน' (started_on: date): 1 แถว / row 3" in said
    assert "Type the date as day/month/year" in said
    assert "a.csv.refused.csv" in said
    assert "columns that are not read: หมายเหตุ" in said


@pytest.mark.parametrize("width", [20, 80])
def test_no_word_of_a_summary_is_cut_at_any_width(tmp_path, rehearse, width):
    summary = rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1, WRONG_MONTH)]))
    *lines, path = printed(summary, width).splitlines()
    assert path == str(summary.refused_file)
    assert all(cell_len(line.rstrip()) <= width for line in lines)
    lines.append(path)
    folded, whole = (Counter("".join(said.split())) for said in ("".join(lines), printed(summary, 2000)))
    assert folded == whole


def test_a_summary_is_plain_data_as_json(tmp_path, rehearse):
    summary = rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1), exports.sso(2, WRONG_MONTH)]))
    said = json.loads(json.dumps(summary.as_json()))
    assert (said["rows"], said["sent"], said["messages"], said["refused"], said["clean"]) == (2, 1, 1, 1, False)
    (reason,) = said["refusals"]
    assert (reason["field"], reason["rule"], reason["count"], reason["rows"]) == ("started_on", "date", 1, [3])
    assert said["refused_file"] == str(tmp_path / "a.csv.refused.csv")


def test_a_full_disk_is_told_in_the_summary_and_leaves_the_earlier_refused_file(tmp_path, rehearse):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(n, WRONG_MONTH) for n in range(1, 200)])
    earlier = tmp_path / "a.csv.refused.csv"
    earlier.write_text("old")
    with disk_of(8192):
        summary = rehearse(path)
    assert "cannot be written to a.csv.refused.csv (File too large)" in summary.stopped
    assert (summary.clean, summary.refused_file, earlier.read_text()) == (False, None, "old")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.csv", "a.csv.refused.csv"]


@pytest.mark.parametrize("cell", ['"\\ud800"', "NaN", '{"a": [1]}', "true", "[]", '"x", "position": "y"', "}"])
def test_one_row_with_an_odd_value_does_not_cost_the_others(tmp_path, rehearse, cell):
    path = exports.write_json_lines(tmp_path / "a.jsonl", [exports.plain_employment(n) for n in range(1, 4)])
    first, second, third = path.read_text("utf-8").splitlines()
    broken = re.sub(r'"position": "[^"]*"', lambda _: f'"position": {cell}', second)
    path.write_text("\n".join([first, broken, third]), encoding="utf-8")
    summary = rehearse(path, None)
    assert (summary.rows, summary.sent, summary.refused, summary.stopped) == (3, 2, 1, None)
    with summary.refused_file.open("a", encoding="utf-8") as file:
        file.write(first)
    again = rehearse(summary.refused_file, None)
    assert (again.rows, again.sent, again.by_rule) == (2, 1, summary.by_rule)


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


def test_the_command_says_a_dry_run_plainly_and_fails_on_refused_rows(tmp_path):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(1), exports.sso(2, WRONG_MONTH)])

    def run(*options):
        words = ["publish", EMPLOYMENT.name, str(path), "--mapping", "sso-insured-employment", "--dry-run", *options]
        command = [sys.executable, "-m", "saingan", *words]
        environment = os.environ | {"SAINGAN_HOME": str(tmp_path / "home")}
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    in_words = run()
    assert (in_words.returncode, in_words.stderr) == (1, "")
    assert in_words.stdout.startswith("ทดลองตรวจเท่านั้น ไม่มีข้อมูลใดถูกส่ง / Dry run: nothing was sent\n")
    as_data = run("--json")
    assert as_data.returncode == 1
    said = json.loads(as_data.stdout)
    assert (said["dry_run"], said["sent"], said["refused"], said["clean"]) == (True, 1, 1, False)
    exports.write_csv(path, [exports.sso(1)])
    assert run().returncode == 0


@pytest.mark.parametrize(("options", "sent"), [(["--sheet", "second"], 1), (["--all-sheets"], 2)])
def test_the_command_reads_the_sheets_that_it_is_told(tmp_path, options, sent):
    path = exports.write_excel(tmp_path / "a.xlsx", [exports.graduation(1)])
    book = load_workbook(path)
    second = book.create_sheet("second")
    for cells in (list(exports.graduation(2)), list(exports.graduation(2).values())):
        second.append(cells)
    book.save(path)

    def run(*more):
        words = ["publish", GRADUATION.name, str(path), "--mapping", "ovec-graduation", "--dry-run", "--json", *more]
        environment = os.environ | {"SAINGAN_HOME": str(tmp_path / "home")}
        command = [sys.executable, "-m", "saingan", *words]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    assert "--all-sheets" in run().stderr
    assert json.loads(run(*options).stdout)["sent"] == sent


def test_two_commands_on_one_file_both_end_with_its_refused_rows(tmp_path):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(n, WRONG_MONTH) for n in range(1, 500)])
    words = ["publish", EMPLOYMENT.name, str(path), "--mapping", "sso-insured-employment", "--dry-run"]
    command = [sys.executable, "-m", "saingan", *words]
    environment = os.environ | {"SAINGAN_HOME": str(tmp_path / "home")}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment, "text": True}
    both = [subprocess.Popen(command, **pipes) for _ in range(2)]
    assert [(run.communicate()[1], run.returncode) for run in both] == [("", 1), ("", 1)]
    assert len(exports.read_back(tmp_path / "a.csv.refused.csv")) == 499
    assert sorted(file.name for file in tmp_path.glob("a.csv*")) == ["a.csv", "a.csv.refused.csv"]


def test_a_record_that_moves_to_another_person_is_two_messages(tmp_path, rehearse):
    rows = [exports.plain_employment(1), exports.plain_employment(2, {"previous_citizen_id": make.citizen_id(9)})]
    summary = rehearse(exports.write_json_lines(tmp_path / "a.jsonl", rows[::-1]), None)
    assert (summary.rows, summary.sent, summary.messages) == (2, 2, 3)


def printed(summary, width=200):
    out = io.StringIO()
    print_summary(summary, Console(file=out, width=width))
    return out.getvalue()


@pytest.mark.parametrize(
    ("write", "row", "name", "mapping", "topic"),
    [
        (exports.write_csv, exports.enrolment, "a.csv", "ovec-enrolment", ENROLMENT),
        (exports.write_json_lines, exports.certification, "a.jsonl", "dsd-skill-certification", CERTIFICATION),
    ],
)
def test_a_file_five_times_as_long_needs_no_more_memory(tmp_path, rehearse, write, row, name, mapping, topic):
    cells = [row(n, {key: "?" for key in DATES & row().keys() if n % 10 == 0}) for n in range(6_000)]
    long, short = write(tmp_path / f"long-{name}", cells), write(tmp_path / f"short-{name}", cells[:1_200])
    del cells
    rehearse(long, mapping, topic)  # fills the caches, which are bounded
    peaks = []
    for path in (short, long):
        tracemalloc.start()
        summary = rehearse(path, mapping, topic)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert summary.refused == summary.rows / 10
    assert peaks[1] < 1.3 * peaks[0]


def test_a_citizen_id_stands_in_no_message_of_a_dry_run(tmp_path, rehearse, caplog, capfd):
    wrong = {"เลขบัตรประชาชน": make.citizen_id(3)[:-1] + "x", "ตำแหน่งงาน": make.citizen_id(4)}
    summary = rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1, wrong)]))
    print_summary(summary)
    (refused,) = exports.read_back(summary.refused_file)
    told = refused[REASON] + caplog.text + "".join(capfd.readouterr()) + str(summary)
    assert summary.by_rule == {"citizen_id: check-digit": 1, "position: citizen-id": 1}
    assert make.citizen_id(3)[:-1] not in told
    assert make.citizen_id(4) not in told
