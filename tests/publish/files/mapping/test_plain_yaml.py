"""A mapping's YAML is read as it is written."""

import pytest

from saingan.errors import Fault
from saingan.publish.files.mapping import mapping
from saingan.topics import EMPLOYMENT
from support.mappings import read_section, said_of, with_section


def test_a_mapping_that_is_no_yaml_says_where(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text("topic: a\nfields: {a: b: c}\n")
    with pytest.raises(Fault, match=r"broken\.yaml: not YAML at line 2"):
        mapping.load(path, EMPLOYMENT.name)


@pytest.mark.parametrize(
    "codes", ["{01: 33, 010: 39, 8: 40}", "{YES: 33, NO: 39, off: 40}", "{1_0: 33, 0x1F: 39, 12:30: 40}"]
)
def test_codes_are_read_as_they_are_written_without_quotes(written, codes):
    path = written(with_section(f"{{from: มาตรา, codes: {codes}}}"))
    names = [pair.rsplit(":", 1)[0].strip() for pair in codes.strip("{}").split(",")]
    assert [read_section(path, name) for name in names] == [33, 39, 40]


def test_a_key_that_stands_twice_is_refused_with_both_lines(written):
    twice = with_section("{from: มาตรา, codes: {ม.33: 33, ม.39: 39, ม.33: 40}}", "  started_on: วันที่ออก\n")
    assert said_of(written(twice)).splitlines() == [
        "line 8: `ม.33` stands in line 8 already: keep one",
        "line 10: `started_on` stands in line 9 already: keep one",
    ]
