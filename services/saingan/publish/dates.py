"""Dates and times as Thai agencies write them. Pure.

A year from 2400 on is of the Buddhist era (2562 = 2019): no registry of ours holds a day so far ahead or behind.
The day stands before the month; a time without a zone is Bangkok's.
"""

import re
from datetime import date, datetime, timedelta, timezone
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
