"""The mappings: those that are shipped, those of the standard's headings, and a file of one's own."""

import pytest

from saingan.errors import Fault
from saingan.publish.files.mapping import mapping
from saingan.publish.files.rows import RowReader
from saingan.topics import CERTIFICATION, DEMAND, EMPLOYMENT, ENROLMENT, GRADUATION, TOPICS
from support.make import day
from support.mappings import with_section

SHIPPED = {
    "ovec-enrolment": ENROLMENT,
    "ovec-graduation": GRADUATION,
    "sso-insured-employment": EMPLOYMENT,
    "dsd-skill-certification": CERTIFICATION,
    "ovec-labour-demand": DEMAND,
}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_mapping_agrees_with_its_topic(name):
    assert mapping.load(name, SHIPPED[name].name).topic == SHIPPED[name].name


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_mapping_fills_every_field_but_the_pseudonym_and_the_sealed_identity(name):
    found = mapping.load(name, SHIPPED[name].name)
    of_schema = mapping.schema_fields(SHIPPED[name].name).keys() - {"person_key", "identity"}
    assert of_schema == (found.fields.keys() | found.constants.keys()) - {"citizen_id", "previous_citizen_id"}


def test_the_shipped_mappings_are_those_that_are_tested():
    assert mapping.shipped() == sorted(SHIPPED)
    assert mapping.shipped(EMPLOYMENT.name) == ["sso-insured-employment"]


@pytest.mark.parametrize("topic", [topic.name for topic in TOPICS.values() if topic.registry])
def test_without_a_mapping_the_headings_are_the_standards(topic):
    columns = mapping.plain(topic).fields
    assert all(column.heading == name for name, column in columns.items())
    assert ({"citizen_id", "previous_citizen_id"} < columns.keys()) == TOPICS[topic].person_level
    assert "record_id" in columns
    assert "person_key" not in columns


def test_a_mapping_of_another_topic_is_refused():
    with pytest.raises(Fault, match=r"ovec-enrolment\.yaml: line 2: is for ovec\.enrolment\.v1, not for sso"):
        mapping.load("ovec-enrolment", EMPLOYMENT.name)


def test_a_mapping_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(Fault, match=r"no mapping `sso`: .* dsd-skill-certification, ovec-enrolment") as fault:
        mapping.load("sso", EMPLOYMENT.name)
    assert "path of a YAML file" in str(fault.value)


def test_words_for_nothing_and_headings_are_read_as_they_are_written(written):
    path = written(with_section("2562", "blank: [-, NULL, 0, 31/12/9999]"))
    found = mapping.load(path, EMPLOYMENT.name)
    assert found.blank == ("-", "NULL", "0", "31/12/9999")
    assert found.fields["section"].heading == "2562"
    assert mapping.load(written(with_section("มาตรา", 'blank: "-"')), EMPLOYMENT.name).blank == ("-",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
def test_a_mapping_is_read_in_any_encoding_that_windows_saves(written, encoding):
    path = written(with_section("{from: มาตรา, codes: {ม.33: 33}}"), encoding)
    assert mapping.load(path, EMPLOYMENT.name).fields["section"].codes == {"ม.33": "33"}


def test_constants_are_read_as_cells_are(written):
    text = (
        with_section("มาตรา")
        .replace("  started_on: วันที่เข้าทำงาน\n", "")
        .replace("source: SSO-10", "source: 010, started_on: 01/05/2568")
    )
    found = mapping.load(written(text), EMPLOYMENT.name)
    record = RowReader(found, [column.heading for column in found.fields.values()]).read([]).record
    assert record.items() >= {"source": "010", "started_on": day("2025-05-01")}.items()
