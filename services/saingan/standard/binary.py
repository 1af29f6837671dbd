"""Numbers and texts read as they lie in a message, without making objects of them. Compiled where a C compiler is."""

from typing import Final

from mypy_extensions import i64

_ZERO: Final[i64] = 48
_DIGITS: Final[i64] = 18  # of any number below 2**63


def is_lower_hex(text: bytes, length: i64) -> bool:
    """Whether the first ``length`` bytes are lower-case hexadecimal digits; `IndexError` where there are fewer."""
    at: i64 = 0
    while at < length:
        byte: i64 = text[at]
        if not (48 <= byte <= 57 or 97 <= byte <= 102):
            return False
        at += 1
    return True


def decimal(text: bytes, at: i64) -> i64:
    """What stands from here to the end as a plain positive number; 0 where it is none, or a very long one."""
    size: i64 = len(text)
    if text[at] == _ZERO or size - at > _DIGITS:
        return 0
    number: i64 = 0
    while at < size:
        digit: i64 = text[at] - _ZERO
        if not 0 <= digit < 10:
            return 0
        number = number * 10 + digit
        at += 1
    return number


def is_ascii(value: bytes, at: i64, end: i64) -> bool:
    """Whether a text is ASCII without NUL."""
    while at < end:
        byte: i64 = value[at]
        if byte == 0 or byte >= 0x80:
            return False
        at += 1
    return True


def zigzag(value: bytes, at: i64) -> tuple[i64, i64]:
    """An Avro number, which takes at most 64 bits, and the place after it; `ValueError` where it takes more."""
    byte: i64 = value[at]
    at += 1
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at
    low: i64 = byte & 0x7F
    shift: i64 = 7
    while True:
        byte = value[at]
        at += 1
        if shift == 63 and byte > 1:
            raise ValueError("a number is longer than 64 bits")
        low |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
    return ((low >> 1) & 0x7FFFFFFFFFFFFFFF) ^ -(low & 1), at
