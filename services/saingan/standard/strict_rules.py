"""What a publisher asks of a value beyond its type (standard, section 10): of any field, the head, and a topic's own.

Compiled where a C compiler is.
"""

import re
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from saingan.standard.codes import LISTS, codes
from saingan.standard.identity import GAPS, is_citizen_id, is_juristic_number, is_placeholder, normalise_citizen_id
from saingan.standard.predicates import identifier, of_each, predicate
from saingan.standard.texts import is_broken, means_nothing, names_something, one_spelling

LONGEST_TEXT = 500
LONGEST_SEALED = 65_536

# As people write one: 1-4-5-2-1, digit by digit or without gaps. Gaps elsewhere make it something else, such as a year
# and a number.
_CITIZEN_ID = re.compile(
    rf"(?<!\d)(?=(\d{GAPS}\d{{4}}{GAPS}\d{{5}}{GAPS}\d{{2}}{GAPS}\d|\d(?:{GAPS[:-1]}\d){{12}})(?!\d))"
)
_FOREIGN = re.compile("[^\0-\x7f\u0e01-\u0e5b]")
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


ACADEMIC_YEARS = range(2400, 2701)  # of the Buddhist era


def one_of(symbols: Collection[str]) -> Rule:
    return Rule("symbol", f"must be one of {', '.join(symbols)}", frozenset(symbols).__contains__)


def between(low: int, high: int, advice: str) -> Rule:
    return Rule("range", advice, lambda value: low <= value <= high)


def _reveals(text: str) -> bool:
    return any(is_citizen_id(normalise_citizen_id(found)) for found in _CITIZEN_ID.findall(text))


_NO_CITIZEN_ID = "holds a valid citizen ID; no field but the sealed identity may"
NO_CITIZEN_ID = Rule("citizen-id", _NO_CITIZEN_ID, lambda value: len(value) < 13 or not _reveals(value))


def writable(longest: int) -> Rule:
    return Rule(
        "text",
        f"must be at most {longest} characters of valid Unicode, none of them NUL",
        lambda value: len(value) <= longest and (value.isprintable() or not _UNWRITABLE.search(value)),
    )


WRITABLE = writable(LONGEST_TEXT)

_WHOLE = Rule(
    "broken-text", "was broken on its way, as by a wrong encoding: export it again", lambda v: not is_broken(v)
)
_MEANT = Rule(
    "placeholder", "is a word for nothing, such as NULL: leave the field empty", lambda v: not means_nothing(v)
)
# For every text of an UPSERT; what stands already must be withdrawn under the name that it has.
SOUND = (_WHOLE, _MEANT)


def sound(own: Collection[Any]) -> tuple[Rule, ...]:
    """`SOUND`, for a field with rules of its own: where a list has NONE among its codes, that is one."""
    listed = {code for rule in own if rule.check == "listed" for code in codes(rule.code_list)}
    words = {code for code in listed if means_nothing(code)}
    if not words:
        return SOUND
    return (_WHOLE, _MEANT._replace(holds=lambda value: value in words or not means_nothing(value)))


_ONE_SPELLING = Rule(
    "spelling",
    "must be in one spelling: composed (NFC), Thai marks in their order, nothing invisible",
    lambda value: value.isascii() or one_spelling(value) == value,
)
_OF_TWO_SCRIPTS = Rule(
    "spelling",
    "must be of Thai letters and ASCII signs: others look like them, such as a long dash",
    lambda value: value.isascii() or not _FOREIGN.search(value),
)
_NAMES_SOMETHING = Rule("placeholder", "only fills the field, such as 0000: leave the field empty", names_something)
PLAINLY = (*SOUND, _ONE_SPELLING, _OF_TWO_SCRIPTS)  # hold for all that is plain
_OF_IDENTIFIERS = (_ONE_SPELLING, _OF_TWO_SCRIPTS)

INT = between(-(2**31), 2**31 - 1, "must fit 32 bits")
LONG = between(-(2**63), 2**63 - 1, "must fit 64 bits")


def _identifier(longest: int) -> Rule:
    advice = f"must be 1 to {longest} printable characters without blanks around them"
    return Rule("identifier", advice, identifier(longest))


# Of the common head (standard, section 2), for every change, WITHDRAW and ERASE too, instead of the type's own rules.
HEAD = {
    "record_id": (_identifier(128), NO_CITIZEN_ID),
    "record_version": (between(1, 2**63 - 2, "must be 1 or more; the highest number is the exchange's own"),),
    "source": (_identifier(64), NO_CITIZEN_ID),
}
HEAD_OF_UPSERT = {"record_id": (*_OF_IDENTIFIERS, _NAMES_SOMETHING)}
# Of a person-level record.
PERSON = {
    "person_key": (
        Rule(
            "pseudonym",
            "must be 32 lower-case hex characters",
            lambda value: len(value) == 32 and not value.strip(_HEX),
        ),
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
# Instead of NO_CITIZEN_ID, in a field whose rule is `no-citizen-id`: there a juristic number may stand.
EMPLOYER = Rule(
    "citizen-id",
    "holds a valid citizen ID: leave a sole trader's number out",
    lambda value: is_juristic_number(normalise_citizen_id(value)) or not _reveals(value),
)

# Words in names that no field may bear, and what to do.
_WAGES = ("wage", "salary", "income", "earnings", "remuneration", "ค่าจ้าง", "เงินเดือน", "รายได้", "ค่าตอบแทน")
_CITIZEN_IDS = ("citizen_id", "เลขประจำตัวประชาชน", "เลขบัตรประชาชน")
NO_FIELD = {
    **dict.fromkeys(_WAGES, "must not be sent: wages are not exchanged"),
    **dict.fromkeys(_CITIZEN_IDS, "stands beside the record, as a parameter of `publish`"),
}


def of_topic(rule: Any) -> list[Rule]:
    """A rule of ``schemas/rules`` about one value, as the publisher puts it to an UPSERT.

    None for a kind that is about more than a value, or about every change.
    """
    make = _OF_KIND.get(rule.check)
    if make is None:
        return []
    first, *others = make(rule)
    rules = [first._replace(advice=rule.advice) if rule.advice else first, *others]
    return [one._replace(warns=True) for one in rules] if rule.warns else rules


def of_items(rule: Rule) -> Rule:
    """The rule for an array, each item of which must keep it."""
    return rule._replace(advice=f"(each item) {rule.advice}", holds=of_each(rule.holds))


def _listed(rule: Any) -> list[Rule]:
    file, complete, known = f"{rule.code_list}.csv", LISTS[rule.code_list], predicate(rule)
    if not complete:
        return [Rule("unknown-code", f"is not in {file}, which is not complete: check for a typing error", known, True)]
    if rule.shortest is not None:
        return [Rule("code", f"must be a code of {file}, or its first {rule.shortest} characters or more", known)]
    if rule.prefix is not None:
        return [Rule("code", f"must begin with a code of {file}", known)]
    return [Rule("code", f"must be a code of {file}, such as {next(iter(codes(rule.code_list)))}", known)]


def _either(values: Collection[Any]) -> str:
    *others, last = map(str, values)
    return f"{', '.join(others)} or {last}" if others else last


_JURISTIC_NUMBER = [
    Rule("lost-zero", "lacks the 0 at its beginning: 13 digits", lambda value: not is_juristic_number(f"0{value}")),
    Rule("check-digit", "must be a 13-digit juristic number with a right check digit", is_juristic_number),
    Rule("placeholder", "is no firm's number: leave the field empty", lambda value: not is_placeholder(value)),
]
_OF_KIND: dict[str, Callable[[Any], list[Rule]]] = {
    "one-of": lambda rule: [Rule("code", f"must be {_either(rule.values)}", predicate(rule))],
    "between": lambda rule: [
        Rule("range", f"must lie between {rule.least} and {rule.greatest}", predicate(rule)),
    ],
    "juristic-number": lambda _: _JURISTIC_NUMBER,
    "listed": _listed,
    "digits": lambda rule: [Rule("code", f"must be {_either(rule.lengths)} digits", predicate(rule))],
    "identifier": lambda rule: [
        _identifier(rule.longest),
        *_OF_IDENTIFIERS,
        *[_NAMES_SOMETHING] * rule.of_record,
    ],
}
