"""What is wrong with a mapping, in words that say which line to change, and what to write there."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, Final

from pydantic import ValidationError

from saingan.publish.files.mapping.layout import PERSON_KEY, Column, FileMapping, did_you_mean, schema_fields
from saingan.publish.files.mapping.plain_yaml import Place, PlainYaml
from saingan.publish.files.mapping.translation import fallen_together
from saingan.publish.files.table import plain_heading
from saingan.publish.files.values import UnreadableError, value_of
from saingan.publish.message import CITIZEN_ID, PREVIOUS_CITIZEN_ID
from saingan.standard import codes
from saingan.standard.coercion import kind_of
from saingan.standard.issues import Issue
from saingan.topics import TOPICS

_PERSON: Final = (CITIZEN_ID, PREVIOUS_CITIZEN_ID)
_OF_ONE_RECORD: Final = (*_PERSON, PERSON_KEY, "record_id")
_TABLES: Final = {
    "fields": "must be a table: one `field: heading` a line, without dashes before it",
    "constants": "must be a table: one `field: value` a line, without dashes before it",
    "codes": "must be a table `the agency's code: ours`, such as `{ม.33: 33}`",
}
_FORMS: Final = {  # by pydantic's word for what is wrong
    "missing": "is missing",
    "string_type": "must be one text, not a list or a table",
    "string_too_short": "has no heading: write the name of its column",
    "int_parsing": "must be a whole number",
    "greater_than_equal": "must be 1 or more",
    "bool_parsing": "must be true or false",
    "tuple_type": 'must be a list of words, such as ["-", NULL]',
    "literal_error": "must be juristic_number",
}


def of_form(error: ValidationError, file: PlainYaml) -> Iterator[str]:
    """What cannot be read as a mapping at all."""
    known = {*FileMapping.model_fields, *(field.alias or name for name, field in Column.model_fields.items())}
    for slip in error.errors(include_url=False, include_input=False):
        place = tuple(map(str, slip["loc"]))
        key = place[-1]
        said: str | None
        if slip["type"] == "extra_forbidden":
            said = f"is not a key of a mapping{did_you_mean(key, known)}"
        elif slip["type"] == "model_type":
            said = "must be a heading, or a table such as {from: heading, width: 5}"
        else:
            said = _TABLES.get(key) if slip["type"] == "dict_type" else _FORMS.get(slip["type"])
        yield f"{_at(file, place)}`{'.'.join(place)}` {said or slip['msg']}"


def of_content(mapping: FileMapping, topic: str, file: PlainYaml) -> Iterator[str]:
    """What does not agree with the topic."""
    if mapping.topic != topic:
        yield f"{_at(file, ('topic',))}is for {mapping.topic}, not for {topic}"
        return
    fields = schema_fields(topic)
    person = set(_PERSON) if TOPICS[topic].person_level else set()
    for name in (*mapping.fields, *mapping.constants):
        if name not in fields.keys() | person:
            near = did_you_mean(name, {*fields, *person})
            yield f"{_of(file, name)}field `{name}` is not a field of {topic}{near}"
    for name, column in mapping.fields.items():
        for said in _of_column(name, column, fields.get(name)):
            yield _of(file, name) + said
    for name, value in mapping.constants.items():
        yield from (_of(file, name) + said for said in _of_constant(name, value, mapping, fields.get(name)))
    yield from _of_one_column(mapping, fields, file)
    given = mapping.fields.keys() | mapping.constants.keys()
    required = {name for name, field in fields.items() if "default" not in field} - {PERSON_KEY}
    for name in sorted(required - given):
        yield f"field `{name}` is in no column: name its heading under `fields`, or its value under `constants`"
    if person and not given & {CITIZEN_ID, PERSON_KEY}:
        yield f"`{CITIZEN_ID}` is in no column: name its heading under `fields`"


def cautions(mapping: FileMapping) -> Iterator[Issue]:
    """What may be meant so, and is most often a slip."""
    if "record_version" in mapping.constants:
        advice = "stands under `constants`: a later correction changes nothing, unless the constant is raised"
        yield Issue("record_version", "constant", "one value for all rows", advice)
    for heading, names in _by_heading(mapping).items():
        for name in names[1:]:
            yield Issue(name, "one-column", "a column", f"is read from `{heading}`, as {names[0]} is")


def _of_column(name: str, column: Column, field: dict[str, Any] | None) -> Iterator[str]:
    if column.code_list is not None and column.code_list not in codes.LISTS:
        near = did_you_mean(column.code_list, codes.LISTS)
        yield f"field `{name}`: there is no code list `{column.code_list}`{near}"
    array = field is not None and kind_of(field["type"], {})[0] == "array"
    if "separator" in column.model_fields_set and not (array and column.separator):
        yield f"field `{name}`: `separator` parts the items of an array: " + (
            "give it a character" if array else "leave it out, the field holds one value"
        )
    if array and column.default is not None:
        yield f"field `{name}`: leave `default` out, an empty cell is an array without items"
    for first, second in fallen_together(column.codes):
        yield (
            f"field `{name}`: the codes `{first}` and `{second}` are read as one, and mean different things "
            "(capitals, a final dot and จ. make no difference): name one of them otherwise in the file, or keep one"
        )
    text = field is None or kind_of(field["type"], {})[0] == "string"
    for key in ("width", "prefix", "parse"):
        if getattr(column, key) and (not text or column.codes or column.code_list):
            yield f"field `{name}`: `{key}` is for a text without `codes` or `list`, and has no effect here"
    yield from _of_values(name, [*column.codes.values(), *([column.default] if column.default else [])], field)


def _of_constant(name: str, value: str, mapping: FileMapping, field: dict[str, Any] | None) -> Iterator[str]:
    if name in _OF_ONE_RECORD:
        yield f"field `{name}` stands under `constants`: all rows would be one; name its heading under `fields`"
    elif name in mapping.fields:
        yield f"field `{name}` stands under `fields` and under `constants`: keep one"
    else:
        yield from _of_values(name, [value], field)


def _of_values(name: str, values: Iterable[str], field: dict[str, Any] | None) -> Iterator[str]:
    kind, _, described = kind_of(field["type"], {}) if field else ("string", False, {})
    for value in values:
        if kind == "enum" and value not in described["symbols"]:
            near = did_you_mean(value, described["symbols"])
            yield f"field `{name}`: `{value}` is none of {', '.join(described['symbols'])}{near}"
            continue
        try:
            value_of(value, kind)
        except UnreadableError as slip:
            yield f"field `{name}`: `{value}` {slip.advice}"


def _of_one_column(mapping: FileMapping, fields: dict[str, Any], file: PlainYaml) -> Iterator[str]:
    """Two days, or two persons, cannot be one cell; two texts may, such as a source and an institution."""
    for heading, names in _by_heading(mapping).items():
        for first, second in combinations(names, 2):
            days = all(name in fields and kind_of(fields[name]["type"], {})[0] == "date" for name in (first, second))
            if days or {first, second} == set(_PERSON):
                yield f"{_of(file, second)}`{first}` and `{second}` are read from one column, `{heading}`: correct one"


def _by_heading(mapping: FileMapping) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, column in mapping.fields.items():
        found[plain_heading(column.heading)].append(name)
    return {mapping.fields[names[0]].heading: names for names in found.values()}


def _of(file: PlainYaml, field: str) -> str:
    return _at(file, ("fields", field) if ("fields", field) in file.lines else ("constants", field))


def _at(file: PlainYaml, place: Place) -> str:
    line = file.line(place)
    return f"line {line}: " if line else ""
