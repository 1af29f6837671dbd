"""Section 9 of the standard, on the table that is shipped, and against the other reading of it."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saingan.outcomes.field_match import field_match, index
from saingan.standard.codes import codes
from saingan.standard.codes import field_match as rows
from saingan.verify.outcomes.rules import MatchRow, matcher

by_the_other_reading = matcher([MatchRow(*row[:4]) for row in rows()])

FIELDS = [*codes("fields"), *{row.field_prefix for row in rows()}, "99999", "", "2", "20199", "2010199"]
OCCUPATIONS = [*codes("isco_submajor"), *(f"{code}31" for code in codes("isco_submajor")), "", "0", "xx"]
INDUSTRIES = [*(f"{code}101" for code in codes("tsic_divisions")), "", "9"]


def test_an_occupation_of_the_trade_is_matched():
    assert field_match("20101", "7231", None) == "MATCHED"  # automotive mechanics: motor vehicle mechanic


def test_an_occupation_of_another_trade_is_unrelated():
    assert field_match("20101", "5120", None) == "UNRELATED"  # cooks


def test_the_occupation_decides_where_there_is_one():
    assert field_match("20101", "5120", "45201") == "UNRELATED"


@pytest.mark.parametrize("occupation", [None, ""])
def test_the_industry_decides_where_there_is_no_occupation_and_never_says_matched(occupation):
    assert field_match("20101", occupation, "45201") == "RELATED"


@pytest.mark.parametrize(("occupation", "tsic"), [(None, None), ("", ""), (None, "")])
def test_without_a_code_there_is_no_word(occupation, tsic):
    assert field_match("20101", occupation, tsic) is None


@pytest.mark.parametrize("field", ["99999", "", "xx", "สาขา"])
def test_of_a_field_that_the_table_does_not_know_there_is_no_word(field):
    assert field_match(field, "7231", "45201") is None


def test_no_industry_alone_ever_says_matched():
    assert "MATCHED" not in {field_match(field, None, tsic) for field, tsic in product(FIELDS, INDUSTRIES)}


def test_both_readings_agree_on_every_field_and_occupation():
    for field, occupation in product(FIELDS, OCCUPATIONS):
        assert field_match(field, occupation, None) == by_the_other_reading(field, occupation, None)


def test_both_readings_agree_on_every_field_and_industry():
    for field, tsic in product(FIELDS, INDUSTRIES):
        assert field_match(field, None, tsic) == by_the_other_reading(field, None, tsic)


@settings(derandomize=True, deadline=None)
@given(*[st.text("0123456789", max_size=20)] * 3)
def test_both_readings_agree_on_any_codes(field, occupation, tsic):
    assert field_match(field, occupation, tsic) == by_the_other_reading(field, occupation, tsic)


def test_rows_are_found_by_field_prefix_and_classification():
    row = {"field_prefix": "201", "classification": "ISCO", "code_prefix": "72", "match": "MATCHED"}
    assert index([row, {**row, "code_prefix": "7", "match": "RELATED"}]) == {
        ("201", "ISCO"): {"72": "MATCHED", "7": "RELATED"}
    }
