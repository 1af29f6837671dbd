"""What the standard says of one topic: its line of the map, its schema, and its rules (standard, section 10).

Publisher, worker, fast path and `verify` all read this; the rules are ``schemas/rules/<topic>.yaml``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

import yaml
from pydantic import ValidationError

from saingan.errors import Fault
from saingan.standard import schemas
from saingan.standard.codes import LISTS
from saingan.standard.coercion import KINDS, form, kind_of
from saingan.standard.schemas import Schema
from saingan.standard.topic_rules import RuleFile, TopicRule
from saingan.topics import TOPICS, Topic

PERSON_KEY: Final = "person_key"
_HEAD: Final = frozenset({"record_id", "record_version", "change", "recorded_at"})  # ruled by the standard, section 2


@dataclass(frozen=True)
class Contract:
    """One topic's; `contract` and `read` make it.

    Attributes:
        rules: each names only fields that the schema has, of types that it fits.
    """

    topic: Topic
    schema: Schema
    rules: tuple[TopicRule, ...]

    @property
    def names(self) -> list[str]:
        """Of the fields, in the schema's order."""
        return [field["name"] for field in self.schema["fields"]]

    def types(self) -> dict[str, tuple[str, bool, Schema]]:
        """Of each field what `kind_of` says, in the schema's order."""
        named: dict[str, Schema] = {}
        return {field["name"]: kind_of(field["type"], named) for field in self.schema["fields"]}

    def defaults(self) -> dict[str, Any]:
        """Of the fields whose default is not null."""
        given = {field["name"]: field.get("default") for field in self.schema["fields"]}
        return {name: default for name, default in given.items() if default is not None}

    def at(self, *levels: str) -> list[TopicRule]:
        return [rule for rule in self.rules if rule.level in levels]


@cache
def contract(topic_name: str) -> Contract:
    """The contract of a topic.

    Raises:
        KeyError: the topic is not in the map, or its values are not Avro.
        Fault: its file of rules is missing or wrong.
    """
    topic, described = TOPICS[topic_name], schemas.schema(topic_name)
    file = schemas.root() / "rules" / f"{topic_name}.yaml"
    if not file.is_file():
        raise Fault(f"schemas/rules/{topic_name}.yaml is missing: write it, with `rules: []` where the topic has none")
    return read(topic, described, file.read_text(encoding="utf-8"))


def read(topic: Topic, described: Schema, text: str) -> Contract:
    """A topic's contract, its rules given as YAML.

    Raises:
        Fault: with all that is wrong with the rules.
    """
    where = f"schemas/rules/{topic.name}.yaml"
    try:
        found = RuleFile.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Fault(f"{where}: not YAML{f' at line {mark.line + 1}' if mark else ''}") from None
    except ValidationError as error:
        slips = [f"{_place(slip['loc'])}: {slip['msg']}" for slip in error.errors(include_url=False)]
    else:
        made = Contract(topic, described, found.rules)
        slips = [f"is for `{found.topic}`"] if found.topic != topic.name else list(_slips(made))
    if slips:
        raise Fault("\n".join(f"{where}: {slip}" for slip in slips))
    return made


def _place(loc: tuple[int | str, ...]) -> str:
    match loc:
        case ("rules", int(number), *rest):
            return " ".join((f"rule {number + 1}", *(f"`{part}`" for part in rest)))
        case _:
            return ".".join(map(str, loc)) or "the file"


def _slips(made: Contract) -> Iterator[str]:
    types = made.types()
    if made.topic.person_level and PERSON_KEY not in types:
        yield f"the topic is person-level, and its schema has no `{PERSON_KEY}`"
    head = _HEAD | {PERSON_KEY} if made.topic.person_level else _HEAD
    for number, rule in enumerate(made.rules, 1):
        for slip in _slips_of(rule, types):
            yield f"rule {number} ({rule.check}): {slip}"
        for name in head.intersection(rule.fields):
            yield f"rule {number} ({rule.check}): `{name}` belongs to the common head, which the standard itself rules"


def _slips_of(rule: TopicRule, types: dict[str, tuple[str, bool, Schema]]) -> Iterator[str]:
    unknown = [name for name in {*rule.fields, *rule.admits, *rule.refuses} if name not in types]
    for name in sorted(unknown):
        near = get_close_matches(name, types, n=1)
        yield f"the schema has no field `{name}`" + (f"; did you mean `{near[0]}`?" if near else "")
    if not unknown:
        for name, kinds in zip(rule.fields, rule.kinds, strict=True):
            yield from _misplaced(rule, name, types[name][0], kinds)
        if rule.check == "order" and len({types[name][0] for name in rule.fields}) > 1:
            yield f"{' and '.join(rule.fields)} are of two types"
        if rule.check in ("listed", "ranked") and rule.code_list not in LISTS:
            yield f"there is no code list `{rule.code_list}`"
        yield from _slips_of_examples(rule, types)


def _misplaced(rule: TopicRule, name: str, kind: str, kinds: frozenset[str]) -> Iterator[str]:
    if kind not in kinds:
        yield f"`{name}` is of type {kind}; the rule is for {', '.join(sorted(kinds))}"
    elif rule.check == "one-of" and not all(_fits(value, kind) for value in rule.values):
        yield f"`values`: of `{name}` each {form(kind).advice}"


def _slips_of_examples(rule: TopicRule, types: dict[str, tuple[str, bool, Schema]]) -> Iterator[str]:
    for key, example in (("admits", rule.admits), ("refuses", rule.refuses)):
        if not example.keys() >= set(rule.fields):
            yield f"`{key}` must give {', '.join(rule.fields)}"
        for name, value in example.items():
            kind, nullable, _ = types[name]
            if kind not in KINDS:
                yield f"`{key}`: `{name}` is of type {kind}, of which no example can be given"
            elif not (nullable if value is None else _fits(value, kind)):
                yield f"`{key}`: `{name}` {form(kind).advice}"


def _fits(value: Any, kind: str) -> bool:
    accepted = form(kind)
    try:
        accepted.read(value)
    except (TypeError, ValueError, OverflowError):
        return type(value) is accepted.exact
    return True
