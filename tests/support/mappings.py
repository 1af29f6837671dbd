"""Mappings of the tests' own, and what the reader makes of them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from saingan.errors import Fault
from saingan.publish.files.mapping import mapping
from saingan.publish.files.rows import RowReader
from saingan.standard.schemas import root
from saingan.topics import EMPLOYMENT, Topic


def shipped_sso() -> Any:
    return yaml.load((root() / "mappings" / "sso-insured-employment.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)


def said_of(path: Path, topic: Topic = EMPLOYMENT) -> str:
    """The slips that `load` reports, without the sentence before them and the file's name."""
    with pytest.raises(Fault) as fault:
        mapping.load(path, topic.name)
    assert "ไฟล์จับคู่" in str(fault.value)
    return "\n".join(line.removeprefix(f"{path.name}: ") for line in str(fault.value).splitlines()[1:])


def fields(**change: object) -> dict[str, object]:
    """The columns of the shipped SSO mapping after a change; None leaves one out."""
    return {name: column for name, column in (shipped_sso()["fields"] | change).items() if column}


def with_section(column: str, more: str = "") -> str:
    """A mapping of SSO's file as text, with these words for its sections."""
    return f"""topic: sso.insured-employment.v1
constants: {{change: UPSERT, source: SSO-10}}
fields:
  record_id: เลขที่อ้างอิง
  record_version: ลำดับ
  recorded_at: บันทึกเมื่อ
  citizen_id: เลขบัตรประชาชน
  section: {column}
  started_on: วันที่เข้าทำงาน
{more}"""


def read_section(path: Path, cell: str) -> object:
    """What a cell of the section's column becomes; None where it is refused."""
    headings = [column.heading for column in mapping.load(path, EMPLOYMENT.name).fields.values()]
    reading = RowReader(mapping.load(path, EMPLOYMENT.name), headings).read(
        [cell if heading == "มาตรา" else None for heading in headings]
    )
    return reading.record.get("section")
