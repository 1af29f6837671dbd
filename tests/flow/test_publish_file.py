"""A damaged file on a real broker: the summary tells what was sent until then, and refused rows are kept."""

import re
import zipfile
from pathlib import Path

import pytest

from saingan.errors import Fault
from saingan.publish import publish_file
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT, GRADUATION
from support import exports, wire

pytestmark = pytest.mark.flow

CELL = rb'<c r="A900".*?</c>'
BEYOND_THE_SHARED_STRINGS = b'<c r="A900" t="s"><v>99999999</v></c>'


def workbook(folder: Path, damaged: bytes, by: bytes) -> Path:
    """1,000 graduates of whom every hundredth is refused; what matches ``damaged`` in the sheet is replaced."""
    rows = [exports.graduation(n, {"ประเภทวิชา": "อวกาศ"} if n % 100 == 0 else {}) for n in range(1, 1001)]
    whole = exports.write_excel(folder / "whole.xlsx", rows)
    path = folder / "a.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content, found = re.subn(damaged, by, content, flags=re.DOTALL)
                assert found == 1
            target.writestr(name, content)
    whole.unlink()
    return path


def test_a_workbook_that_breaks_off_in_row_900_is_sent_and_told_up_to_there(exchange: Settings, tmp_path: Path) -> None:
    path = workbook(tmp_path, damaged=CELL + b".*", by=b"<c")
    summary = publish_file(exchange, GRADUATION.name, path, "ovec-graduation", progress=False)
    assert (summary.rows, summary.sent, summary.refused) == (898, 890, 8)
    assert summary.messages == summary.sent == len(wire.messages(exchange, GRADUATION))
    assert summary.refused_file is not None
    assert len(exports.read_back(summary.refused_file)) == 8
    assert not summary.clean
    thai, english = (summary.stopped or "").splitlines()
    assert "899" in thai
    assert "899" in english


def test_a_damaged_cell_costs_its_row_alone(exchange: Settings, tmp_path: Path) -> None:
    path = workbook(tmp_path, damaged=CELL, by=BEYOND_THE_SHARED_STRINGS)
    summary = publish_file(exchange, GRADUATION.name, path, "ovec-graduation", progress=False)
    assert (summary.rows, summary.sent, summary.refused, summary.stopped) == (1000, 989, 11, None)
    assert summary.sent == len(wire.messages(exchange, GRADUATION))


def test_a_text_that_is_cut_in_the_middle_of_a_character_sends_nothing_and_leaves_the_earlier_refused_file(
    exchange: Settings, tmp_path: Path
) -> None:
    rows = [exports.sso(n) for n in range(1, 3001)]
    path = exports.write_csv(tmp_path / "a.txt", rows, encoding="utf-16", delimiter="\t")
    path.write_bytes(path.read_bytes()[:-41])
    earlier = tmp_path / "a.txt.refused.csv"
    earlier.write_text("old")
    with pytest.raises(Fault, match="ends in the middle of a character, in line 3001"):
        publish_file(exchange, EMPLOYMENT.name, path, "sso-insured-employment", progress=False)
    assert wire.messages(exchange, EMPLOYMENT) == []
    assert earlier.read_text() == "old"
