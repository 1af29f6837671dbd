"""What spreadsheets and programs leave around a value: taken off where nothing is lost, refused where digits may be.

Excel writes 199900000001 as 1.999E+11, the code 7231-01 as Jan-31 and ="0123" for a text; pandas makes 12.0 of a number
beside an empty cell; XlsxWriter and others write a control character as _x000D_ (ECMA-376, part 1, 22.9.2.19).
"""

import re
from math import isfinite
from typing import Any, Final

from saingan.publish.files.values import UnreadableError

AS_TEXT: Final = "was changed by a spreadsheet: format its column as text and export again"
MOST_DIGITS: Final = 10**15  # a spreadsheet and JavaScript keep 15 digits of a number
_ESCAPED: Final = re.compile("_x00([01][0-9A-Fa-f]|7[Ff])_")
_WRAPPED: Final = re.compile(r"""="((?:[^"]|"")*)"|["'\u2018\u2019]([^"'\u2018\u2019]*)["'\u2019]?""")
_MONTH: Final = (
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    r"|ม\.ค\.|ก\.พ\.|มี\.ค\.|เม\.ย\.|พ\.ค\.|มิ\.ย\.|ก\.ค\.|ส\.ค\.|ก\.ย\.|ต\.ค\.|พ\.ย\.|ธ\.ค\.)"
)
_AS_DAY: Final = re.compile(
    rf"\d{{1,2}}-{_MONTH}(-\d{{2,4}})?|{_MONTH}-\d{{2,4}}|\d{{1,4}}[/-]\d{{1,2}}[/-]\d{{1,4}}[ T]\d{{1,2}}:\d\d.*"
)
_FLOAT: Final = re.compile(r"(\d{1,15})\.0+")
_DAMAGED: Final = re.compile(
    r"[+-]?(\d+[.,]\d*E[+-]?\d+|\d+E[+-]\d+)"  # 1.999E+11, 6.7e11, 1E+05
    r"|#(N/A|GETTING_DATA|[A-Z0-9/_]+[!?]|#*)|Err:\d{3}"  # errors of formulas, and a column that is too narrow
    r"|\d{1,3}(,\d{3})+(\.0+)?|\d+[.,]0+"  # a number's separators and decimals
    r"|=.*",  # a formula
    re.IGNORECASE | re.DOTALL,
)


def bare(text: str, keeps_digits: bool) -> str:
    """A text without what was put around it.

    Args:
        keeps_digits: whether a lost zero would be noticed, so that ``12.0`` may be read as 12.

    Raises:
        UnreadableError: the value was changed, not only wrapped.
    """
    if "_x00" in text:
        text = _ESCAPED.sub(lambda found: "\n" if found[1].upper() == "0A" else "", text).strip()
    first = text[:1]
    if first.isalpha() and text[:4] != "Err:":
        return text
    if first.isdecimal() and (text.isdecimal() or not ("." in text or "," in text or "E" in text or "e" in text)):
        return text
    if found := _WRAPPED.fullmatch(text):
        text = (found[2] if found[1] is None else found[1].replace('""', '"')).strip()
    if keeps_digits and (found := _FLOAT.fullmatch(text)):
        return found[1]
    if _DAMAGED.fullmatch(text):
        raise UnreadableError("spreadsheet", AS_TEXT)
    return text


def refuse_day(text: str) -> None:
    """Raise `UnreadableError` where a spreadsheet made a day of a code."""
    if ("-" in text or ":" in text) and _AS_DAY.fullmatch(text):
        raise UnreadableError("spreadsheet", AS_TEXT)


def number_as_text(number: Any) -> str:
    """A number of a spreadsheet or of JSON, in a field of text.

    Raises:
        UnreadableError: it has a fraction, or more digits than were surely kept.
    """
    if not isfinite(number) or number != int(number) or number < 0:
        raise UnreadableError("type", "must be one text, whole number or date")
    if abs(number) >= MOST_DIGITS:
        raise UnreadableError(
            "spreadsheet", "is a number of more than 15 digits, the last of them lost: write it as text"
        )
    return str(int(number))
