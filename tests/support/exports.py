"""Export files as the agencies make them: rows with defaults, and the formats."""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook

from saingan.publish.files.table import REASON
from support import make

Row = dict[str, Any]

WRONG_MONTH: Row = {"วันที่เข้าทำงาน": "01-13-2568"}  # in a row of `sso`


def dashed(n: int) -> str:
    """The n-th synthetic citizen as it stands on the card: 1-2345-67890-12-1."""
    digits = make.citizen_id(n)
    return "-".join((digits[0], digits[1:5], digits[5:10], digits[10:12], digits[12]))


def cell(iso: str) -> datetime:
    """A spreadsheet's date or time: without a zone."""
    return datetime.fromisoformat(iso)


def sso(n: int = 1, cells: Row | None = None) -> Row:
    return {
        "เลขที่อ้างอิง": f"SSO-{n}",
        "ลำดับการเปลี่ยนแปลง": "1",
        "การดำเนินการ": "แจ้งเข้า",
        "วันเวลาที่บันทึก": "05/05/2568 09:30:00",
        "รหัสหน่วยงาน สปส.": "20",
        "เลขบัตรประชาชน": dashed(n),
        "มาตรา": "ม.33",
        "เลขทะเบียนนายจ้าง": make.juristic_number(n),
        "จังหวัดของสถานประกอบการ": "ชลบุรี",
        "รหัสประเภทกิจการ": "45201",
        "รหัสอาชีพ": "7231",
        "ตำแหน่งงาน": "ช่างยนต์",
        "วันที่เข้าทำงาน": "01-05-2568",
        "วันที่ออกจากงาน": "-",
        **(cells or {}),
    }


def enrolment(n: int = 1, cells: Row | None = None) -> Row:
    return {
        "เลขที่ทะเบียน": f"E-{n}",
        "ครั้งที่แก้ไข": "1",
        "ประเภทรายการ": "เพิ่ม",
        "วันเวลาที่บันทึก": "20/05/2565 10:00",
        "เลขประจำตัวประชาชน": make.citizen_id(n),
        "รหัสสถานศึกษา": "1320016101",
        "จังหวัด": "กรุงเทพฯ",
        "ระดับ": "ปวช.",
        "รหัสหลักสูตร": "2562",
        "รหัสประเภทวิชา": "1",
        "รหัสสาขาวิชา": "20101",
        "รหัสสาขางาน": "2010101",
        "ปีการศึกษาที่เข้า": "2565",
        "วันที่เข้าศึกษา": "16/05/2565",
        "วันที่พ้นสภาพ": "",
        "วันที่คาดว่าจะสำเร็จ": "31/03/2568",
        "สถานภาพ": "กำลังศึกษา",
        "ความประสงค์หลังสำเร็จ": "ทำงาน",
        "รหัสอาชีพที่ต้องการ": "7231",
        "จังหวัดภูมิลำเนา": "จ.เชียงใหม่",
        **(cells or {}),
    }


def graduation(n: int = 1, cells: Row | None = None) -> Row:
    return {
        "เลขที่ประกาศนียบัตร": f"G-{n}",
        "ครั้งที่แก้ไข": 1,
        "ประเภทรายการ": "เพิ่ม",
        "วันเวลาที่บันทึก": "10/04/2568 09:00",
        "เลขประจำตัวประชาชน": int(make.citizen_id(n)),
        "รหัสสถานศึกษา": 1320016101,
        "จังหวัดที่ตั้งสถานศึกษา": "ชลบุรี",
        "ระดับการศึกษา": "ประกาศนียบัตรวิชาชีพ (ปวช.)",
        "รหัสหลักสูตร": 2562,
        "ประเภทวิชา": "อุตสาหกรรม",
        "รหัสสาขาวิชา": 20101,
        "รหัสสาขางาน": 2010101,
        "ปีการศึกษาที่สำเร็จ": 2567,
        "ปีการศึกษาที่เข้า": 2565,
        "วันที่สำเร็จการศึกษา": "31/03/2568",
        "เลขที่ทะเบียน": f"E-{n}",
        **(cells or {}),
    }


def certification(n: int = 1, cells: Row | None = None) -> Row:
    return {
        "เลขที่รายการ": f"C-{n}",
        "ครั้งที่ปรับปรุง": 1,
        "สถานะรายการ": "เพิ่ม",
        "บันทึกเมื่อ": "2568-06-16T09:00:00",
        "รหัสหน่วยงาน": "20",
        "เลขประจำตัวประชาชน": make.citizen_id(n),
        "ประเภท": "ทดสอบมาตรฐานฝีมือแรงงานแห่งชาติ",
        "รหัสสาขาอาชีพ": "7231-01",
        "หลักสูตร": None,
        "ระดับ": 1,
        "ผล": "ผ่าน",
        "วันที่ออกผล": "15 มิ.ย. 2568",
        "วันหมดอายุ": None,
        **(cells or {}),
    }


def plain_employment(n: int = 1, cells: Row | None = None) -> Row:
    """As an agency exports that took over the standard's names."""
    record = make.employment(record_id=f"S-{n}", started_on="2025-05-01", recorded_at="2025-05-05T09:30:00+07:00")
    names = record.keys() - {"person_key", "identity"}
    return {name: record[name] for name in record if name in names} | {"citizen_id": make.citizen_id(n)} | (cells or {})


def write_csv(path: Path, rows: list[Row], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        lines = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        lines.writeheader()
        lines.writerows(rows)
    return path


def write_json_lines(path: Path, rows: list[Row]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_excel(path: Path, rows: list[Row], title: str | None = None) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if title:
        sheet.append([title])
    for cells in (list(rows[0]), *(list(row.values()) for row in rows)):
        sheet.append(cells)
    book.save(path)
    return path


def read_back(path: Path) -> list[Row]:
    """The rows of any of the three formats."""
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        headings, *rows = (list(cells) for cells in book.worksheets[0].iter_rows(values_only=True))
        return [dict(zip(headings, cells, strict=True)) for cells in rows]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def mended(path: Path, cells: Row) -> Path:
    """A file of refused rows after a person has mended it: the same cells in each row."""
    rows = [row | cells for row in read_back(path)]
    assert all(REASON in row for row in rows)
    write = {".jsonl": write_json_lines, ".xlsx": write_excel, ".csv": write_csv}[path.suffix]
    return write(path, rows)
