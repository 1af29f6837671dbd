"""THE map of topics (standard, sections 1 and 4). No topic name stands anywhere else.

A name here is the standard's. A deployment may put a prefix before all of them (`Settings.wire`): tests do, so that
each has topics of its own on one broker.
"""

from dataclasses import dataclass, field

_DAY_MS = 86_400_000
MESSAGE_BOUND = 262_144  # bytes of a message, key and value together: whoever reads turns a longer one away
BATCH_BOUND = 2 * 1024 * 1024  # bytes: Kafka bounds a whole batch, and a stock client fills its own up to 1 MB

REGISTRY = {  # a registry's changes: the truth, kept for ever; compaction removes only repeats of one change
    "cleanup.policy": "compact",
    "message.timestamp.type": "LogAppendTime",
    "max.compaction.lag.ms": str(30 * _DAY_MS),
    "max.message.bytes": str(BATCH_BOUND),
}
VIEW = {
    "cleanup.policy": "compact",
    "max.compaction.lag.ms": str(7 * _DAY_MS),
    "delete.retention.ms": str(30 * _DAY_MS),  # a subscriber that was away for longer begins with an empty table
    "max.message.bytes": str(BATCH_BOUND),
}
LETTERS = {
    "cleanup.policy": "compact,delete",
    "retention.ms": str(30 * _DAY_MS),
    "max.message.bytes": str(BATCH_BOUND),
}
SHARED = {"cleanup.policy": "compact"}

PERSON_PARTITIONS = 6  # equal on all person-level topics, so that a person's streams lie on the same partition number


@dataclass(frozen=True)
class Topic:
    """One line of the map.

    Attributes:
        record: Avro record in ``schemas/<name>.avsc``; None where values are not Avro.
        owner: the agency that alone writes it.
        readers: who may read it by the agreement.
        person_level: keyed and partitioned by ``person_key`` (section 4).
        config: the broker's settings for it.
    """

    name: str
    record: str | None
    owner: str
    readers: tuple[str, ...]
    person_level: bool
    config: dict[str, str] = field(hash=False)

    @property
    def partitions(self) -> int:
        return PERSON_PARTITIONS if self.person_level else 1

    @property
    def registry(self) -> bool:
        """Whether agencies publish changes of a registry to it."""
        return self.config is REGISTRY


ENROLMENT = Topic("ovec.enrolment.v1", "EnrolmentRecord", "OVEC", ("MOL",), True, REGISTRY)
GRADUATION = Topic("ovec.graduation.v1", "GraduationRecord", "OVEC", ("MOL",), True, REGISTRY)
EMPLOYMENT = Topic("sso.insured-employment.v1", "InsuredEmploymentRecord", "SSO", ("OVEC",), True, REGISTRY)
CERTIFICATION = Topic("dsd.skill-certification.v1", "SkillCertificationRecord", "DSD", ("OVEC",), True, REGISTRY)
OUTCOME = Topic("outcome.employment.v1", "EmploymentOutcome", "exchange", ("OVEC", "MOL"), True, VIEW)
DEAD_LETTER = Topic("exchange.dead-letter.v1", None, "exchange", ("operator",), False, LETTERS)
SETTINGS = Topic("exchange.settings.v1", None, "exchange", ("all",), False, SHARED)

TOPICS = {
    topic.name: topic for topic in (ENROLMENT, GRADUATION, EMPLOYMENT, CERTIFICATION, OUTCOME, DEAD_LETTER, SETTINGS)
}
