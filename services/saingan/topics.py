"""THE map of topics (standard, sections 1 and 4). No topic name stands anywhere else.

A name here is the standard's. A deployment may put a prefix before all of them (`Settings.wire`): tests do, so that
each has topics of its own on one broker.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

_DAY_MS = 86_400_000
MESSAGE_BOUND = 262_144  # bytes of a message, key and value together: whoever reads turns a longer one away
BATCH_BOUND = 2 * 1024 * 1024  # bytes: Kafka bounds a whole batch, and a stock client fills its own up to 1 MB

PERSON_PARTITIONS = 6  # equal on all person-level topics, so that a person's streams lie on the same partition number

Key = Literal["person_key", "record_id"]


class Kind(Enum):
    """What a topic is for; see `CONFIG` for what the broker is asked for each."""

    REGISTRY = "registry"  # a registry's changes: the truth, kept for ever; compaction removes only repeats of a change
    VIEW = "view"
    DEAD_LETTERS = "dead letters"
    SETTINGS = "settings"


CONFIG = {
    Kind.REGISTRY: {
        "cleanup.policy": "compact",
        "message.timestamp.type": "LogAppendTime",
        "max.compaction.lag.ms": str(30 * _DAY_MS),
        "max.message.bytes": str(BATCH_BOUND),
    },
    Kind.VIEW: {
        "cleanup.policy": "compact",
        "max.compaction.lag.ms": str(7 * _DAY_MS),
        "delete.retention.ms": str(30 * _DAY_MS),  # a subscriber that was away for longer begins with an empty table
        "max.message.bytes": str(BATCH_BOUND),
    },
    Kind.DEAD_LETTERS: {
        "cleanup.policy": "compact,delete",
        "retention.ms": str(30 * _DAY_MS),
        "max.message.bytes": str(BATCH_BOUND),
    },
    Kind.SETTINGS: {"cleanup.policy": "compact"},
}


@dataclass(frozen=True)
class Topic:
    """One line of the map.

    Attributes:
        record: Avro record in ``schemas/<name>.avsc``; None where values are not Avro.
        owner: the agency that alone writes it.
        readers: who may read it by the agreement.
        key: the field by which its messages are partitioned, and by which views keep what they read of it (section 4);
            None where that is not a field of a record.
        partitions: equal on all topics that one view reads by one key.
    """

    name: str
    record: str | None
    owner: str
    readers: tuple[str, ...]
    kind: Kind
    key: Key | None
    partitions: int

    @property
    def config(self) -> dict[str, str]:
        """The broker's settings for it."""
        return CONFIG[self.kind]

    @property
    def registry(self) -> bool:
        """Whether agencies publish changes of a registry to it."""
        return self.kind is Kind.REGISTRY

    @property
    def person_level(self) -> bool:
        """Whether each of its records is of one person."""
        return self.key == "person_key"


_PERSON: Final[tuple[Key, int]] = ("person_key", PERSON_PARTITIONS)
_PERSONS: Final = (Kind.REGISTRY, *_PERSON)

ENROLMENT = Topic("ovec.enrolment.v1", "EnrolmentRecord", "OVEC", ("MOL",), *_PERSONS)
GRADUATION = Topic("ovec.graduation.v1", "GraduationRecord", "OVEC", ("MOL",), *_PERSONS)
EMPLOYMENT = Topic("sso.insured-employment.v1", "InsuredEmploymentRecord", "SSO", ("OVEC",), *_PERSONS)
CERTIFICATION = Topic("dsd.skill-certification.v1", "SkillCertificationRecord", "DSD", ("OVEC",), *_PERSONS)
DEMAND = Topic("ovec.labour-demand.v1", "LabourDemandRecord", "OVEC", ("MOL",), Kind.REGISTRY, "record_id", 3)
OUTCOME = Topic("outcome.employment.v1", "EmploymentOutcome", "exchange", ("OVEC", "MOL"), Kind.VIEW, *_PERSON)
DEAD_LETTER = Topic("exchange.dead-letter.v1", None, "exchange", ("operator",), Kind.DEAD_LETTERS, None, 1)
SETTINGS = Topic("exchange.settings.v1", None, "exchange", ("all",), Kind.SETTINGS, None, 1)

TOPICS = {
    topic.name: topic
    for topic in (ENROLMENT, GRADUATION, EMPLOYMENT, CERTIFICATION, DEMAND, OUTCOME, DEAD_LETTER, SETTINGS)
}
