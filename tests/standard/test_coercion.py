from datetime import UTC, date, datetime

import pytest

from saingan.standard.strict import Refused, check
from saingan.topics import GRADUATION
from support.make import day, graduation, instant

TODAY = date(2026, 7, 1)


def ready(**fields):
    return check(GRADUATION.name, graduation(**fields), TODAY).record


def broken(**fields):
    with pytest.raises(Refused) as raised:
        ready(**fields)
    return [(issue.field, issue.rule) for issue in raised.value.issues]


@pytest.mark.parametrize("given", [day("2025-03-31"), "2025-03-31", date(2025, 3, 31), datetime(2025, 3, 31)])  # noqa: DTZ001 (as a spreadsheet gives it)
def test_a_date_may_be_given_in_four_forms(given):
    assert ready(graduated_on=given)["graduated_on"] == day("2025-03-31")


@pytest.mark.parametrize(
    "given",
    ["31/03/2568", "20250331", "2025-W14-1", "2025-02-30", "", datetime(2025, 3, 31, 9, tzinfo=UTC), 20178.0, True],
)
def test_no_other_form_of_a_date_is_taken(given):
    assert broken(graduated_on=given) == [("graduated_on", "type")]


@pytest.mark.parametrize(
    "given",
    [
        instant("2025-04-10T02:00"),
        "2025-04-10T09:00:00+07:00",
        "2025-04-10T02:00:00Z",
        datetime(2025, 4, 10, 2, tzinfo=UTC),
    ],
)
def test_a_time_may_be_given_in_three_forms(given):
    assert ready(recorded_at=given)["recorded_at"] == instant("2025-04-10T02:00")


@pytest.mark.parametrize("given", ["2025-04-10T09:00:00", "2025-04-10", datetime(2025, 4, 10), 1.5, "yesterday"])  # noqa: DTZ001 (that is the point)
def test_a_time_without_its_offset_is_refused(given):
    assert broken(recorded_at=given) == [("recorded_at", "type")]


class Text(str):
    __slots__ = ()


class Number:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


def test_text_and_numbers_of_other_libraries_become_plain():
    record = ready(source=Text("OVEC"), academic_year=Number(2567))
    assert (type(record["source"]), record["source"]) == (str, "OVEC")
    assert (type(record["academic_year"]), record["academic_year"]) == (int, 2567)


@pytest.mark.parametrize("given", [2567.0, "2567", True])
def test_nothing_else_is_taken_for_a_whole_number(given):
    assert broken(academic_year=given) == [("academic_year", "type")]
