"""Mappings say what is wrong with them, before any row is read."""

import pytest
import yaml

from saingan.errors import Fault
from saingan.publish import mapping
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION, TOPICS

SHIPPED = {
    "ovec-enrolment": ENROLMENT,
    "ovec-graduation": GRADUATION,
    "sso-insured-employment": EMPLOYMENT,
    "dsd-skill-certification": CERTIFICATION,
}


@pytest.fixture
def slips(tmp_path):
    """What `load` says of the shipped SSO mapping after a change to it."""

    def of(**change):
        _, text = mapping._read("sso-insured-employment")
        path = tmp_path / "mapping.yaml"
        path.write_text(yaml.safe_dump(yaml.safe_load(text) | change, allow_unicode=True), encoding="utf-8")
        with pytest.raises(Fault) as fault:
            mapping.load(path, EMPLOYMENT.name)
        return str(fault.value)

    return of


def fields(**change):
    shipped = yaml.safe_load(mapping._read("sso-insured-employment")[1])["fields"]
    return {name: column for name, column in (shipped | change).items() if column}


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
    assert {"citizen_id", "previous_citizen_id", "record_id"} < columns.keys()
    assert "person_key" not in columns


def test_a_misspelt_field_is_named_with_the_nearest_one(slips):
    assert slips(fields=fields(startedon="วันที่เริ่ม")) == (
        "mapping.yaml: field `startedon` is not a field of sso.insured-employment.v1; did you mean `started_on`?"
    )


def test_all_slips_are_told_at_once(slips):
    said = slips(fields=fields(record_version=None, citizen_id=None, tsic={"from": "ก", "list": "province"}))
    assert "field `record_version` is in no column" in said
    assert "`citizen_id` is in no column" in said
    assert "there is no code list `province`; did you mean `provinces`?" in said
    assert len(said.splitlines()) == 3


def test_a_code_that_the_field_does_not_have_is_named(slips):
    said = slips(fields=fields(change={"from": "ก", "codes": {"เพิ่ม": "UPSET"}, "default": "ADD"}))
    assert "field `change`: `UPSET` is none of UPSERT, WITHDRAW, ERASE; did you mean `UPSERT`?" in said
    assert "field `change`: `ADD` is none of" in said


def test_a_constant_must_be_of_its_fields_type(slips):
    assert 'field `source`: `10` must be text: write "10"' in slips(constants={"source": 10})
    assert "field `section`: `ม.33` must be a whole number" in slips(constants={"section": "ม.33"})


def test_an_unknown_key_is_named_with_the_nearest_one(slips):
    said = slips(fields=fields(section={"from": "มาตรา", "code": {"ม.33": 33}}))
    assert "`fields.section.code` is not a key of a mapping; did you mean `codes`?" in said
    assert "`constant` is not a key of a mapping; did you mean `constants`?" in slips(constant={})


def test_a_mapping_of_another_topic_is_refused():
    with pytest.raises(Fault, match=r"ovec-enrolment\.yaml: is for ovec\.enrolment\.v1, not for sso"):
        mapping.load("ovec-enrolment", EMPLOYMENT.name)


def test_a_mapping_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(Fault, match=r"no mapping `sso`: .* dsd-skill-certification, ovec-enrolment") as fault:
        mapping.load("sso", EMPLOYMENT.name)
    assert "path of a YAML file" in str(fault.value)


def test_a_mapping_that_is_no_yaml_says_where(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text("topic: a\nfields: {a: b: c}\n")
    with pytest.raises(Fault, match=r"broken\.yaml: not YAML at line 2"):
        mapping.load(path, EMPLOYMENT.name)


def test_codes_that_yaml_reads_as_numbers_are_still_text():
    assert mapping.Column.model_validate({"from": "ก", "codes": {33: 33, "01": "A"}}).codes == {"33": 33, "01": "A"}
