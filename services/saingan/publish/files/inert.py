"""Texts that a spreadsheet would run as a formula when it opens a CSV: an apostrophe before them makes them texts.

The refused file is written with it and read without it, so a value comes back as it was. What begins with an
apostrophe of its own gets one more; a sign that stands alone or before a plain number runs nothing and stays.
"""

import re
from typing import Final

_LIVE: Final = r"(?:[=@\t\r\n＝＠＋－]|[+-](?![\d.,]*\Z))"
_TO_ESCAPE: Final = re.compile(f"'*{_LIVE}")
_ESCAPED: Final = re.compile(f"'+{_LIVE}")


def escaped(text: str) -> str:
    return f"'{text}" if _TO_ESCAPE.match(text) else text


def unescaped(text: str) -> str:
    return text[1:] if _ESCAPED.match(text) else text
