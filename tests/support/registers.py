"""Registers that nobody thought of, as hypothesis strategies: flat schemas, rules over them, and what clients send."""

import json
from collections.abc import Collection
from typing import Any, NamedTuple

import yaml
from hypothesis import strategies as st

from saingan.standard.codec import parse
from saingan.standard.contract import Contract, read
from saingan.topics import Kind, Topic
from support.make import PERSON, citizen_id, juristic_number

CHANGE = {"type": "enum", "name": "Change", "symbols": ["UPSERT", "WITHDRAW", "ERASE"]}
COLOUR = {"type": "enum", "name": "Colour", "symbols": ["RED", "BLUE", "OTHER"], "default": "OTHER"}
DATE = {"type": "int", "logicalType": "date"}
INSTANT = {"type": "long", "logicalType": "timestamp-millis"}
TODAY = 20_700  # days since the epoch

# Names that mean something in one register, and something else, of another type, in the next.
NAMES = [
    *("started_on", "ended_on", "section", "employer_id", "identity", "status", "level", "academic_year", "occupation"),
    *("person_key", "institution_province", "graduated_on", "issued_on", "expires_on", "tsic", "a", "b", "c"),
]
TYPES = {
    "date": DATE,
    "int": "int",
    "time-millis": {"type": "int", "logicalType": "time-millis"},
    "long": "long",
    "timestamp-millis": INSTANT,
    "string": "string",
    "uuid": {"type": "string", "logicalType": "uuid"},
    "bytes": "bytes",
    "boolean": "boolean",
    "double": "double",
    "float": "float",
    "enum": COLOUR,
    "array": {"type": "array", "items": "string"},
}
_TEXTS = ["", "20", "33", "7231", "x" * 256, "ก/1", "\0", "ก\0", " a", citizen_id(1), juristic_number(1)]
_INTS = [-(2**31) - 1, -1, 0, 6, 7, 8, 33, 40, 41, 2**31]
_DAYS = [-719_163, 4, 5, 6, TODAY + 1, TODAY + 2, TODAY + 2, 2_932_897]
VALUES = {
    "date": _DAYS,
    "int": _INTS,
    "time-millis": _INTS,
    "long": _INTS,
    "timestamp-millis": _INTS,
    "string": _TEXTS,
    "uuid": _TEXTS,
    "bytes": [b"", b"ascii", b"\xff\0", b"x" * 300],
    "boolean": [True, False],
    "double": [0.0, -1.5, 1e300],
    "float": [0.0, -1.5],
    "enum": COLOUR["symbols"],
    "array": [
        [],
        ["b", "ก", "b", "a"],
        ["a", ""],
        ["a", "ก\0"],
        ["21", citizen_id(1)],
        [juristic_number(1)],
        ["33", "33"],
    ],
}
SOUND: dict[str, Any] = {
    **dict.fromkeys(("int", "time-millis", "long", "timestamp-millis"), 7),
    "date": 5,
    "string": "21",
    "uuid": "21",
    "array": ["21"],
}


class Register(NamedTuple):
    """A register; ``own`` are the kinds of its own fields, and whether each is nullable, by name."""

    contract: Contract
    own: dict[str, tuple[str, bool]]


_USUAL = ["date", "date", "int", "long", "string", "string"]  # what rules are about, and most registers hold


_FAST = [*_USUAL, "bytes", "enum", "timestamp-millis", "time-millis", "uuid"]  # what is read at first sight


@st.composite
def registers(draw: st.DrawFn) -> Register:
    personal = draw(st.booleans())
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6, unique=True))
    kinds = draw(st.sampled_from([_USUAL, _FAST, [*_USUAL, "array"], sorted(TYPES)]))
    own = {
        name: (draw(st.sampled_from(kinds)), draw(st.booleans()))
        for name in names
        if not (personal and name == "person_key")
    }
    own = {name: (kind, nullable and kind != "array") for name, (kind, nullable) in own.items()}
    fitting = [rule for rule in (make(own) for make in [*RULES.values(), *_OFTEN]) if not rule.is_empty]
    rules = (
        draw(st.lists(st.sampled_from(fitting).flatmap(lambda rule: rule), min_size=1, max_size=3)) if fitting else []
    )
    null_last = draw(st.sets(st.sampled_from(names)), label="null comes last")
    return register(own, *rules, personal=personal, null_last=null_last)


def register(
    own: dict[str, tuple[str, bool]], *rules: Any, personal: bool = True, null_last: Collection[str] = ()
) -> Register:
    """A register by its own fields and the rules over them."""
    fields = [{"name": name, **_typed(*typed, name in null_last)} for name, typed in own.items()]
    _define_once(fields)
    person = [{"name": "person_key", "type": "string"}] if personal else []
    head = [
        *({"name": "record_id", "type": "string"}, {"name": "record_version", "type": "long"}),
        *({"name": "change", "type": CHANGE}, *person),
        *({"name": "recorded_at", "type": INSTANT}, {"name": "source", "type": "string"}),
    ]
    topic = Topic("any.register.v1", "Anything", "ANY", (), Kind.REGISTRY, "person_key" if personal else "record_id", 1)
    schema = {"type": "record", "name": "Anything", "namespace": "th.workforce.v1", "fields": [*head, *fields]}
    return Register(read(topic, schema, yaml.safe_dump({"topic": topic.name, "rules": [*rules]})), own)


def _typed(kind: str, nullable: bool, null_last: bool) -> dict[str, Any]:
    if kind == "array":
        return {"type": TYPES[kind], "default": []}
    if not nullable:
        return {"type": TYPES[kind]}
    return {"type": [TYPES[kind], "null"]} if null_last else {"type": ["null", TYPES[kind]], "default": None}


def _define_once(fields: list[dict[str, Any]]) -> None:
    """Avro defines a named type where it comes first, and names it afterwards."""
    met = False
    for field in fields:
        branches = field["type"] if isinstance(field["type"], list) else [field["type"]]
        if COLOUR in branches:
            named = ["Colour" if met and branch is COLOUR else branch for branch in branches]
            field["type"] = named if isinstance(field["type"], list) else named[0]
            met = True


def _rule(own: dict[str, Any], kinds: set[str], levels: list[str], count: int, **more: Any) -> st.SearchStrategy[Any]:
    of_kinds = [[name for name, (kind, _) in own.items() if kind == wanted] for wanted in sorted(kinds)]
    enough = [names for names in of_kinds if len(names) >= count]
    if not enough:
        return st.nothing()

    def made(chosen: list[str], level: str) -> dict[str, Any]:
        example = {name: SOUND[own[name][0]] for name in chosen}
        named = {"refused": {"name": "rule"}, "counted": {"name": "counted"}}.get(level, {})
        about = {"field": chosen[0]} if count == 1 else {"fields": chosen}
        return {**about, "level": level, **named, "admits": example, "refuses": example, **more}

    chosen = st.sampled_from(enough).flatmap(
        lambda names: st.lists(st.sampled_from(names), min_size=count, max_size=count, unique=True)
    )
    return st.builds(made, chosen, st.sampled_from(levels))


_EVERY, _TOLERATED = ["refused", "refused", "counted", "strict"], ["counted", "strict"]
_TEXTUAL = {"string", "array"}
RULES = {
    "order": lambda own: _rule(own, {"date", "int", "long"}, _EVERY, 2, check="order"),
    "one-of numbers": lambda own: _rule(own, {"int", "long"}, _EVERY, 1, check="one-of", values=[33, 40, 7]),
    "one-of texts": lambda own: _rule(own, {"string"}, _EVERY, 1, check="one-of", values=["33", "21", ""]),
    "between": lambda own: _rule(own, {"int", "long"}, _EVERY, 1, check="between", least=-1, greatest=40),
    "no-citizen-id": lambda own: _rule(own, _TEXTUAL, ["refused"], 1, check="no-citizen-id"),
    "juristic-number": lambda own: _rule(own, _TEXTUAL, _TOLERATED, 1, check="juristic-number"),
    "listed": lambda own: _rule(own, _TEXTUAL, _TOLERATED, 1, check="listed", list="provinces"),
    "prefix": lambda own: _rule(
        own, {"string", "array"}, _TOLERATED, 1, check="listed", list="isco_submajor", prefix=2
    ),
    "digits": lambda own: _rule(own, _TEXTUAL, _TOLERATED, 1, check="digits", lengths=[2, 4]),
    "identifier": lambda own: _rule(own, _TEXTUAL, _TOLERATED, 1, check="identifier", longest=64),
    "length": lambda own: _rule(own, _TEXTUAL, _EVERY, 1, check="length", longest=2),
    "of-a-firm": lambda own: _rule(own, {"string"}, ["refused"], 2, check="of-a-firm"),
    "not-ahead": lambda own: _rule(own, {"date"}, _TOLERATED, 1, check="not-ahead"),
}


def for_any_number(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that writes the same bytes and minds no bounds: another client's encoder may not."""
    wide: dict[str, Any] = json.loads(json.dumps(parse(schema)["fields"]).replace('"int"', '"long"'))
    return {**schema, "fields": wide}


_HEAD = {
    "record_id": ["", "ก/1", "a\0", "x" * 255, "x" * 256, citizen_id(1)],
    "record_version": [2, 2**62, 0, -1],
    "change": ["WITHDRAW", "ERASE"],
    "person_key": ["", "G" * 32, PERSON.upper()],
    "recorded_at": [1_700_000_000_000, -(2**40)],
    "source": ["", "\0"],
}


def sound(register: Register) -> dict[str, Any]:
    """A record in which nothing is wrong, but for a rule that asks for a juristic number."""
    head = {"record_id": "R-1", "record_version": 1, "change": "UPSERT", "recorded_at": 0, "source": "DOE"}
    person = {"person_key": PERSON} if register.contract.topic.person_level else {}
    return {**head, **person, **{name: SOUND.get(kind, VALUES[kind][0]) for name, (kind, _) in register.own.items()}}


_OFTEN = [
    RULES[name]
    for name in ("order", "order", "order", "one-of numbers", "between", "not-ahead", "not-ahead", "not-ahead")
]


@st.composite
def records(draw: st.DrawFn, register: Register) -> dict[str, Any]:
    """A record that Avro can write: sound, but for a few of its fields."""
    record = sound(register)
    ruled = {name for rule in register.contract.rules for name in rule.fields}
    odd = {name for name in sorted(ruled) if draw(st.booleans(), label=f"{name} is odd")}
    if draw(st.booleans(), label="another is odd"):
        odd.add(draw(st.sampled_from(["record_id", *record, *register.own])))
    for name in sorted(odd):
        kind, nullable = register.own.get(name, ("", False))
        values = st.sampled_from(VALUES[kind] if kind else _HEAD[name])
        record[name] = draw(st.none() | values if nullable else values, label=name)
    return record
