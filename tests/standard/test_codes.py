from pathlib import Path

import pytest

from saingan.standard import schemas
from saingan.standard.codes import LISTS, codes
from saingan.topics import CERTIFICATION, ENROLMENT


def symbols(topic, field_name):
    field = next(field for field in schemas.schema(topic.name)["fields"] if field["name"] == field_name)
    return set(field["type"]["symbols"]) - {"OTHER"}


@pytest.mark.parametrize(
    ("name", "count"),
    {
        "provinces": 77,
        "clusters": 18,
        "regions": 6,
        "regions_nesdc": 7,
        "tsic_sections": 21,
        "tsic_divisions": 88,
        "isco_major": 10,
        "isco_submajor": 43,
        "isced_f": 120,
        "sso_sections": 3,
        "skill_levels": 3,
    }.items(),
)
def test_a_list_that_is_complete_has_as_many_codes_as_its_standard(name, count):
    assert len(codes(name)) == count


def test_every_list_is_a_file_and_every_file_a_list():
    files = {Path(file.name).stem for file in (schemas.root() / "codes").iterdir() if file.name.endswith(".csv")}
    assert files == {*LISTS, "field_match"}


def test_an_unknown_list_is_an_error():
    with pytest.raises(KeyError):
        codes("planets")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_names_each_code_once_in_some_language_and_says_how_sure_it_is(name):
    lines = (schemas.root() / "codes" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    assert len(codes(name)) == len(lines) - 1
    for code in codes(name).values():
        assert code.name_th or code.name_en
        assert code.more["confidence"]


@pytest.mark.parametrize("name", [name for name, complete in LISTS.items() if complete])
def test_a_complete_list_is_complete_to_its_longest_code(name):
    assert max(map(len, codes(name))) == LISTS[name]


@pytest.mark.parametrize(
    ("child", "parent"),
    [
        ("provinces", "clusters"),
        ("clusters", "regions"),
        ("tsic_divisions", "tsic_sections"),
        ("isco_submajor", "isco_major"),
        ("isced_f", "isced_f"),
        ("fields", "subject_types"),
    ],
)
def test_a_parent_is_a_code_of_the_list_above(child, parent):
    for code in codes(child).values():
        assert not code.parent or code.parent in codes(parent)


def test_bangkok_alone_belongs_to_no_cluster_but_to_a_region_of_statistics():
    assert [code.name_en for code in codes("provinces").values() if not code.parent] == ["Bangkok"]
    assert {code.more["region_nesdc"] for code in codes("provinces").values()} == set(codes("regions_nesdc"))


def test_qualifications_and_kinds_of_certification_are_the_symbols_of_the_schemas():
    assert set(codes("qualifications")) == symbols(ENROLMENT, "qualification")
    assert set(codes("certification_kinds")) == symbols(CERTIFICATION, "kind")


def test_a_field_code_is_the_digit_of_its_level_and_two_of_its_subject_type():
    for code, field in codes("fields").items():
        digit = codes("qualifications")[field.more["qualification"]].more["field_code_digit"]
        assert code.startswith(f"{digit}{int(field.parent):02d}")


@pytest.mark.parametrize("name", ["fields", "subject_types"])
def test_isced_fields_of_our_lists_exist(name):
    for code in codes(name).values():
        assert not code.more["isced_f"] or code.more["isced_f"] in codes("isced_f")
