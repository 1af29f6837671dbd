"""The types of the topics' records, made from the schemas."""

import runpy
from pathlib import Path
from typing import get_type_hints

import pytest
from mypy import api

import saingan
from saingan.publish import records
from saingan.standard import schemas
from saingan.topics import TOPICS

ROOT = Path(saingan.__file__).parents[2]
REGISTRIES = [topic for topic in TOPICS.values() if topic.registry]


def test_the_module_is_what_the_schemas_give():
    """Else: `.venv/bin/python generate.py`."""
    made = runpy.run_path(str(ROOT / "generate.py"))["module"]()
    assert Path(records.__file__).read_text(encoding="utf-8") == made


@pytest.mark.parametrize("topic", REGISTRIES, ids=lambda topic: topic.name)
def test_each_topic_has_a_type_of_its_fields(topic):
    typed = getattr(records, topic.record)
    fields = {field["name"]: "default" in field for field in schemas.schema(topic.name)["fields"]}
    person = {"person_key"} if topic.person_level else set()
    assert get_type_hints(typed).keys() == fields.keys()
    assert typed.__optional_keys__ == {name for name, optional in fields.items() if optional} | person


def test_a_type_checker_finds_a_slip_and_takes_a_right_record(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        """
from datetime import date, datetime, timezone
from saingan.publish import Publisher
from saingan.publish.records import SkillCertificationRecord
def send(publisher: Publisher) -> None:
    record: SkillCertificationRecord = {
        "record_id": "C-1", "record_version": 1, "change": "UPSERT", "source": "DSD-20",
        "recorded_at": datetime(2025, 6, 15, tzinfo=timezone.utc), "kind": "TRAINING", "trade_code": "7231-01",
        "result": "PASSED", "issued_on": date(2025, 6, 15), "expires_on": "2030-06-15",
    }
    publisher.publish("dsd.skill-certification.v1", record, citizen_id="1-0000-12345-67-7")
    record["result"] = "WON"
    record["issued"] = date(2025, 6, 15)
""",
        encoding="utf-8",
    )
    shown, _, status = api.run(["--config-file", str(ROOT / "pyproject.toml"), "--strict", str(program)])
    wrong = [line.partition(": error: ")[0].rpartition(":")[2] for line in shown.splitlines() if ": error: " in line]
    assert (status, wrong) == (1, ["12", "13"]), shown
