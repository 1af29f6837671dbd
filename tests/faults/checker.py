"""What a run lost, doubled or distorted: measured in the store and the topics, against the truth on disk.

acked
    Changes that the broker acknowledged to the writers (``maybe``: sent, and never answered).
lost
    Acked changes that are not in effect: the stored state of their record is absent or of a lower rank than the change
    (rank: ERASE, version, recorded_at, content, by the oracle of `saingan verify`); or no committed transaction took
    their offset in, though the workers bore witness (`faults.applied`).
doubled
    Offsets that more than one committed transaction took in, and standing changes in the store that no line of the
    truth explains, and rows of the table that the oracle has not.
vanished
    Standing changes in the store that the topics do not hold: the broker showed them to a worker, and lost them.
passed_over
    Changes of unknown fate ("maybe") that the topics hold and that are not in effect.
rows_different
    Rows of the table that are missing, extra or differing beside the oracle's, which derives them from the whole topics
    at once by other code.
topic_different
    The same between the compacted outcome topic and the table.
dead_letters_expected, dead_letters_found, dead_letters_wrong
    Acked records that the truth calls bad; letters in the dead-letter topic; letters that are missing or of other
    records, by origin (topic, partition, offset).
recovery
    Seconds from the beginning of a fault, its outage included, until the store has a record of every partition that was
    sent after it; where nothing is sent, until it has all that was sent before.
"""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select

from faults import truth
from faults.applied import applied
from faults.run import Run
from faults.truth import Sent
from saingan.engine.core.standing import ERASED
from saingan.engine.core.state import StateCodec
from saingan.exchange.topic_log import Log
from saingan.letters.handling import dead_letters
from saingan.outcomes.view import OUTCOMES
from saingan.settings import Settings
from saingan.verify.compare import EXTRA
from saingan.verify.outcomes.oracle import KEPT
from saingan.verify.standing import Rank, RecordKey, canonical
from support.exchange_contents import rows
from support.verified import verified

Part = tuple[str, int]  # topic, partition
Name = tuple[str, str]  # topic, key of the message
Span = tuple[int, int]  # offsets from the first to before the second


class Figures(NamedTuple):
    """See the module's text."""

    acked: int
    maybe: int
    lost: int
    doubled: int
    vanished: int
    passed_over: int
    rows_different: int
    topic_different: int
    dead_letters_expected: int
    dead_letters_found: int
    dead_letters_wrong: int
    recovery_p50_s: float | None
    recovery_p95_s: float | None

    @property
    def sound(self) -> bool:
        """Whether something was at stake, and nothing is lost, doubled or different."""
        of_changes = (self.lost, self.doubled, self.vanished, self.passed_over)
        wrong = (*of_changes, self.rows_different, self.topic_different, self.dead_letters_wrong)
        return self.acked > 0 and not any(wrong)


def check(run: Run) -> Figures:
    """The figures of a run whose workers have come to rest."""
    sent = list(truth.read(run.folder))
    standing = stored(run.settings)
    spans = taken_in(run.settings)
    held = logged(run.settings)
    report = verified(run.settings)
    good, bad = [one for one in sent if one.record], [one for one in sent if one.bad]
    letters = {letter.origin for letter in dead_letters(run.settings)}
    expected = {f"{one.topic.name}/{one.place[0]}/{one.place[1]}" for one in bad if one.place}
    unexplained = max(0, len(letters - expected) - sum(one.place is None for one in bad))
    by_side = defaultdict(int)
    for (side, _), count in report.counts.items():
        by_side[side] += count
    return Figures(
        acked=sum(one.place is not None for one in sent),
        maybe=sum(one.place is None for one in sent),
        lost=len(lost(good, standing, spans)),
        doubled=repeated(spans) + invented(good, standing) + report.counts.get(("table", EXTRA), 0),
        vanished=vanished(good, standing, held),
        passed_over=passed_over(good, standing, held),
        rows_different=by_side["table"],
        topic_different=by_side["topic"],
        dead_letters_expected=len(expected),
        dead_letters_found=len(letters),
        dead_letters_wrong=len(expected - letters) + unexplained,
        recovery_p50_s=quantile(run.recoveries, 0.5),
        recovery_p95_s=quantile(run.recoveries, 0.95),
    )


def lost(good: Iterable[Sent], standing: dict[RecordKey, Rank], spans: dict[Part, list[Span]]) -> list[Sent]:
    """Acked changes without effect."""
    return [one for one in good if one.place and not (_in_effect(one, standing) and _taken(one, spans))]


def repeated(spans: dict[Part, list[Span]]) -> int:
    """Offsets that were taken in more than once."""
    return sum(_overlap(of_part) for of_part in spans.values())


def invented(good: Iterable[Sent], standing: dict[RecordKey, Rank]) -> int:
    """Standing changes that nobody sent."""
    sent = {(key(one), rank(one)) for one in good}
    return sum(item not in sent for item in standing.items())


def vanished(good: Iterable[Sent], standing: dict[RecordKey, Rank], held: Collection[Name]) -> int:
    """Standing changes that were sent and that the topics do not hold."""
    known, gone = set(), set()
    for one in good:
        (known if name(one) in held else gone).add((key(one), rank(one)))
    return sum(item in gone - known for item in standing.items())


def passed_over(good: Iterable[Sent], standing: dict[RecordKey, Rank], held: Collection[Name]) -> int:
    """Changes that nobody acked, that the topics hold, and that are without effect."""
    return sum(one.place is None and name(one) in held and not _in_effect(one, standing) for one in good)


def logged(settings: Settings) -> set[Name]:
    """What the topics hold."""
    with Log(settings) as log:
        return {
            (topic.name, (message.key or b"").decode(errors="replace"))
            for topic in OUTCOMES.streams
            for message in log.read(topic.name, *log.bounds(topic.name))
        }


def name(one: Sent) -> Name:
    assert one.record is not None
    return one.topic.name, "/".join(str(one.record[field]) for field in ("person_key", "record_id", "record_version"))


def key(one: Sent) -> RecordKey:
    assert one.record is not None
    return one.record["person_key"], one.topic.name, one.record["record_id"]


def rank(one: Sent) -> Rank:
    """A change's rank by the oracle; of an erasure nothing is kept but that it is one."""
    change = one.record
    assert change is not None
    if change["change"] == "ERASE":
        return Rank(True, 0, 0, b"")
    return Rank(False, change["record_version"], change["recorded_at"], canonical(KEPT[one.topic.name], change))


def stored(settings: Settings) -> dict[RecordKey, Rank]:
    """The standing change of each record as the store holds it."""
    history, codec = OUTCOMES.history.c, StateCodec(list(OUTCOMES.streams.values()))
    standing: dict[RecordKey, Rank] = {}
    for person, state in rows(settings, select(history.key, history.state).where(history.state.is_not(None))):
        for (topic, kind), records in zip(OUTCOMES.streams.items(), codec.load(state).streams, strict=True):
            for record_id, (version, recorded_at, fields) in records.items():
                if version == ERASED[0]:
                    standing[person, topic.name, record_id] = Rank(True, 0, 0, b"")
                    continue
                named = (
                    {"change": "WITHDRAW"} if fields is None else kind._make(fields)._asdict() | {"change": "UPSERT"}
                )
                content = canonical(KEPT[topic.name], named)
                standing[person, topic.name, record_id] = Rank(False, version, recorded_at, content)
    return standing


def taken_in(settings: Settings) -> dict[Part, list[Span]]:
    """What committed transactions took in, in order of offsets."""
    spans = defaultdict(list)
    columns = (applied.c.topic, applied.c.partition, applied.c.start, applied.c.end)
    for topic, partition, start, end in sorted(rows(settings, select(*columns))):
        spans[topic, partition].append((start, end))
    return dict(spans)


def quantile(values: Collection[float], share: float) -> float | None:
    """The smallest value that at least this share of all does not exceed; None of none."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else None


def _in_effect(one: Sent, standing: dict[RecordKey, Rank]) -> bool:
    stands = standing.get(key(one))
    return stands is not None and stands >= rank(one)


def _taken(one: Sent, spans: dict[Part, list[Span]]) -> bool:
    assert one.place is not None
    partition, offset = one.place
    of_part = spans.get((one.topic.name, partition), [])
    at = bisect_right(of_part, (offset, math.inf)) - 1
    return at >= 0 and offset < of_part[at][1]


def _overlap(spans: Sequence[Span]) -> int:
    overlap, reached = 0, 0
    for start, end in spans:
        overlap += max(0, min(end, reached) - start)
        reached = max(reached, end)
    return overlap
