"""The form of a mapping: which keys it has, each value a text as it is written."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from saingan.publish.files.values import BETWEEN
from saingan.standard import schemas

PERSON_KEY: Final = "person_key"  # computed, so no column need hold it


def _whole(column: object) -> object:
    return {"from": column} if isinstance(column, str) else column


def _listed(words: object) -> object:
    return [words] if isinstance(words, str) and words else words or []


class Column(BaseModel):
    """How one field is read from one column; the README's table of keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heading: str = Field(alias="from", min_length=1)
    codes: dict[str, str] = {}
    code_list: str | None = Field(default=None, alias="list")
    default: str | None = None
    width: int | None = Field(default=None, ge=1)
    prefix: str = ""
    separator: str = BETWEEN
    parse: Literal["juristic_number"] | None = None
    optional: bool = False


class FileMapping(BaseModel):
    """One agency's export of one topic. All its values are texts, read as those of the file are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: str
    description: str = ""
    blank: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    constants: dict[str, str] = {}
    fields: dict[str, Annotated[Column, BeforeValidator(_whole)]]


def schema_fields(topic: str) -> dict[str, dict[str, Any]]:
    """The fields of a topic's record, by name, as the schema has them."""
    return {field["name"]: field for field in schemas.schema(topic)["fields"]}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean `x`?`` where something known is near, else nothing."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""
