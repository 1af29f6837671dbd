"""A record as the messages that carry it (standard, section 4). Pure: what cannot be sent is refused here."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final, final
from urllib.parse import quote

from saingan.errors import Fault
from saingan.standard import cloudevents, codec, identity
from saingan.standard.field_checks import PERSON_KEY
from saingan.standard.issues import Issue, Refused, shape
from saingan.standard.strict import Checked, checker
from saingan.topics import MESSAGE_BOUND, TOPICS

CITIZEN_ID: Final = "citizen_id"
PREVIOUS_CITIZEN_ID: Final = "previous_citizen_id"

_NOBODY: Final = "0" * 32  # stands for a person whose citizen ID is refused, so that the rest is checked too
_TEXT: Final = "must be text of 13 digits: read the column as text (pandas: dtype=str), and give None for an empty cell"
_DISAGREES: Final = "is not the person key of the citizen ID: leave person_key out"


@final
class Message:
    """As the Kafka client takes it."""

    def __init__(self, key: bytes, value: bytes, partition: int, headers: cloudevents.Headers) -> None:
        self.key = key
        self.value = value
        self.partition = partition
        self.headers = headers


@final
class Composed:
    """One message; two where the record moves from one person to another."""

    def __init__(self, messages: tuple[Message, ...], warnings: tuple[Issue, ...]) -> None:
        self.messages = messages
        self.warnings = warnings


@final
class Composer:
    """Makes the messages of one topic.

    Args:
        schema_id: the registry's id of our schema of the topic.
        partitions: how many the topic has on the broker.
        secret: the pseudonym key; only person-level topics need it.
        bound: bytes of a message at most, key and value together.
    """

    def __init__(
        self, topic: str, schema_id: int, partitions: int, secret: bytes | None, bound: int = MESSAGE_BOUND
    ) -> None:
        self._topic = TOPICS[topic]
        self._checker = checker(topic)
        self._frame = codec.frame(schema_id, b"")
        self._partitions = partitions
        self._person_level: bool = self._topic.person_level
        if self._person_level and secret is None:
            raise Fault("there is no pseudonym key: set SAINGAN_PSEUDONYM_KEY (`saingan up` makes a local one)")
        self._secret = secret or b""
        self._bound = bound

    def compose(
        self,
        record: Any,
        today: date,
        citizen_id: Any = None,
        previous_citizen_id: Any = None,
    ) -> Composed:
        """Check a record and make its messages; what is of a wrong type is refused like any other value.

        Without a citizen ID a person-level record must come with its ``person_key``. With a previous one that differs
        the record is withdrawn from that person at the same version (standard, section 5).

        Raises:
            Refused: with everything that is wrong.
        """
        if type(record) is not dict and not isinstance(record, Mapping):
            raise Refused((Issue("record", "type", shape(record), "must be a mapping such as a dict"),))
        issues: list[Issue] = []
        person: str | None = None
        previous: str | None = None
        if self._person_level:
            given, change = record.get(PERSON_KEY), record.get("change")
            if citizen_id is not None or given is None:
                # what was sent under a filler can still be taken back
                filler = isinstance(change, str) and change != "UPSERT"
                person = self._person(CITIZEN_ID, citizen_id, issues, anybody=filler)
                if given is not None and not issues and not (isinstance(given, str) and given == person):
                    issues.append(Issue(PERSON_KEY, "pseudonym", shape(given), _DISAGREES))
            if previous_citizen_id is not None and not (
                isinstance(previous_citizen_id, str) and not previous_citizen_id
            ):
                previous = self._person(PREVIOUS_CITIZEN_ID, previous_citizen_id, issues, anybody=True)
        try:
            checked = self._checker.check(record, today, person)
        except Refused as refused:
            raise Refused((*issues, *refused.issues)) from None
        if issues:
            raise Refused(tuple(issues))
        moved = self._message(checked)
        if previous is None or previous == checked[PERSON_KEY]:
            return Composed((moved,), checked.warnings)
        goes = "ERASE" if checked["change"] == "ERASE" else "WITHDRAW"
        left = self._checker.check({**checked.record, "change": goes}, today, previous)
        return Composed((self._message(left, "/previous"), moved), checked.warnings)

    def _person(self, field: str, citizen_id: Any, issues: list[Issue], anybody: bool) -> str:
        if citizen_id is None or (isinstance(citizen_id, str) and not citizen_id):
            issues.append(Issue(field, "required", "missing", "must be there"))
            return _NOBODY
        if not isinstance(citizen_id, str):
            issues.append(Issue(field, "type", shape(citizen_id), _TEXT))
            return _NOBODY
        digits = identity.normalise_citizen_id(citizen_id.replace("-", ""))  # dashes first: ten times as fast
        if not identity.is_citizen_id(digits):
            lost = identity.is_citizen_id(f"0{digits}")
            advice = "lacks the 0 at its beginning: 13 digits" if lost else "must be 13 digits with a right check digit"
            issues.append(Issue(field, "lost-zero" if lost else "check-digit", shape(digits), advice))
            return _NOBODY
        if not anybody and identity.is_placeholder(digits):
            issues.append(Issue(field, "placeholder", shape(digits), "is no person's number: it only fills the field"))
            return _NOBODY
        return identity.person_key(self._secret, digits)

    def _message(self, checked: Checked, suffix: str = "") -> Message:
        name: str = checked["record_id"]
        change = f"{name}/{checked['record_version']}"
        headers = cloudevents.headers(
            self._topic,
            source=_source(self._topic.name, checked["source"]),
            subject=name,
            event_id=f"{change}/{checked['change']}{suffix}",
            at_ms=checked["recorded_at"],
        )
        person: str = checked[PERSON_KEY] if self._person_level else ""
        key = f"{person}/{change}" if person else change
        partition = identity.partition(person or name, self._partitions)
        message = Message(key.encode(), self._frame + checked.datum, partition, headers)
        if len(message.key) + len(message.value) > self._bound:
            raise Refused((_too_large(checked, self._bound),))
        return message


def _too_large(checked: Checked, bound: int) -> Issue:
    """What is wrong with a message of more than ``bound`` bytes: its longest field is too long."""
    record = checked.record
    longest = max(record, key=lambda name: _length(record[name]))
    advice = f"must be shorter: a message has at most {bound} bytes"
    return Issue(longest, "too-large", shape(record[longest]), advice)


def _length(value: Any) -> int:
    return sum(map(len, value)) if isinstance(value, tuple) else len(value) if isinstance(value, (str, bytes)) else 0


@lru_cache(maxsize=4096)
def _source(topic: str, source: str) -> str:
    return f"/{quote(source)}/{topic}"  # with the topic, because a record id is unique only within it
