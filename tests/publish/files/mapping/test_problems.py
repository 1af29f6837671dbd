"""Mappings say what is wrong with them, before any row is read."""

import re
from typing import Any

import pytest

from saingan.publish.files.mapping import mapping
from saingan.publish.files.rows import RowReader
from saingan.standard.schemas import root
from saingan.topics import DEMAND, EMPLOYMENT
from support.mappings import fields, said_of, with_section


def test_a_misspelt_field_is_named_with_the_nearest_one(slips):
    assert re.fullmatch(
        r"line \d+: field `startedon` is not a field of sso\.insured-employment\.v1; did you mean `started_on`\?",
        slips(fields=fields(startedon="วันที่เริ่ม")),
    )


@pytest.mark.parametrize("key", [{"width": 2}, {"prefix": "SSO-"}])
@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("source", {"from": "a", "codes": {"1": "SSO-1"}}),
        ("employer_province", {"from": "a", "list": "provinces"}),
        ("section", {"from": "a"}),
    ],
)
def test_a_key_that_would_change_nothing_is_refused(slips, name, column, key):
    said = slips(fields=fields(**{name: column | key}))
    assert f"field `{name}`: `{next(iter(key))}` is for a text without `codes` or `list`" in said


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


def test_a_separator_belongs_to_a_field_of_several_values_and_a_default_does_not(written: Any) -> None:
    shipped = (root() / "mappings" / "ovec-labour-demand.yaml").read_text(encoding="utf-8")
    odd = shipped.replace('{from: ทักษะที่ต้องการ, separator: ";"}', '{from: ทักษะที่ต้องการ, separator: "", default: X}')
    said = said_of(written(odd.replace("position: ตำแหน่งงาน", "position: {from: ตำแหน่งงาน, separator: ;}")), DEMAND)
    assert "field `position`: `separator` parts the items of an array: leave it out" in said
    assert "field `skills`: `separator` parts the items of an array: give it a character" in said
    assert "field `skills`: leave `default` out, an empty cell is an array without items" in said
