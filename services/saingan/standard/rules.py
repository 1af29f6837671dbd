"""What a value must be beyond its type (standard, section 10): tables, and the few predicates they are made of.

Compiled where a C compiler is.
"""

import re
from collections.abc import Callable, Collection
from datetime import date
from typing import Any, NamedTuple

from saingan.standard.codes import LISTS, codes
from saingan.standard.identity import GAPS, is_citizen_id, is_juristic_number, is_placeholder, normalise_citizen_id
from saingan.standard.texts import is_broken, means_nothing, one_spelling
from saingan.topics import CERTIFICATION, EMPLOYMENT, ENROLMENT, GRADUATION

LONGEST_TEXT = 500
LONGEST_SEALED = 65_536

# As people write one, 1-4-5-2-1 or without gaps. Gaps elsewhere make it something else, such as a year and a number.
_CITIZEN_ID = re.compile(rf"(?<!\d)(?=(\d{GAPS}\d{{4}}{GAPS}\d{{5}}{GAPS}\d{{2}}{GAPS}\d)(?!\d))")
_UNWRITABLE = re.compile(r"[\0\ud800-\udfff]")
_HEX = "0123456789abcdef"
_COMPACT_JWE = re.compile(rb"eyJ[\w-]*(\.[\w-]*){4}")
_JSON_JWE = re.compile(rb'\{.*"ciphertext".*\}', re.DOTALL)


class Rule(NamedTuple):
    """One rule for one value.

    Attributes:
        name: see `Issue.rule`.
        holds: whether the value keeps it.
        warns: whether breaking it is worth a warning only.
    """

    name: str
    advice: str
    holds: Callable[[Any], bool]
    warns: bool = False


def one_of(symbols: Collection[str]) -> Rule:
    return Rule("symbol", f"must be one of {', '.join(symbols)}", frozenset(symbols).__contains__)


def between(low: int, high: int, advice: str) -> Rule:
    return Rule("range", advice, lambda value: low <= value <= high)


def _identifier(longest: int) -> Rule:
    return Rule(
        "identifier",
        f"must be 1 to {longest} printable characters without blanks around them",
        lambda value: 0 < len(value) <= longest and value.isprintable() and value == value.strip(),
    )


def _listed(name: str) -> Rule:
    known, complete = codes(name), LISTS[name]
    if not complete:
        advice = f"is not in {name}.csv, which lacks some: look for a slip of the pen"
        return Rule("unknown-code", advice, known.__contains__, warns=True)
    return Rule("code", f"must be a code of {name}.csv, such as {next(iter(known))}", known.__contains__)


def _listed_prefix(name: str, lengths: Collection[int], what: str) -> Rule:
    known, complete = codes(name), LISTS[name]
    return Rule(
        "code",
        f"must be {what}, beginning with a code of {name}.csv",
        lambda value: len(value) in lengths and value.isascii() and value.isdigit() and value[:complete] in known,
    )


def _reveals(text: str) -> bool:
    return any(is_citizen_id(normalise_citizen_id(found)) for found in _CITIZEN_ID.findall(text))


_NO_CITIZEN_ID = "holds a valid citizen ID; no field but the sealed identity may"
NO_CITIZEN_ID = Rule("citizen-id", _NO_CITIZEN_ID, lambda value: len(value) < 13 or not _reveals(value))
WRITABLE = Rule(
    "text",
    f"must be at most {LONGEST_TEXT} characters of valid Unicode, none of them NUL",
    lambda value: len(value) <= LONGEST_TEXT and (value.isprintable() or not _UNWRITABLE.search(value)),
)

# For every text of an UPSERT; what stands already must be withdrawn under the name that it has.
SOUND = (
    Rule("broken-text", "was broken on its way, as by a wrong encoding: export it again", lambda v: not is_broken(v)),
    Rule("placeholder", "is a word for nothing, such as NULL: leave the field empty", lambda v: not means_nothing(v)),
)
_ONE_SPELLING = Rule(
    "spelling",
    "must be in one spelling: composed (NFC), Thai marks in their order, nothing invisible",
    lambda value: value.isascii() or one_spelling(value) == value,
)

INT = between(-(2**31), 2**31 - 1, "must fit 32 bits")
LONG = between(-(2**63), 2**63 - 1, "must fit 64 bits")

# For every change, WITHDRAW and ERASE too, instead of the rules of the field's type.
ALWAYS = {
    "record_id": (_identifier(128), NO_CITIZEN_ID),
    "record_version": (between(1, 2**63 - 2, "must be 1 or more; the highest number is the exchange's own"),),
    "person_key": (
        Rule(
            "pseudonym",
            "must be 32 lower-case hex characters",
            lambda value: len(value) == 32 and not value.strip(_HEX),
        ),
    ),
    "source": (_identifier(64), NO_CITIZEN_ID),
    "employer_id": (
        Rule(
            "citizen-id",
            "holds a valid citizen ID: leave a sole trader's number out",
            lambda value: is_juristic_number(normalise_citizen_id(value)) or not _reveals(value),
        ),
        WRITABLE,
    ),
    "identity": (
        Rule(
            "sealed",
            f"must be sealed, a JWE, compact or JSON, of at most {LONGEST_SEALED} bytes",
            lambda value: (
                len(value) <= LONGEST_SEALED and bool(_COMPACT_JWE.fullmatch(value) or _JSON_JWE.fullmatch(value))
            ),
        ),
    ),
}

_CODES = (_identifier(64), _ONE_SPELLING)
ACADEMIC_YEARS = range(2400, 2701)
_YEAR = Rule("range", "must be a year of the Buddhist era, such as 2568", ACADEMIC_YEARS.__contains__)
_ISCO = "of ISCO-08 / TSCO"

# For an UPSERT. A name means the same in every stream.
OF_UPSERT = {
    "record_id": (_ONE_SPELLING,),
    "institution_code": _CODES,
    "institution_province": (_listed("provinces"),),
    "curriculum_code": _CODES,
    "subject_type_code": (*_CODES, _listed("subject_types")),
    "field_code": (*_CODES, _listed("fields")),
    "subfield_code": _CODES,
    "academic_year": (_YEAR,),
    "entry_academic_year": (_YEAR,),
    "enrolment_record_id": (_identifier(128), _ONE_SPELLING),
    "desired_occupation": (_listed_prefix("isco_submajor", {4}, f"4 digits {_ISCO}"),),
    "home_province": (_listed("provinces"),),
    "section": (Rule("code", "must be 33, 39 or 40", {33, 39, 40}.__contains__),),
    "employer_id": (
        Rule("lost-zero", "lacks the 0 at its beginning: 13 digits", lambda value: not is_juristic_number(f"0{value}")),
        Rule("check-digit", "must be a 13-digit juristic number with a right check digit", is_juristic_number),
        Rule("placeholder", "is no firm's number: leave the field empty", lambda value: not is_placeholder(value)),
    ),
    "employer_province": (_listed("provinces"),),
    "tsic": (_listed_prefix("tsic_divisions", {5}, "5 digits of TSIC 2009"),),
    "occupation": (_listed_prefix("isco_submajor", {2, 3, 4}, f"2 to 4 digits {_ISCO}"),),
    "trade_code": _CODES,
    "level": (between(1, 3, "must be 1, 2 or 3"),),
}

# Words in names that no field may bear, and what to do.
_WAGES = ("wage", "salary", "income", "earnings", "remuneration", "ค่าจ้าง", "เงินเดือน", "รายได้", "ค่าตอบแทน")
_CITIZEN_IDS = ("citizen_id", "เลขประจำตัวประชาชน", "เลขบัตรประชาชน")
NO_FIELD = {
    **dict.fromkeys(_WAGES, "must not be sent: wages are not exchanged"),
    **dict.fromkeys(_CITIZEN_IDS, "stands beside the record, as a parameter of `publish`"),
}

# Dates that say what happened; the others may lie ahead.
HAPPENED: dict[str, Collection[str]] = {
    ENROLMENT.name: {"started_on", "ended_on"},
    GRADUATION.name: {"graduated_on"},
    EMPLOYMENT.name: {"started_on", "ended_on"},
    CERTIFICATION.name: {"issued_on"},
}

# The first day that a date can tell of. What lies before it is most often a Buddhist year of two digits, which a
# spreadsheet read as 19xx: 31/5/68 becomes 1968.
FIRST_DAY = {
    EMPLOYMENT.name: {"started_on": date(1990, 9, 2)},  # the Social Security Act, B.E. 2533, comes into force
    CERTIFICATION.name: {"issued_on": date(1980, 1, 1)},
}


class Near(NamedTuple):
    """How far a date may lie from an academic year of the same record.

    Attributes:
        since, until: years of the date less the academic year, both included; an academic year begins in May.
    """

    day: str
    academic_year: str
    since: int
    until: int


NEAR = {
    ENROLMENT.name: (
        Near("started_on", "academic_year", -1, 1),
        Near("expected_graduation_on", "academic_year", 0, 15),
    ),
    GRADUATION.name: (
        Near("graduated_on", "academic_year", -1, 2),
        Near("graduated_on", "entry_academic_year", 0, 20),
    ),
}

# What must not come before what.
ORDER = {
    ENROLMENT.name: (("started_on", "ended_on"), ("started_on", "expected_graduation_on")),
    GRADUATION.name: (("entry_academic_year", "academic_year"),),
    EMPLOYMENT.name: (("started_on", "ended_on"),),
    CERTIFICATION.name: (("issued_on", "expires_on"),),
}
