"""Mappings say what is wrong with them, before any row is read."""

import re
from typing import Any

import pytest
import yaml

from saingan.errors import Fault
from saingan.publish.files.mapping import mapping
from saingan.publish.files.mapping.translation import Translation, plain_name
from saingan.publish.files.rows import RowReader
from saingan.publish.files.values import UnreadableError
from saingan.standard import codes
from saingan.standard.schemas import root
from saingan.topics import CERTIFICATION, DEMAND, EMPLOYMENT, ENROLMENT, GRADUATION, TOPICS
from support.make import day

SHIPPED = {
    "ovec-enrolment": ENROLMENT,
    "ovec-graduation": GRADUATION,
    "sso-insured-employment": EMPLOYMENT,
    "dsd-skill-certification": CERTIFICATION,
    "ovec-labour-demand": DEMAND,
}


def shipped_sso():
    return yaml.load((root() / "mappings" / "sso-insured-employment.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)


def said_of(path, topic=EMPLOYMENT):
    """The slips that `load` reports, without the sentence before them and the file's name."""
    with pytest.raises(Fault) as fault:
        mapping.load(path, topic.name)
    assert "ไฟล์จับคู่" in str(fault.value)
    return "\n".join(line.removeprefix(f"{path.name}: ") for line in str(fault.value).splitlines()[1:])


@pytest.fixture
def slips(tmp_path):
    """What `load` says of the shipped SSO mapping after a change to it."""

    def of(**change):
        path = tmp_path / "mapping.yaml"
        path.write_text(yaml.safe_dump(shipped_sso() | change, allow_unicode=True), encoding="utf-8")
        return said_of(path)

    return of


@pytest.fixture
def written(tmp_path):
    """The path of a mapping with this text, saved in an encoding."""

    def of(text, encoding="utf-8"):
        path = tmp_path / "own.yaml"
        path.write_bytes(text.encode(encoding))
        return path

    return of


def fields(**change):
    return {name: column for name, column in (shipped_sso()["fields"] | change).items() if column}


def with_section(column, more=""):
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


def test_a_misspelt_field_is_named_with_the_nearest_one(slips):
    assert re.fullmatch(
        r"line \d+: field `startedon` is not a field of sso\.insured-employment\.v1; did you mean `started_on`\?",
        slips(fields=fields(startedon="วันที่เริ่ม")),
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
    own = {"fields": fields(section=None, started_on=None)}
    assert "field `section`: `ม.33` must be a whole number" in slips(**own, constants={"section": "ม.33"})
    assert "field `started_on`: `31/02/2568` must be a date" in slips(**own, constants={"started_on": "31/02/2568"})


def test_an_unknown_key_is_named_with_the_nearest_one(slips):
    said = slips(fields=fields(section={"from": "มาตรา", "code": {"ม.33": 33}}))
    assert "`fields.section.code` is not a key of a mapping; did you mean `codes`?" in said
    assert "`constant` is not a key of a mapping; did you mean `constants`?" in slips(constant={})


def test_a_mapping_of_another_topic_is_refused():
    with pytest.raises(Fault, match=r"ovec-enrolment\.yaml: line 2: is for ovec\.enrolment\.v1, not for sso"):
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


def read_section(path, cell):
    """What a cell of the section's column becomes; None where it is refused."""
    headings = [column.heading for column in mapping.load(path, EMPLOYMENT.name).fields.values()]
    reading = RowReader(mapping.load(path, EMPLOYMENT.name), headings).read(
        [cell if heading == "มาตรา" else None for heading in headings]
    )
    return reading.record.get("section")


@pytest.mark.parametrize(
    "codes", ["{01: 33, 010: 39, 8: 40}", "{YES: 33, NO: 39, off: 40}", "{1_0: 33, 0x1F: 39, 12:30: 40}"]
)
def test_codes_are_read_as_they_are_written_without_quotes(written, codes):
    path = written(with_section(f"{{from: มาตรา, codes: {codes}}}"))
    names = [pair.rsplit(":", 1)[0].strip() for pair in codes.strip("{}").split(",")]
    assert [read_section(path, name) for name in names] == [33, 39, 40]


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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("# nothing yet\n", "is empty or no table"),
        ("- topic: sso\n", "is empty or no table"),
        ("sso", "is empty or no table"),
        ("topic: sso\nfields:\n  - record_id: ก\n", "line 2: `fields` must be a table: one `field: heading` a line"),
        ("topic: sso\nfields:\n\trecord_id: ก\n", "not YAML at line 3: there is a tab"),
        ("fields: {record_id: ก}\n", "`topic` is missing"),
        (with_section("[มาตรา]"), "line 8: `fields.section` must be a heading, or a table such as {from: heading"),
        (with_section(""), "line 8: `fields.section.from` has no heading"),
        (with_section("{from: มาตรา, width: five}"), "`fields.section.width` must be a whole number"),
        (with_section("{from: มาตรา, width: 0}"), "`fields.section.width` must be 1 or more"),
        (with_section("{from: มาตรา, optional: perhaps}"), "`fields.section.optional` must be true or false"),
        (with_section("{from: มาตรา, codes: [33, 39]}"), "`fields.section.codes` must be a table `the agency's code"),
        (with_section("{from: มาตรา, parse: citizen}"), "`fields.section.parse` must be juristic_number"),
        (with_section("มาตรา", "blank: {a: b}"), "line 10: `blank` must be a list of words"),
        (with_section("มาตรา", "started_on: ก"), "line 10: `started_on` is not a key of a mapping"),
        (with_section("&a {from: *a}"), "is nested too deep"),
    ],
)
def test_a_slip_of_form_names_its_line_and_what_to_write(written, text, said):
    assert said in said_of(written(text))


def test_a_key_that_stands_twice_is_refused_with_both_lines(written):
    twice = with_section("{from: มาตรา, codes: {ม.33: 33, ม.39: 39, ม.33: 40}}", "  started_on: วันที่ออก\n")
    assert said_of(written(twice)).splitlines() == [
        "line 8: `ม.33` stands in line 8 already: keep one",
        "line 10: `started_on` stands in line 9 already: keep one",
    ]


@pytest.mark.parametrize(
    "codes",
    [
        "{A: 33, a: 40}",
        "{ก.: 33, ก: 40}",
        "{จ.ก: 33, ก: 40}",
        '{"ก ": 33, ก: 40}',
        '{"แก": 33, "เเก": 40}',
        '{"ท\u0e33": 33, "ท\u0e4d\u0e32": 40}',
    ],
)
def test_codes_that_are_read_as_one_are_refused(written, codes):
    assert "are read as one, and mean different things" in said_of(
        written(with_section(f"{{from: มาตรา, codes: {codes}}}"))
    )


def test_codes_that_are_read_as_one_and_mean_the_same_are_fine(written):
    assert read_section(written(with_section("{from: มาตรา, codes: {ม.33: 33, ม.33.: 33}}")), "ม.33") == 33


@pytest.mark.parametrize(
    ("codes", "cell", "section"),
    [
        ("{33: 40, 40: 33}", "33", 40),  # the agency's own codes go before ours
        ("{33: 40, 40: 33}", "40", 33),
        ("{33: 40}", "40", None),  # its 40 need not be ours
        ("{1: 33, 2: 39}", "39", None),  # nor where it has numbers of its own
        ("{033: 33}", "39", None),
        ("{033: 33}", "33", 33),
        ("{ม.33: 33}", "33", 33),  # ours stay ours beside words
        ("{33: 33, ม.39: 39}", "39", 39),
    ],
)
def test_what_the_agency_wrote_goes_before_our_codes(written, codes, cell, section):
    assert read_section(written(with_section(f"{{from: มาตรา, codes: {codes}}}")), cell) == section


@pytest.mark.parametrize("name", ["citizen_id", "record_id", "previous_citizen_id", "person_key"])
def test_what_tells_one_record_or_person_from_another_is_no_constant(slips, name):
    said = slips(constants={name: "1"}, fields=fields(**{name: None}))
    assert f"field `{name}` stands under `constants`: all rows would be one" in said


def test_a_field_with_a_column_and_a_constant_is_refused(slips):
    assert "stands under `fields` and under `constants`" in slips(constants={"section": "33"})


def test_two_days_or_two_persons_from_one_column_are_refused(slips):
    heading = "วันที่เข้าทำงาน"
    assert f"`ended_on` and `started_on` are read from one column, `{heading}`" in slips(
        fields=fields(ended_on=heading)
    )
    heading = "เลขบัตรประชาชน"
    assert "`citizen_id` and `previous_citizen_id`" in slips(fields=fields(previous_citizen_id=heading))


def cautions(path):
    found = mapping.load(path, EMPLOYMENT.name)
    reader = RowReader(found, list({column.heading: None for column in found.fields.values()}))
    warned = reader.read([]).warnings
    assert reader.read([]).warnings == ()  # once for a file
    return [(issue.field, issue.rule) for issue in warned]


def test_a_version_that_is_the_same_for_all_rows_is_a_caution(written):
    text = (
        with_section("มาตรา")
        .replace("constants: {", "constants: {record_version: 1, ")
        .replace("  record_version: ลำดับ\n", "")
    )
    assert cautions(written(text)) == [("record_version", "constant")]
    assert cautions(written(with_section("มาตรา"))) == []


def test_two_texts_from_one_column_are_a_caution(written):
    assert cautions(written(with_section("มาตรา", "  position: เลขที่อ้างอิง\n"))) == [("position", "one-column")]


def test_constants_are_read_as_cells_are(written):
    text = (
        with_section("มาตรา")
        .replace("  started_on: วันที่เข้าทำงาน\n", "")
        .replace("source: SSO-10", "source: 010, started_on: 01/05/2568")
    )
    found = mapping.load(written(text), EMPLOYMENT.name)
    record = RowReader(found, [column.heading for column in found.fields.values()]).read([]).record
    assert record.items() >= {"source": "010", "started_on": day("2025-05-01")}.items()


@pytest.mark.parametrize("list_name", codes.LISTS)
def test_a_name_that_several_codes_of_a_list_have_is_refused_and_any_other_means_its_code(list_name):
    translate = Translation({}, list_name, ())
    listed = codes.codes(list_name)
    named = [(name, code.code) for code in listed.values() for name in {code.name_th, code.name_en} if name]
    for name, code in named:
        several = {other for again, other in named if plain_name(again) == plain_name(name)} != {code}
        if several and name not in listed:
            with pytest.raises(UnreadableError, match="code") as slip:
                translate(name)
            assert "several codes" in slip.value.advice
        else:
            assert translate(name) == code


def test_a_separator_belongs_to_a_field_of_several_values_and_a_default_does_not(written: Any) -> None:
    shipped = (root() / "mappings" / "ovec-labour-demand.yaml").read_text(encoding="utf-8")
    odd = shipped.replace('{from: ทักษะที่ต้องการ, separator: ";"}', '{from: ทักษะที่ต้องการ, separator: "", default: X}')
    said = said_of(written(odd.replace("position: ตำแหน่งงาน", "position: {from: ตำแหน่งงาน, separator: ;}")), DEMAND)
    assert "field `position`: `separator` parts the items of an array: leave it out" in said
    assert "field `skills`: `separator` parts the items of an array: give it a character" in said
    assert "field `skills`: leave `default` out, an empty cell is an array without items" in said
