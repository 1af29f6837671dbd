"""A record as the messages that carry it (standard, section 4). Pure: what cannot be sent is refused here."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from saingan.errors import Fault
from saingan.standard import cloudevents, codec, identity, schemas
from saingan.standard.checks import check
from saingan.standard.encoder import Encoder
from saingan.standard.issues import Issue, Refused, shape
from saingan.topics import TOPICS

CITIZEN_ID: Final = "citizen_id"
PREVIOUS_CITIZEN_ID: Final = "previous_citizen_id"
ANY_PARTITION: Final = -1

_NOBODY: Final = "0" * 32  # stands for a person whose citizen ID is refused, so that the rest is checked too
_ADVICE: Final = "must be 13 digits with a right check digit"


class Message(NamedTuple):
    key: str
    value: bytes
    partition: int
    headers: cloudevents.Headers


class Composed(NamedTuple):
    """One message; two where the record moves from one person to another."""

    messages: tuple[Message, ...]
    warnings: tuple[Issue, ...]


class Composer:
    """Makes the messages of one topic.

    Args:
        schema_id: the registry's id of our schema of the topic.
        partitions: how many the topic has on the broker.
        secret: the pseudonym key; only person-level topics need it.
    """

    def __init__(self, topic: str, schema_id: int, partitions: int, secret: bytes | None) -> None:
        described = schemas.schema(topic)
        self._topic = topic
        self._encode = Encoder(described).encode
        self._frame = codec.frame(schema_id, b"")
        self._partitions = partitions
        self._person_level = TOPICS[topic].person_level
        if self._person_level and secret is None:
            raise Fault("there is no pseudonym key: set SAINGAN_PSEUDONYM_KEY (`saingan up` makes a local one)")
        self._secret = secret or b""

    def compose(
        self,
        record: Mapping[str, Any],
        today: date,
        citizen_id: str | None = None,
        previous_citizen_id: str | None = None,
    ) -> Composed:
        """Check a record and make its messages.

        Without a citizen ID a person-level record must come with its ``person_key``. With a previous one that differs
        the record is withdrawn from that person at the same version (standard, section 5).

        Raises:
            Refused: with everything that is wrong.
        """
        if not self._person_level:
            checked = check(self._topic, record, today)
            return Composed((self._message(checked.record, None),), checked.warnings)
        issues: list[Issue] = []
        if citizen_id is not None or record.get("person_key") is None:
            record = {**record, "person_key": self._person(CITIZEN_ID, citizen_id, issues)}
        previous = self._person(PREVIOUS_CITIZEN_ID, previous_citizen_id, issues) if previous_citizen_id else None
        try:
            checked = check(self._topic, record, today)
        except Refused as refused:
            raise Refused((*issues, *refused.issues)) from None
        if issues:
            raise Refused(tuple(issues))
        ready = checked.record
        moved = self._message(ready, ready["person_key"])
        if previous is None or previous == ready["person_key"]:
            return Composed((moved,), checked.warnings)
        change = "ERASE" if ready["change"] == "ERASE" else "WITHDRAW"
        left = self._message({**ready, "person_key": previous, "change": change}, previous, "/previous")
        return Composed((left, moved), checked.warnings)

    def _person(self, field: str, citizen_id: str | None, issues: list[Issue]) -> str:
        if not citizen_id:
            issues.append(Issue(field, "required", "missing", "must be there"))
            return _NOBODY
        digits = identity.normalise_citizen_id(citizen_id.replace("-", ""))  # dashes first: ten times as fast
        if not identity.is_citizen_id(digits):
            issues.append(Issue(field, "check-digit", shape(digits), _ADVICE))
            return _NOBODY
        return identity.person_key(self._secret, digits)

    def _message(self, record: dict[str, Any], person: str | None, suffix: str = "") -> Message:
        name, version = record["record_id"], record["record_version"]
        event = cloudevents.headers(
            TOPICS[self._topic],
            source=_source(self._topic, record["source"]),
            subject=name,
            event_id=f"{name}/{version}/{record['change']}{suffix}",
            at_ms=record["recorded_at"],
        )
        value = self._frame + self._encode(record)
        if person is None:
            return Message(f"{name}/{version}", value, ANY_PARTITION, event)
        return Message(f"{person}/{name}/{version}", value, identity.partition(person, self._partitions), event)


@lru_cache(maxsize=4096)
def _source(topic: str, source: str) -> str:
    return f"/{quote(source)}/{topic}"  # with the topic, because a record id is unique only within it
