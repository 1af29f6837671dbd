"""Texts that look alike, texts that were broken on their way, and words that stand for nothing. Pure.

Sources: Unicode 15, chapter 16.1 (Thai); what Excel, pandas, MySQL and SQL Server write for an empty value.
"""

import re
import unicodedata
from typing import Final

_SPACES: Final = (0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
_FORMAT: Final = (0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
# Characters that nobody sees: format characters go, each kind of blank becomes the common one.
INVISIBLE: Final[dict[int, str | None]] = dict.fromkeys(_SPACES, " ") | dict.fromkeys(_FORMAT)

_TONE = "[\u0e48-\u0e4b]"
_RESPELT: Final = tuple(
    (re.compile(pattern), spelling)
    for pattern, spelling in (
        ("\u0e40\u0e40", "\u0e41"),  # two SARA E look like one SARA AE
        ("([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])\\1+", r"\1"),  # a mark typed twice lies upon itself
        (f"({_TONE})([\u0e31\u0e34-\u0e39\u0e47\u0e4d])", r"\2\1"),  # a vowel is typed before its tone
        (f"\u0e4d({_TONE}?)\u0e32", "\\1\u0e33"),  # SARA AM in two characters
        (f"\u0e33({_TONE})", "\\1\u0e33"),
    )
)

_BROKEN: Final = re.compile(
    r"\?\?|\ufffd|[\u0e01-\u0e4e]\?[\u0e01-\u0e4e]"  # a program replaced what it could not write or read
    "|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"  # control characters
    "|[\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]"  # private use: what old fonts had for Thai marks
    "|\u00e0[\u00b8\u00b9]|[\u00c2\u00c3][\u0080-\u00bf]"  # UTF-8 read as Western European
    "|[\u00a1-\u0dff\u2018-\u201f\u2030-\u2bff]{3}"  # cp874 read as that, as Cyrillic, as that of DOS or a Mac
    "|(?:\u0e40[\u0e18\u0e19]\\S){3}"  # UTF-8 read as cp874
    "|&#x?[0-9A-Fa-f]+;"  # written for a web page
)

# fmt: off
NOTHING: Final = frozenset((
    "", "null", "\\n", "nan", "none", "nil", "n/a", "n.a", "na", "n/d", "nat", "undefined", "missing", "unknown",
    "blank", "empty",
    "ไม่มี", "ไม่มีข้อมูล", "ไม่ระบุ", "ไม่ปรากฏ", "ไม่ทราบ", "ไม่พบ", "ไม่พบข้อมูล", "ยังไม่มี", "ว่าง",
))
# fmt: on
_AROUND: Final = "()[]<>{}*\"'`.-\u2013\u2014_/\\ "  # (NULL), <NA>, None., ---
LONGEST_NOTHING: Final = max(map(len, NOTHING)) + 4


def one_spelling(text: str) -> str:
    """A text in the one of its spellings that is to be written: texts that look the same become the same.

    Format characters go, blanks are common ones, characters are composed (NFC) and Thai marks stand in their order.
    """
    if text.isascii():
        return text
    before, text = "", unicodedata.normalize("NFC", text.translate(INVISIBLE))
    while text != before:
        before = text
        for pattern, spelling in _RESPELT:
            text = pattern.sub(spelling, text)
    return text


def is_plain(text: str) -> bool:
    """Whether a text, such as most identifiers, is neither broken nor a word for nothing, and has one spelling only."""
    return text[-1:].isdecimal() and text.isascii() and text.isprintable() and "?" not in text


def is_broken(text: str) -> bool:
    """Whether a program has spoilt a text: ``????``, U+FFFD, control characters, one encoding read as another."""
    if text.isascii() and text.isprintable():
        return "??" in text or text == "?" or ("&#" in text and _BROKEN.search(text) is not None)
    return _BROKEN.search(text) is not None


def means_nothing(text: str) -> bool:
    """Whether a text is a word for nothing, such as NULL or ไม่มี, whatever its case and what is put around it."""
    if len(text) > LONGEST_NOTHING or text[-1:].isdecimal():  # no such word ends in a digit
        return False
    word = text.strip().casefold()
    return bool(word) and (word in NOTHING or word.strip(_AROUND) in NOTHING)


def names_something(identifier: str) -> bool:
    """Whether an identifier can tell one thing from another: not 0000, xxx or a word of Thai letters alone."""
    if identifier.isascii() and identifier.strip("0").isdigit():
        return True
    signs = {sign for sign in identifier if sign.isdecimal() or (sign.isascii() and sign.isalpha())}
    return len(signs) > 1 or (not signs.isdisjoint("123456789"))
