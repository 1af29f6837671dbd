"""Rows of the four agencies as records."""

import pytest

from saingan.errors import Fault
from saingan.publish.files.mapping import mapping
from saingan.publish.files.rows import RowReader
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION
from support import exports, make
from support.make import day, instant


def read(topic, name, row):
    layout = mapping.load(name, topic.name) if name else mapping.plain(topic.name)
    return RowReader(layout, list(row)).read(list(row.values()))


def sso(cells=None):
    return read(EMPLOYMENT, "sso-insured-employment", exports.sso(1, cells))


def rules(reading):
    return {(issue.field, issue.rule) for issue in reading.issues}


def test_an_enrolment_of_ovecs_registry_is_read():
    reading = read(ENROLMENT, "ovec-enrolment", exports.enrolment(1))
    expected = make.enrolment(
        recorded_at=instant("2022-05-20T10:00+07:00"), institution_province="10", home_province="50"
    )
    del expected["person_key"], expected["identity"]
    assert (reading.record, reading.citizen_id, reading.issues) == (expected, make.citizen_id(1), ())


def test_a_graduation_of_ovecs_workbook_is_read():
    reading = read(GRADUATION, "ovec-graduation", exports.graduation(1))
    expected = make.graduation(recorded_at=instant("2025-04-10T09:00+07:00"))
    del expected["person_key"], expected["identity"]
    assert (reading.record, reading.citizen_id, reading.issues) == (expected, make.citizen_id(1), ())


def test_an_insured_employment_of_ssos_registry_is_read():
    reading = sso()
    expected = make.employment(record_id="SSO-1", recorded_at=instant("2025-05-05T09:30+07:00"))
    del expected["person_key"], expected["identity"]
    assert (reading.record, reading.citizen_id, reading.issues) == (expected, exports.dashed(1), ())


def test_a_certificate_of_dsds_register_is_read():
    reading = read(CERTIFICATION, "dsd-skill-certification", exports.certification(1))
    expected = make.certification(recorded_at=instant("2025-06-16T09:00+07:00"))
    del expected["person_key"], expected["identity"]
    assert (reading.record, reading.citizen_id, reading.issues) == (expected, make.citizen_id(1), ())


def test_without_a_mapping_the_standards_own_values_are_read():
    reading = read(EMPLOYMENT, None, exports.plain_employment(1))
    expected = make.employment(recorded_at=instant("2025-05-05T09:30+07:00"))
    del expected["person_key"], expected["identity"]
    assert (reading.record, reading.issues) == (expected, ())


@pytest.mark.parametrize(
    ("said", "change"),
    [("แจ้งเข้า", "UPSERT"), ("แจ้งออก", "UPSERT"), ("ยกเลิก", "WITHDRAW"), ("ลบถาวร", "ERASE"), ("ERASE", "ERASE")],
)
def test_the_agencys_words_for_a_change_become_ours(said, change):
    assert sso({"การดำเนินการ": said}).record["change"] == change


@pytest.mark.parametrize("said", ["ม.33", " ม.33 ", "ม.๓๓", "33", 33, 33.0])
def test_a_code_is_known_in_any_spelling(said):
    assert sso({"มาตรา": said}).record["section"] == 33


@pytest.mark.parametrize(
    "said", ["ชลบุรี", "จังหวัดชลบุรี", "จ.ชลบุรี", "จ. ชลบุรี", "ชบ", "Chon Buri", "CHON BURI", "20", "๒๐", 20]
)
def test_a_province_is_known_by_name_abbreviation_or_code(said):
    assert sso({"จังหวัดของสถานประกอบการ": said}).record["employer_province"] == "20"


def test_sara_am_may_be_typed_in_either_way():
    assert sso({"จังหวัดของสถานประกอบการ": "ล\u0e4d\u0e32ปาง"}).record["employer_province"] == "52"


def test_an_unknown_code_is_refused_without_repeating_it():
    reading = sso({"มาตรา": "ม.34"})
    assert rules(reading) == {("section", "code")}
    assert "ม.34" not in str(reading.issues)
    assert "ม.33, ม.39, ม.40" in str(reading.issues[0])


def test_thai_digits_are_digits():
    reading = sso({"วันที่เข้าทำงาน": "๐๑-๐๕-๒๕๖๘", "ลำดับการเปลี่ยนแปลง": "๑๒"})
    assert reading.record["started_on"] == day("2025-05-01")
    assert reading.record["record_version"] == 12


@pytest.mark.parametrize("said", ["", " ", "-", None, "\u200b"])
def test_what_stands_for_nothing_is_null(said):
    assert sso({"ตำแหน่งงาน": said, "วันที่ออกจากงาน": said}).record.items() >= {"position": None, "ended_on": None}.items()


def test_an_empty_cell_takes_its_columns_default():
    reading = read(ENROLMENT, "ovec-enrolment", exports.enrolment(1, {"ความประสงค์หลังสำเร็จ": ""}))
    assert reading.record["desired_path"] == "UNDECIDED"


def test_zeros_that_a_spreadsheet_dropped_come_back():
    assert (
        sso({"รหัสประเภทกิจการ": 1111, "รหัสอาชีพ": "110"}).record.items()
        >= {"tsic": "01111", "occupation": "0110"}.items()
    )


def test_a_sole_traders_number_is_left_out_and_a_firms_kept():
    assert sso({"เลขทะเบียนนายจ้าง": exports.dashed(7)}).record["employer_id"] is None
    firm = make.juristic_number(7)
    assert sso({"เลขทะเบียนนายจ้าง": f"{firm[0]} {firm[1:5]}-{firm[5:]}"}).record["employer_id"] == firm


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("31/02/2568", "date"),
        ("01/05/68", "date"),
        ("1 พฤษ 2568", "date"),
        (45778, "date"),
        (["2025-05-01"], "type"),
        (True, "type"),
        ("#VALUE!", "spreadsheet"),
    ],
)
def test_a_cell_that_is_no_date_is_refused(said, rule):
    reading = sso({"วันที่เข้าทำงาน": said})
    assert rules(reading) == {("started_on", rule)}
    assert "started_on" not in reading.record


def test_a_spreadsheets_own_dates_are_read():
    reading = sso({"วันที่เข้าทำงาน": exports.cell("2568-05-01"), "วันเวลาที่บันทึก": exports.cell("2025-05-05T09:30")})
    assert reading.record["started_on"] == day("2025-05-01")
    assert reading.record["recorded_at"] == instant("2025-05-05T09:30+07:00")


@pytest.mark.parametrize("said", ["1.23457E+12", exports.cell("2025-05-01")])
def test_what_a_spreadsheet_damaged_is_refused_with_a_word_on_how_to_mend_it(said):
    reading = sso({"เลขที่อ้างอิง": said, "เลขบัตรประชาชน": said})
    assert rules(reading) == {("record_id", "spreadsheet"), ("citizen_id", "spreadsheet")}
    assert "format its column as text" in str(reading.issues[0])


@pytest.mark.parametrize("said", ["1.5", "-1", "1_000", "สอง"])
def test_what_is_no_whole_number_is_refused(said):
    assert rules(sso({"ลำดับการเปลี่ยนแปลง": said})) == {("record_version", "type")}


def test_a_number_may_be_grouped_by_commas():
    assert sso({"ลำดับการเปลี่ยนแปลง": "12,345"}).record["record_version"] == 12345


def test_an_issue_is_told_with_its_heading():
    row = exports.sso(1, {"มาตรา": "?"})
    reader = RowReader(mapping.load("sso-insured-employment", EMPLOYMENT.name), list(row))
    (issue,) = reader.read(list(row.values())).issues
    assert reader.heading(issue.field) == "มาตรา"


def test_what_a_short_row_lacks_is_empty():
    row = exports.sso(1)
    reading = RowReader(mapping.load("sso-insured-employment", EMPLOYMENT.name), list(row)).read([*row.values()][:2])
    assert (reading.record["record_id"], reading.record["section"], reading.citizen_id) == ("SSO-1", None, None)


def test_headings_may_differ_in_blanks_and_case():
    row = {f" {name.upper()} ": cell for name, cell in exports.plain_employment(1).items()}
    assert read(EMPLOYMENT, None, row).record["record_id"] == "S-1"


def test_missing_columns_are_named_with_the_nearest_headings():
    row = exports.sso(1)
    row["วันที่เข้างาน"] = row.pop("วันที่เข้าทำงาน")
    del row["มาตรา"]
    with pytest.raises(Fault, match="lacks `มาตรา`; `วันที่เข้าทำงาน` \\(nearest: `วันที่เข้างาน`"):
        read(EMPLOYMENT, "sso-insured-employment", row)


def test_a_column_that_the_mapping_calls_optional_may_be_missing():
    assert "เลขบัตรประชาชนเดิม" not in exports.sso(1)
    assert sso().previous_citizen_id is None
    assert sso({"เลขบัตรประชาชนเดิม": exports.dashed(2)}).previous_citizen_id == exports.dashed(2)


def test_a_heading_that_stands_twice_is_refused():
    headings = [*exports.sso(1), "มาตรา"]
    with pytest.raises(Fault, match="more than one column `มาตรา`"):
        RowReader(mapping.load("sso-insured-employment", EMPLOYMENT.name), headings)


def test_headings_that_no_field_is_read_from_are_told():
    row = exports.sso(1, {"หมายเหตุ": ""})
    assert RowReader(mapping.load("sso-insured-employment", EMPLOYMENT.name), list(row)).unused == ("หมายเหตุ",)


def sso_rows(*rows):
    reader = RowReader(mapping.load("sso-insured-employment", EMPLOYMENT.name), list(exports.sso()))
    readings = [reader.read(list(exports.sso(n, cells).values())) for n, cells in enumerate(rows, start=1)]
    return reader, readings


def warned(readings):
    return [(issue.field, issue.rule) for reading in readings for issue in reading.warnings]


def test_the_eras_that_a_file_has_are_known_by_column():
    started = ("01-05-2568", "02-05-2568", exports.cell("2568-05-03"))
    reader, readings = sso_rows(*({"วันที่เข้าทำงาน": said} for said in started))
    assert reader.eras == ("วันเวลาที่บันทึก (พ.ศ.)", "วันที่เข้าทำงาน (พ.ศ.)")
    assert warned(readings) == []


@pytest.mark.parametrize("second", ["01-05-2025", "2025-05-01", "1 พ.ค. 2025", exports.cell("2025-05-01")])
def test_both_eras_in_one_column_are_read_with_one_warning(second):
    first = {"วันที่เข้าทำงาน": "01-05-2568"}
    _, readings = sso_rows(first, {"วันที่เข้าทำงาน": second}, first, {"วันที่เข้าทำงาน": "02-05-2025"})
    assert {reading.record["started_on"] for reading in readings[:3]} == {day("2025-05-01")}
    assert warned(readings) == [("started_on", "two-eras")]


def test_a_column_with_months_first_is_warned_of_once_for_its_other_dates():
    said = ("03/31/2025", "04/03/2025", "05/31/2025")
    _, readings = sso_rows(*({"วันที่เข้าทำงาน": each} for each in said))
    assert [rules(reading) for reading in readings] == [{("started_on", "date")}, set(), {("started_on", "date")}]
    assert warned(readings) == [("started_on", "month-first")]
