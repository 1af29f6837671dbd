"""Dates and times as Thai agencies write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saingan.publish.files.dates import day_of_cell, instant_of_cell, parse_day, parse_instant
from support.exports import cell
from support.make import day, instant

MONTHS = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]


@pytest.mark.parametrize(
    "text",
    [
        "31/03/2562",
        "31/3/2562",
        "31-03-2562",
        "31.03.2562",
        "2562-03-31",
        "2562/03/31",
        "25620331",
        "31 มี.ค. 2562",
        "31 มีค 2562",
        "31 มีนาคม 2562",
        "31 มีนาคม พ.ศ. 2562",
        "31-มี.ค.-2562",
        "31/03/2019",
        "2019-03-31",
        "2019-03-31 00:00:00",
        "2019-03-31T00:00:00.000",
    ],
)
def test_a_date_is_read_in_the_shapes_that_agencies_use(text):
    assert parse_day(text) == day("2019-03-31")


def test_the_leap_day_of_a_buddhist_year_is_read():
    assert parse_day("29/02/2563") == day("2020-02-29")


@pytest.mark.parametrize(
    "text",
    ["29/02/2562", "31/04/2562", "00/01/2562", "31/03/62", "31/03-2562", "2562", "มี.ค. 2562", "31 มอ.ค. 2562", "soon"],
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError, match=r"date|day|month|year|time"):
        parse_day(text)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2399, 12, 31)))
def test_every_day_is_the_same_in_both_eras_and_in_figures_or_words(each):
    expected = day(each.isoformat())
    buddhist = each.year + 543
    assert parse_day(f"{each.day}/{each.month}/{buddhist}") == expected
    assert parse_day(f"{each.day:02}-{each.month:02}-{each.year}") == expected
    assert parse_day(f"{each.day} {MONTHS[each.month - 1]} {buddhist}") == expected


@pytest.mark.parametrize(
    "text",
    [
        "31/03/2562 14:05:09",
        "31/03/2562 14.05.09 น.",
        "31 มี.ค. 2562 14:05:09",
        "31 มี.ค. 2562 เวลา 14:05:09 น.",
        "2562-03-31 14:05:09",
        "2019-03-31T14:05:09+07:00",
        "2019-03-31T07:05:09Z",
        "2019-03-31 07:05:09.000 +0000",
        "2019-03-31T02:05:09-05:00",
        "1554015909000",
    ],
)
def test_a_time_is_bangkoks_unless_it_has_a_zone(text):
    assert parse_instant(text) == instant("2019-03-31T07:05:09")


def test_a_time_may_lack_its_seconds_or_be_missing():
    assert parse_instant("31/03/2562 14:05") == instant("2019-03-31T14:05+07:00")
    assert parse_instant("31/03/2562") == instant("2019-03-31T00:00+07:00")


def test_fractions_of_a_second_are_kept_to_the_millisecond():
    assert parse_instant("2019-03-31T14:05:09.123456+07:00") % 1000 == 123
    assert parse_instant("2019-03-31T14:05:09.5+07:00") % 1000 == 500


@pytest.mark.parametrize("text", ["31/03/2562 24:00", "31/03/2562 14:60", "14:05", "31/02/2562 14:05", "now"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match=r"date|day|month|year|time"):
        parse_instant(text)


def test_a_spreadsheets_date_may_be_of_either_era():
    assert day_of_cell(cell("2562-03-31")) == day_of_cell(date(2019, 3, 31)) == day("2019-03-31")
    assert instant_of_cell(cell("2562-03-31T14:05")) == instant("2019-03-31T14:05+07:00")
    assert instant_of_cell(date(2019, 3, 31)) == instant("2019-03-31T00:00+07:00")


def test_a_spreadsheets_leap_day_that_is_none_in_the_buddhist_year_is_refused():
    with pytest.raises(ValueError, match="day"):
        day_of_cell(date(2564, 2, 29))
