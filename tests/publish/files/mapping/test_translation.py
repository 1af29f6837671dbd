"""An agency's words become the standard's codes, or are refused where they could mean two."""

import pytest

from saingan.publish.files.mapping.translation import Translation, plain_name
from saingan.publish.files.values import UnreadableError
from saingan.standard import codes
from support.mappings import read_section, said_of, with_section


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
