"""The kinds of rules that ``schemas/rules`` may lay on a topic's fields: data alone; each reader interprets it.

``schemas/rules/README.md`` gives the format. `contract` checks rules against their topic's schema.
"""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Level = Literal["refused", "counted", "strict"]

_ANY_LEVEL = frozenset({"refused", "counted", "strict"})
_TOLERATED = frozenset({"counted", "strict"})  # a list or a clock that lags must not cost a person their outcome
_STRICT = frozenset({"strict"})
_WHOLE = frozenset({"int", "long"})
_TEXT = frozenset({"string"})
_TEXTS = frozenset({"string", "array"})  # of an array each item
_DATE = frozenset({"date"})


class _Rule(BaseModel):
    """What all rules have.

    Attributes:
        name: the dead letter's reason, or the rule of the quality count; empty where only a publisher checks.
        advice: what a publisher says the field must be, instead of the kind's own words.
        warns: a publisher warns and sends, because what breaks the rule may be right.
        admits, refuses: values by field, as YAML has them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Level
    name: str = Field(default="", pattern="^[a-z-]*$")
    advice: str = ""
    warns: bool = False
    admits: dict[str, Any]
    refuses: dict[str, Any]

    levels: ClassVar[frozenset[str]] = _ANY_LEVEL
    kinds: ClassVar[tuple[frozenset[str], ...]] = (_TEXTS,)  # of each field

    @model_validator(mode="after")
    def _has_a_sound_level(self) -> "_Rule":
        if self.level not in self.levels:
            raise ValueError(f"level must be {' or '.join(sorted(self.levels))}")
        if (self.name == "") != (self.level == "strict"):
            raise ValueError("a rule has a name where it is refused or counted, and none where it is strict")
        if self.warns and (self.level == "refused" or len(self.kinds) > 1):
            raise ValueError("a publisher cannot warn of what a worker refuses, nor of several fields")
        return self


class _OfOne(_Rule):
    field: str

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.field,)


class Order(_Rule):
    """The first field does not lie after the second, which is of the same type; null lies nowhere."""

    check: Literal["order"]
    fields: tuple[str, str]

    kinds = (_WHOLE | _DATE, _WHOLE | _DATE)


class OneOf(_OfOne):
    check: Literal["one-of"]
    values: tuple[int | str, ...] = Field(min_length=1)

    kinds = (_WHOLE | _TEXT,)


class Between(_OfOne):
    """Both bounds are included."""

    check: Literal["between"]
    least: int
    greatest: int

    kinds = (_WHOLE,)


class NoCitizenId(_OfOne):
    """Not a citizen ID; a juristic number, which begins with 0, it may be."""

    check: Literal["no-citizen-id"]

    levels = frozenset({"refused"})


class JuristicNumber(_OfOne):
    check: Literal["juristic-number"]

    levels = _TOLERATED


class OfAFirm(_Rule):
    """The second field, a name or an address, stands only beside a juristic number in the first."""

    check: Literal["of-a-firm"]
    fields: tuple[str, str]

    levels = frozenset({"refused"})
    kinds = (_TEXT, _TEXT)


class Length(_OfOne):
    """A text has at most `longest` characters."""

    check: Literal["length"]
    longest: int = Field(ge=1)


class Listed(_OfOne):
    """A code of a list, or what begins with one, or at least the beginning of one.

    Attributes:
        prefix: the length that is looked up.
        shortest: the length of a beginning that will do.
    """

    check: Literal["listed"]
    code_list: str = Field(alias="list")
    prefix: int | None = Field(default=None, ge=1)
    shortest: int | None = Field(default=None, ge=1)

    levels = _TOLERATED


class Digits(_OfOne):
    """ASCII digits, as many as one of the lengths says."""

    check: Literal["digits"]
    lengths: tuple[int, ...] = Field(min_length=1)

    levels = _TOLERATED


class Identifier(_OfOne):
    """Printable characters without blanks around them.

    Attributes:
        of_record: whether it is the id of a record, of which a word or zeros alone are none.
    """

    check: Literal["identifier"]
    longest: int = Field(ge=1)
    of_record: bool = False

    levels = _TOLERATED


class NotAhead(_OfOne):
    """Not after tomorrow, for it says what happened."""

    check: Literal["not-ahead"]

    levels = _TOLERATED
    kinds = (_DATE,)


class NotBefore(_OfOne):
    """Not before a day on which what it tells of could first happen."""

    check: Literal["not-before"]
    day: date

    levels = _STRICT
    kinds = (_DATE,)


class Near(_Rule):
    """A date lies near an academic year of the same record, which begins in May.

    Attributes:
        since, until: years of the date less the academic year, both included.
    """

    check: Literal["near"]
    fields: tuple[str, str]
    since: int
    until: int

    levels = _STRICT
    kinds = (_DATE, frozenset({"int"}))


class Within(_Rule):
    """The second date lies at most `days` days after the first."""

    check: Literal["within"]
    fields: tuple[str, str]
    days: int = Field(ge=1)

    levels = _STRICT
    kinds = (_DATE, _DATE)


class Ranked(_Rule):
    """The first code does not rank above the second, by the column ``rank`` of their list."""

    check: Literal["ranked"]
    fields: tuple[str, str]
    code_list: str = Field(alias="list")

    levels = _STRICT
    kinds = (_TEXT, _TEXT)


class Begins(_Rule):
    """The second code begins with the first: a district's with its province's."""

    check: Literal["begins"]
    fields: tuple[str, str]

    levels = _STRICT
    kinds = (_TEXT, _TEXT)


_OfValue = OneOf | Between | NoCitizenId | JuristicNumber | Length | Listed | Digits | Identifier
_OfTwo = Order | Within | Ranked | Begins | OfAFirm
TopicRule = _OfValue | _OfTwo | NotAhead | NotBefore | Near


class RuleFile(BaseModel):
    """One file of ``schemas/rules``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: str
    rules: tuple[Annotated[TopicRule, Field(discriminator="check")], ...]
