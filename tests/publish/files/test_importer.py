"""A file from the agency to the summary, without a broker: the dry run."""

import re
import tracemalloc

import pytest

from saingan.errors import Fault
from saingan.publish import print_summary, publish_file
from saingan.publish.files.table import REASON
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, OUTCOME
from support import exports, make

DATES = {"วันที่เข้าศึกษา", "วันที่ออกผล"}


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


def in_other_order(row):
    *head, last, end = row.items()
    return dict([*head, end, last])


@pytest.mark.parametrize(
    ("write", "name"), [(exports.write_csv, "a.csv"), (exports.write_excel, "a.xlsx")], ids=["csv", "excel"]
)
def test_a_second_table_with_its_columns_in_another_order_is_not_read_by_the_first_headings(
    tmp_path, rehearse, write, name
):
    second = in_other_order(exports.sso(2, {"วันที่ออกจากงาน": "01-05-2568"}))
    path = write(
        tmp_path / name, [exports.sso(1), dict(zip(exports.sso(), second, strict=True)), second_values(second)]
    )
    summary = rehearse(path)
    assert (summary.rows, summary.sent, summary.refused, summary.clean) == (1, 1, 0, False)
    assert "Row 3 has headings again" in summary.stopped


def second_values(second):
    return dict(zip(exports.sso(), second.values(), strict=True))


def test_the_headings_of_files_that_were_put_together_are_passed_over(tmp_path, rehearse):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(1)])
    other = exports.write_csv(tmp_path / "b.csv", [exports.sso(2)])
    path.write_bytes(path.read_bytes() + other.read_bytes() + other.read_bytes().replace(b",", b" , ", 3))
    summary = rehearse(path)
    assert (summary.rows, summary.sent, summary.clean, summary.origin["empty"]) == (3, 3, True, 2)


def test_warnings_are_counted_and_the_record_is_taken(tmp_path, rehearse):
    row = exports.enrolment(1, {"รหัสสาขาวิชา": "20199"})
    summary = rehearse(exports.write_csv(tmp_path / "a.csv", [row]), "ovec-enrolment", ENROLMENT)
    assert (summary.sent, summary.warnings) == (1, {"field_code: unknown-code": 1})


def test_one_version_of_a_record_twice_with_other_content_is_warned_of(tmp_path, rehearse):
    rows = [exports.sso(1), exports.sso(1), exports.sso(1, {"เลขบัตรประชาชน": exports.dashed(2)})]
    summary = rehearse(exports.write_csv(tmp_path / "a.csv", rows))
    assert (summary.sent, summary.warnings) == (3, {"record_id: repeated": 1})
    assert summary.cautions["record_id: repeated"].rows == [4]


def test_without_a_broker_a_real_run_says_so_within_seconds_and_writes_no_file(offline, tmp_path):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(1, exports.WRONG_MONTH)])
    with pytest.raises(Fault, match=f"no Kafka broker answers at {offline.bootstrap}"):
        publish_file(offline, EMPLOYMENT.name, path, "sso-insured-employment")
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


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


def test_a_record_that_moves_to_another_person_is_two_messages(tmp_path, rehearse):
    rows = [exports.plain_employment(1), exports.plain_employment(2, {"previous_citizen_id": make.citizen_id(9)})]
    summary = rehearse(exports.write_json_lines(tmp_path / "a.jsonl", rows[::-1]), None)
    assert (summary.rows, summary.sent, summary.messages) == (2, 2, 3)


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
