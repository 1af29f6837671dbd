"""Who is who without saying it (standard, section 3): citizen IDs, juristic numbers, `person_key`, partition."""

import hmac
import re
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from mypy_extensions import i64

GAPS = "[\\s\u200b\ufeff\u2010-\u2015\u2212-]*"  # what people write between digits, as a regular expression
_GAPS = re.compile(GAPS)
_DIGIT = re.compile(r"\d")

_ZERO: Final[i64] = 48

_KEY_CHARACTERS = 32
_CHECKED_TEXT = b"saingan: check value of the pseudonym key, version 1"

_WORD: Final[i64] = 0xFFFFFFFF
_MIX: Final[i64] = 0x5BD1E995
_SEED: Final[i64] = 0x9747B28C


def normalise_citizen_id(text: str) -> str:
    """Take out blanks and dashes and write Thai and other digits as ASCII. Checks nothing: see `is_citizen_id`."""
    if text.isascii() and text.isdigit():
        return text
    bare = _GAPS.sub("", text)
    return bare if bare.isascii() else _DIGIT.sub(lambda digit: str(int(digit[0])), bare)


def is_citizen_id(text: str) -> bool:
    """Whether these are 13 ASCII digits with a right check digit (mod 11); any first digit, 0 and 9 too."""
    if len(text) != 13 or not (text.isascii() and text.isdigit()):
        return False
    digits = text.encode()
    weighted: i64 = 0
    for at in range(12):
        weighted += (13 - at) * (digits[at] - _ZERO)
    return (11 - weighted % 11) % 10 == digits[12] - _ZERO


def is_juristic_number(text: str) -> bool:
    """Whether this is a juristic person's 13-digit number: it begins with 0, check digit as in a citizen ID."""
    return text[:1] == "0" and is_citizen_id(text)


def is_placeholder(number: str) -> bool:
    """Whether the 12 digits before the check digit are a filler: one digit, two by turns, or counted up or down.

    Such as 111111111111, 121212121212 and 123456789012. By chance one number of 3,000,000,000 looks so.
    """
    step: i64 = (ord(number[2]) - ord(number[0])) % 10
    if step not in (0, 2, 8):
        return False
    return all((ord(number[at + 2]) - ord(number[at])) % 10 == step for at in range(1, 10))


@lru_cache(maxsize=128)  # a person's records often lie together in an export
def person_key(secret: bytes, citizen_id: str) -> str:
    """The pseudonym: 32 lower-case hex characters.

    Args:
        secret: the exchange's pseudonym key, 32 bytes.
        citizen_id: normalised and checked: 13 ASCII digits.
    """
    keyed = _keyed(secret).copy()
    keyed.update(citizen_id.encode("ascii"))
    return keyed.finalize().hex()[:_KEY_CHARACTERS]


@lru_cache(maxsize=8)  # half the work of a short text's hash is that of its key
def _keyed(secret: bytes) -> HMAC:
    return HMAC(secret, SHA256())


def key_check(secret: bytes) -> str:
    """What ``exchange.settings.v1`` carries, in hex, so that a party with another key learns of it."""
    return hmac.digest(secret, _CHECKED_TEXT, "sha256").hex()


def murmur2(data: bytes) -> int:
    """Kafka's 32-bit murmur2 as the Java client computes it, unsigned."""
    length: i64 = len(data)
    state: i64 = _SEED ^ length
    at: i64 = 0
    word: i64 = 0
    while at + 4 <= length:
        word = data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24
        word = word * _MIX & _WORD
        state = (state * _MIX ^ (word ^ word >> 24) * _MIX) & _WORD
        at += 4
    if at < length:
        state = (state ^ int.from_bytes(data[at:], "little")) * _MIX & _WORD
    state = (state ^ state >> 13) * _MIX & _WORD
    return state ^ state >> 15


def partition(key: str, partitions: int) -> int:
    """Where Kafka's default partitioner puts a message with this key (UTF-8)."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions
