"""Whom or what is to be forgotten, and which messages are about it. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

from saingan.standard.codec import Record

# Reserved for the exchange's own marks: no registry counts so far, so no copy that is sent again ever has a mark's
# message key, and compaction, which keeps the last message of a key, never prefers the copy to the mark.
ERASE_VERSION: Final = 2**63 - 1

_PERSON_KEY: Final = re.compile(rb"(?=([0-9a-fA-F]{32}))")  # overlapping: a text may begin with other hex digits


class Subject(NamedTuple):
    """A record as the standard knows it (section 5)."""

    topic: str
    person_key: str
    record_id: str


class Name(NamedTuple):
    """What a message key of a person-level topic says (section 4)."""

    person_key: str
    record_id: str
    version: str

    def of(self, topic: str) -> Subject:
        return Subject(topic, self.person_key, self.record_id)


def name(key: bytes | None) -> Name | None:
    """A message key taken apart; None where it is not of the standard's form."""
    person_key, _, rest = (key or b"").decode(errors="replace").partition("/")
    record_id, slash, version = rest.rpartition("/")
    return Name(person_key, record_id, version) if slash else None


def mark_key(subject: Subject) -> bytes:
    return f"{subject.person_key}/{subject.record_id}/{ERASE_VERSION}".encode()


@dataclass(frozen=True)
class Aim:
    """What is to be forgotten.

    Attributes:
        persons: by ``person_key``: everything about them.
        subjects: single records.
        versions: (topic, record id, version) of the persons' records, to know them again where a corrected citizen ID
            moved them from.
    """

    persons: frozenset[str] = frozenset()
    subjects: frozenset[Subject] = frozenset()
    versions: frozenset[tuple[str, str, int]] = field(default=frozenset(), repr=False)

    def __bool__(self) -> bool:
        """Whether anything is aimed at."""
        return bool(self.persons or self.subjects)

    @cached_property
    def _keys(self) -> frozenset[str]:
        return self.persons | {subject.person_key for subject in self.subjects}

    @cached_property
    def record_ids(self) -> frozenset[tuple[str, str]]:
        """(topic, record id) of `versions`."""
        return frozenset((topic, record_id) for topic, record_id, _ in self.versions)

    def meets(self, topic: str, key: bytes | None, value: bytes, read: Callable[[], Record | None]) -> bool:
        """Whether a message is about what is to be forgotten, by its key or its value, well-formed or not.

        Args:
            read: decodes the value; None where it cannot be taken in.
        """
        told = person_keys(key or b"") | person_keys(value)
        if told.isdisjoint(self._keys):
            return False
        if told & self.persons or self.names(topic, key):
            return True
        record = read()
        return record is not None and Subject(topic, record["person_key"], record["record_id"]) in self.subjects

    def names(self, topic: str, key: bytes | None) -> bool:
        """Whether a message is about what is to be forgotten, by its key alone."""
        named = name(key)
        return bool(person_keys(key or b"") & self.persons) or (named is not None and named.of(topic) in self.subjects)


def person_keys(data: bytes) -> set[str]:
    """All that could be a person key in bytes of any kind, in lower case."""
    return {found.decode().lower() for found in _PERSON_KEY.findall(data)}
