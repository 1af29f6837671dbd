"""Cells of dates: what is no day, or might be two, is refused with a word on what to write."""

from datetime import date

import pytest

from saingan.publish.files.values import UnreadableError
from support.cell_readers import INSURED, reader, rule
from support.exports import cell
from support.make import day


def advice(field, said):
    with pytest.raises(UnreadableError) as slip:
        reader(INSURED[field]).read(said)
    return slip.value.advice


@pytest.mark.parametrize("said", ["45747", 45747, 45747.5, "45778.396"])
@pytest.mark.parametrize("field", ["started_on", "recorded_at"])
def test_a_spreadsheets_number_of_a_day_is_refused_with_a_word_on_formats(field, said):
    assert "format the cells as a date" in advice(field, said)


@pytest.mark.parametrize("said", ["31/3/68", "31-03-68", "31 มี.ค. 68", "31-Mar-68", "680331", "31/03/68"])
def test_a_year_of_two_digits_is_refused_by_name(said):
    assert "year of two digits" in advice("started_on", said)


@pytest.mark.parametrize("said", ["03/31/2025", "3/31/2568", "3/31/2025 12:00:00 AM"])
def test_a_month_before_the_day_is_refused_by_name(said):
    assert "month before the day" in advice("started_on", said)


@pytest.mark.parametrize(
    "said",
    [
        "31/03/2568 17:00",
        "2025-03-30T17:00:00.000Z",
        "2025-03-31 00:00:01",
        cell("2025-03-30T17:00"),
        cell("2568-03-31T23:30"),
    ],
)
def test_a_time_of_day_is_refused_in_a_date(said):
    assert "time of day" in advice("started_on", said)


@pytest.mark.parametrize("said", ["2025-03-31 00:00:00", cell("2025-03-31"), cell("2568-03-31"), date(2025, 3, 31)])
def test_midnight_is_no_time_of_day(said):
    assert reader(INSURED["started_on"]).read(said) == day("2025-03-31")


@pytest.mark.parametrize(
    "said",
    [
        *("00/00/0000", "0000-00-00", "0", "31/12/9999", "9999-12-31", "31/12/2999", "01/01/1900", "1900-01-01"),
        *("0001-01-01", "1753-01-01", "30/12/1899", cell("9999-12-31"), cell("1900-01-01")),
    ],
)
def test_a_day_that_stands_for_none_is_refused_with_a_word_on_blank(said):
    assert rule(reader(INSURED["ended_on"], required=False), said) == "placeholder"
    assert "leave the cell empty, or name the value under `blank`" in advice("ended_on", said)
