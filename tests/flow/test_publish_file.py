"""A file that breaks off, on a real broker: the summary tells what was sent until then, and refused rows are kept."""

import re
import shutil
import zipfile
from pathlib import Path

import pytest

from publish import exports, wire
from saingan.publish import Summary, publish_file
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT, GRADUATION

pytestmark = pytest.mark.flow

WRONG = {"วันที่เข้าทำงาน": "01-13-2568"}


def cut_utf16(folder: Path) -> Path:
    """3,000 rows as Excel's Unicode text, every hundredth refused, broken off in the middle of a character."""
    rows = [exports.sso(n, WRONG if n % 100 == 0 else {}) for n in range(1, 3001)]
    path = exports.write_csv(folder / "a.txt", rows, encoding="utf-16", delimiter="\t")
    path.write_bytes(path.read_bytes()[:-41])
    return path


def damaged_workbook(folder: Path) -> Path:
    """1,000 graduates of whom every hundredth is refused; in row 900 a cell points beyond the shared strings."""
    rows = [exports.graduation(n, {"ประเภทวิชา": "อวกาศ"} if n % 100 == 0 else {}) for n in range(1, 1001)]
    whole = exports.write_excel(folder / "whole.xlsx", rows)
    path = folder / "a.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content, found = re.subn(rb'<c r="A900".*?</c>', b'<c r="A900" t="s"><v>99999999</v></c>', content)
                assert found == 1
            target.writestr(name, content)
    whole.unlink()
    return path


@pytest.mark.parametrize(
    ("make", "topic", "mapping", "rows", "refused"),
    [
        (cut_utf16, EMPLOYMENT, "sso-insured-employment", 2999, 29),
        (damaged_workbook, GRADUATION, "ovec-graduation", 898, 8),
    ],
)
def test_a_file_that_breaks_off_is_sent_and_told_up_to_there(
    exchange: Settings, tmp_path: Path, make, topic, mapping, rows, refused
) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    summary: Summary = publish_file(exchange, topic.name, make(folder), mapping, progress=False)
    assert (summary.rows, summary.sent, summary.refused) == (rows, rows - refused, refused)
    assert summary.messages == summary.sent == len(wire.messages(exchange, topic))
    assert len(exports.read_back(summary.refused_file)) == refused
    assert not summary.clean
    thai, english = summary.stopped.splitlines()
    assert "ให้บันทึกหรือส่งออกไฟล์ใหม่" in thai
    assert re.search(rf"row {rows + 1} .*send the whole file; nothing is doubled", english)
    shutil.rmtree(folder)
