"""Dates and times as Thai agencies write them. Pure.

A year from 2400 on is of the Buddhist era (2562 = 2019): no registry of ours holds a day so far ahead or behind.
The day stands before the month; a time without a zone is Bangkok's.
"""

import re
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final

BANGKOK: Final = timezone(timedelta(hours=7), "Asia/Bangkok")
_BANGKOK_MINUTES: Final = 7 * 60
_EPOCH: Final = date(1970, 1, 1).toordinal()
_FIRST_BUDDHIST_YEAR: Final = 2400
_BUDDHIST_OFFSET: Final = 543

_MONTHS: Final = {
    name.replace(".", ""): number
    for number, names in enumerate(
        (
            ("ม.ค.", "มกราคม"),
            ("ก.พ.", "กุมภาพันธ์"),
            ("มี.ค.", "มีนาคม"),
            ("เม.ย.", "เมษายน"),
            ("พ.ค.", "พฤษภาคม"),
            ("มิ.ย.", "มิถุนายน"),
            ("ก.ค.", "กรกฎาคม"),
            ("ส.ค.", "สิงหาคม"),
            ("ก.ย.", "กันยายน"),
            ("ต.ค.", "ตุลาคม"),
            ("พ.ย.", "พฤศจิกายน"),
            ("ธ.ค.", "ธันวาคม"),
        ),
        start=1,
    )
    for name in names
}
_SHAPES: Final = tuple(
    re.compile(shape)
    for shape in (
        r"(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})",
        r"(?P<year>\d{4})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})[ -]?(?P<name>[ก-ฮะ-๎.]+?)[ -]?(?:พ\.?ศ\.? ?)?(?P<year>\d{4})",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
    )
)
_FOUR_DIGITS: Final = re.compile(r"(?:^|\D)(\d{4})(?:\D|$)")
SERIAL: Final = "is a spreadsheet's number of a day: format the cells as a date and save again"
MONTH_FIRST: Final = "has the month before the day: write the day first"
WITH_TIME: Final = "must be a day: there is a time of day in the cell, which may be that of another zone"
NO_DAY: Final = "stands for no date: leave the cell empty, or name the value under `blank` in the mapping"
_ODD: Final = (
    (re.compile(r"[2-9]\d{4}(\.\d+)?"), SERIAL),  # days since 1900: 1954 to 2173
    (re.compile(r"(0?[1-9]|1[0-2])([/.-])(1[3-9]|2\d|3[01])\2\d{4}"), MONTH_FIRST),
    (
        re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2}|\d{1,2}[ -]?[^\d\s]+[ -]?\d{2}|\d{6}"),
        "has a year of two digits: write four, such as 2568",
    ),
)
_NO_DAYS: Final = frozenset(  # what databases and spreadsheets have for no date
    day.toordinal() - _EPOCH
    for day in map(
        date.fromisoformat, ("0001-01-01", "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "2456-12-31")
    )
)
_FAR: Final = date(8400, 1, 1).toordinal() - _EPOCH  # 9999, be it taken for a Buddhist year
_MIDNIGHT: Final = re.compile(r"[T ]0?0:00(:00(\.0+)?)?$")  # as databases export a date
_PLAIN_TIME: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)")
_TIME: Final = re.compile(
    r"(?P<date>.+?)[T ,]\s*(?:เวลา )?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?"
    r"(?:[.,](?P<fraction>\d{1,9}))? ?(?:น\.?)? ?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)


@lru_cache(maxsize=65_536)  # an export has far fewer days than rows
def parse_day(text: str) -> int:
    """Days since 1970-01-01 of a date in any of the shapes that agencies use; digits are ASCII.

    Raises:
        ValueError: no such shape, or no such day.
    """
    text = _MIDNIGHT.sub("", text)
    for shape in _SHAPES:
        if found := shape.fullmatch(text):
            part = found.groupdict()
            month = _MONTHS.get(part["name"].replace(".", ""), 0) if "name" in part else int(part["month"])
            return days(date(_common_era(int(part["year"])), month, int(part["day"])))
    raise ValueError("not a date")


def stands_for_none(day: int) -> bool:
    """Whether a day is one that programs write where there is none: 31/12/9999, 01/01/1900 and the like."""
    return day >= _FAR or day in _NO_DAYS


def why_not(text: str, of_day: bool) -> tuple[str, str] | None:
    """The rule and the advice for a text that is no date; None where nothing particular is known of it.

    Args:
        of_day: whether a time of day is one too much.
    """
    if not text.strip("0/.-: "):
        return "placeholder", NO_DAY
    day, _, clock = text.replace("T", " ", 1).partition(" ")
    for shape, advice in _ODD:
        if shape.fullmatch(text) or shape.fullmatch(day):
            return "date", advice
    return ("date", WITH_TIME) if of_day and ":" in clock and _is_day(day) else None


def _is_day(text: str) -> bool:
    try:
        parse_day(text)
    except ValueError:
        return False
    return True


def is_buddhist(text: str) -> bool | None:
    """Whether a date's year is of the Buddhist era; None where the text has no year of four digits."""
    found = _FOUR_DIGITS.search(text)
    if found is None and len(text) != len("25620331"):
        return None
    return int(found[1] if found else text[:4]) >= _FIRST_BUDDHIST_YEAR


def has_time(cell: date) -> bool:
    """Whether a spreadsheet's date has a time that is not midnight."""
    return isinstance(cell, datetime) and cell.time() != time()


def parse_instant(text: str) -> int:
    """Milliseconds since the epoch of a date with or without a time, or of 13 digits that are just that.

    Raises:
        ValueError: no such shape, day or time.
    """
    if len(text) == 13 and text.isdigit():
        return int(text)
    if text[10:11] == " " and (millis := _plain_time(text[11:])) is not None:
        return _millis(parse_day(text[:10]), millis, _BANGKOK_MINUTES)
    found = _TIME.fullmatch(text)
    if found is None:
        return _millis(parse_day(text), 0, _BANGKOK_MINUTES)
    day, hour, minute, second, fraction, zone = found.groups()
    if int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59:
        raise ValueError("not a time of day")
    millis = _of_day(int(hour), int(minute), int(second or 0)) + int((fraction or "0").ljust(3, "0")[:3])
    return _millis(parse_day(day.rstrip(" ,")), millis, _minutes(zone))


@lru_cache(maxsize=86_400)  # as many as a day has seconds, and an export more rows
def _plain_time(text: str) -> int | None:
    """Milliseconds of the day of a time such as 14:05:00; None for any other text."""
    found = _PLAIN_TIME.fullmatch(text)
    if found is None:
        return None
    return _of_day(*map(int, found.groups()))


def _of_day(hour: int, minute: int, second: int) -> int:
    """Milliseconds."""
    return ((hour * 60 + minute) * 60 + second) * 1000


def days(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def day_of_cell(cell: date) -> int:
    """Days since 1970-01-01 of a spreadsheet's date, into which people type Buddhist years too.

    Raises:
        ValueError: no such day in the common era.
    """
    return days(date(_common_era(cell.year), cell.month, cell.day))


def instant_of_cell(cell: date) -> int:
    """Milliseconds since the epoch of a spreadsheet's date or date with time, in Bangkok."""
    millis = 0
    if isinstance(cell, datetime):
        millis = _of_day(cell.hour, cell.minute, cell.second) + cell.microsecond // 1000
    return _millis(day_of_cell(cell), millis, _BANGKOK_MINUTES)


def _millis(day: int, millis_of_day: int, zone_minutes: int) -> int:
    return day * 86_400_000 + millis_of_day - zone_minutes * 60_000


def _minutes(zone: str | None) -> int:
    if zone is None:
        return _BANGKOK_MINUTES
    if zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return -minutes if zone[0] == "-" else minutes


def _common_era(year: int) -> int:
    return year - _BUDDHIST_OFFSET if year >= _FIRST_BUDDHIST_YEAR else year
