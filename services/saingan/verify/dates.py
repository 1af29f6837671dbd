"""Days as ints since 1970-01-01. Pure."""

from datetime import date
from typing import Final, NamedTuple

EPOCH: Final = date(1970, 1, 1).toordinal()
FIRST_DAY: Final = date.min.toordinal() - EPOCH
LAST_DAY: Final = date.max.toordinal() - EPOCH


class Dates(NamedTuple):
    """The two dates of observation (section 6)."""

    observed_on: int
    complete_through: int


NO_DATES: Final = Dates(0, 0)  # of a view without a clock


def days(day: date) -> int:
    return day.toordinal() - EPOCH
