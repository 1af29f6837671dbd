"""Mappings: which heading of an agency's export holds which field, and which of its codes means which of ours.

`schemas/mappings/README.md` gives the format. A mapping is checked against its topic's schema when it is loaded, so
that a slip in it is told at once and not row by row.
"""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from saingan.errors import Fault
from saingan.publish.message import CITIZEN_ID, PREVIOUS_CITIZEN_ID
from saingan.standard import codes, schemas
from saingan.standard.forms import kind_of
from saingan.topics import TOPICS

_PERSON_KEY: Final = "person_key"  # computed, so no column need hold it


def _whole(column: object) -> object:
    return {"from": column} if isinstance(column, str) else column


def _text_keys(table: object) -> object:
    # YAML reads an unquoted 01 or 33 as a number
    return {str(key): value for key, value in table.items()} if isinstance(table, dict) else table


class Column(BaseModel):
    """How one field is read from one column; the README's table of keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heading: str = Field(alias="from")
    codes: Annotated[dict[str, str | int], BeforeValidator(_text_keys)] = {}
    code_list: str | None = Field(default=None, alias="list")
    default: str | int | None = None
    width: int | None = Field(default=None, ge=1)
    prefix: str = ""
    parse: Literal["juristic_number"] | None = None
    optional: bool = False


class FileMapping(BaseModel):
    """One agency's export of one topic."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: str
    description: str = ""
    blank: tuple[str, ...] = ()
    constants: dict[str, str | int] = {}
    fields: dict[str, Annotated[Column, BeforeValidator(_whole)]]


def plain(topic: str) -> FileMapping:
    """The mapping of a file whose headings are the standard's field names."""
    fields = {
        name: Column.model_validate({"from": name, "optional": "default" in field})
        for name, field in schema_fields(topic).items()
        if name != _PERSON_KEY
    }
    if TOPICS[topic].person_level:
        fields[CITIZEN_ID] = Column.model_validate({"from": CITIZEN_ID})
        fields[PREVIOUS_CITIZEN_ID] = Column.model_validate({"from": PREVIOUS_CITIZEN_ID, "optional": True})
    return FileMapping(topic=topic, fields=fields)


def load(mapping: str | Path, topic: str) -> FileMapping:
    """A mapping by path, or by the name of a shipped one.

    Raises:
        Fault: there is none, it is for another topic, or it does not agree with the topic's schema; all slips at once.
    """
    name, text = _read(mapping)
    try:
        found = FileMapping.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" at line {where.line + 1}" if where else ""
        raise Fault(f"{name}: not YAML{line}; a value with `: ` or `#` in it wants quotes") from None
    except ValidationError as error:
        raise Fault("\n".join(f"{name}: {slip}" for slip in _slips_of_form(error))) from None
    slips = [f"is for {found.topic}, not for {topic}"] if found.topic != topic else list(_slips(found))
    if slips:
        raise Fault("\n".join(f"{name}: {slip}" for slip in slips))
    return found


def shipped(topic: str | None = None) -> list[str]:
    """Names of the shipped mappings, of one topic or of all."""
    files = [file for file in (schemas.root() / "mappings").iterdir() if file.name.endswith(".yaml")]
    wanted = [file for file in files if topic in (None, yaml.safe_load(file.read_text(encoding="utf-8"))["topic"])]
    return sorted(file.name.removesuffix(".yaml") for file in wanted)


def schema_fields(topic: str) -> dict[str, dict[str, Any]]:
    """The fields of a topic's record, by name, as the schema has them."""
    return {field["name"]: field for field in schemas.schema(topic)["fields"]}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean `x`?`` where something known is near, else nothing."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""


def _read(mapping: str | Path) -> tuple[str, str]:
    path = Path(mapping)
    file = path if path.suffix else schemas.root() / "mappings" / f"{mapping}.yaml"
    if not file.is_file():
        names = shipped()
        raise Fault(
            f"there is no mapping `{mapping}`: give the path of a YAML file or one of {', '.join(names)}"
            + did_you_mean(path.stem, names)
        )
    return file.name, file.read_text(encoding="utf-8")


def _slips_of_form(error: ValidationError) -> Iterator[str]:
    known = {*FileMapping.model_fields, *(field.alias or name for name, field in Column.model_fields.items())}
    for slip in error.errors(include_url=False, include_input=False):
        key = str(slip["loc"][-1]) if slip["loc"] else "the file"
        where = ".".join(map(str, slip["loc"])) or key
        if slip["type"] == "extra_forbidden":
            yield f"`{where}` is not a key of a mapping{did_you_mean(key, known)}"
        else:
            yield f"`{where}`: {slip['msg']}"


def _slips(mapping: FileMapping) -> Iterator[str]:
    fields = schema_fields(mapping.topic)
    person = {CITIZEN_ID, PREVIOUS_CITIZEN_ID} if TOPICS[mapping.topic].person_level else set()
    for name in (*mapping.fields, *mapping.constants):
        if name not in fields.keys() | person:
            yield f"field `{name}` is not a field of {mapping.topic}{did_you_mean(name, {*fields, *person})}"
    for name, column in mapping.fields.items():
        if column.code_list is not None and column.code_list not in codes.LISTS:
            near = did_you_mean(column.code_list, codes.LISTS)
            yield f"field `{name}`: there is no code list `{column.code_list}`{near}"
        ours = [*column.codes.values(), *([column.default] if column.default is not None else [])]
        yield from _slips_of_values(name, ours, fields.get(name))
    for name, value in mapping.constants.items():
        yield from _slips_of_values(name, [value], fields.get(name))
    given = mapping.fields.keys() | mapping.constants.keys()
    required = {name for name, field in fields.items() if "default" not in field} - {_PERSON_KEY}
    for name in sorted(required - given):
        yield f"field `{name}` is in no column: name its heading under `fields`, or its value under `constants`"
    if person and not given & {CITIZEN_ID, _PERSON_KEY}:
        yield f"`{CITIZEN_ID}` is in no column: name its heading under `fields`"


def _slips_of_values(name: str, values: Iterable[str | int], field: dict[str, Any] | None) -> Iterator[str]:
    kind, _, described = kind_of(field["type"], {}) if field else ("string", False, {})
    for value in values:
        if kind in ("int", "long") and not str(value).isdecimal():
            yield f"field `{name}`: `{value}` must be a whole number"
        if kind == "enum" and value not in described["symbols"]:
            near = did_you_mean(str(value), described["symbols"])
            yield f"field `{name}`: `{value}` is none of {', '.join(described['symbols'])}{near}"
        if kind == "string" and not isinstance(value, str):
            yield f'field `{name}`: `{value}` must be text: write "{value}"'
