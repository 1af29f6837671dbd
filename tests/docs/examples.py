"""The agency files in ``examples/``: ``python -m docs.examples`` writes them."""

import csv
from datetime import date
from pathlib import Path
from typing import Final

from docs.markdown import ROOT
from saingan.demo.exports import Exports
from saingan.demo.population import changes, everyone
from support.make import juristic_number

EXAMPLES: Final = ROOT / "examples"
_SEED: Final = 2569
_GRADUATES: Final = 12
_TODAY: Final = date(2026, 6, 1)


_DEMAND: Final = {  # of a motor workshop
    "ครั้งที่แก้ไข": "1",
    "ประเภทรายการ": "เพิ่ม",
    "วันเวลาที่บันทึก": "20/05/2569 10:00:00",
    "รอบการสำรวจ": "2569/1",
    "วันที่สำรวจ": "18/05/2569",
    "รหัสสถานศึกษา": "1320016101",
    "เลขทะเบียนนิติบุคคล": juristic_number(1),
    "ชื่อสถานประกอบการ": "บริษัท ตัวอย่าง จำกัด",
    "ที่อยู่": "99 หมู่ 1",
    "รหัสประเภทกิจการ": "45201",
    "ตำแหน่งงาน": "ช่างซ่อมรถยนต์",
    "รหัสอาชีพ": "7231",
    "สาขาวิชาที่ต้องการ": "20101; 30101",
    "วุฒิขั้นต่ำ": "ปวช.",
    "วุฒิขั้นสูง": "ปวส.",
    "ประสบการณ์": "0",
    "รหัสสาขาอาชีพ": "7231-01",
    "ระดับมาตรฐานฝีมือ": "1",
    "ทักษะที่ต้องการ": "DSD-7231-01;ESCO-7231",
    "จำนวนที่ต้องการ": "12",
    "จำนวนที่ขาดแคลน": "4",
    "จังหวัดที่ทำงาน": "ชลบุรี",
    "รหัสอำเภอ": "2001",
    "วันที่เริ่มงาน": "-",
    "ต้องการตั้งแต่": "01/10/2569",
    "ต้องการถึง": "30/09/2570",
    "ทวิภาคี": "ใช่",
}
_NO_FIRM: Final = dict.fromkeys(("เลขทะเบียนนิติบุคคล", "ชื่อสถานประกอบการ", "ที่อยู่"), "-")
_ANY_FIELD: Final = dict.fromkeys(("สาขาวิชาที่ต้องการ", "รหัสสาขาอาชีพ", "ระดับมาตรฐานฝีมือ", "ทักษะที่ต้องการ", "รหัสอำเภอ"), "-")
_DEMANDS: Final = [
    _DEMAND,
    _DEMAND | {"ตำแหน่งงาน": "ช่างเชื่อม", "รหัสอาชีพ": "7212", "สาขาวิชาที่ต้องการ": "20103", "จำนวนที่ต้องการ": "30"},
    _DEMAND | _NO_FIRM | _ANY_FIELD | {"ตำแหน่งงาน": "พนักงานขาย", "รหัสอาชีพ": "5223", "จังหวัดที่ทำงาน": "กรุงเทพฯ"},
]


def write(folder: Path) -> list[Path]:
    """Export files of a dozen graduates and of a survey, one of each shipped mapping."""
    with Exports(folder, _SEED) as exports:
        for chance, someone in everyone(_SEED, _GRADUATES, _TODAY):
            for change in changes(chance, someone, _TODAY):
                exports.add(change)
    return [*(export.path for export in exports.files), _survey(folder / "ovec-labour-demand.csv")]


def _survey(path: Path) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, ["เลขที่แบบสำรวจ", *_DEMAND])
        table.writeheader()
        table.writerows({"เลขที่แบบสำรวจ": f"DM-2569-{n:06}", **demand} for n, demand in enumerate(_DEMANDS, 1))
    return path


if __name__ == "__main__":
    write(EXAMPLES)
