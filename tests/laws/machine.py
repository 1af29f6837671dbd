"""The view loop among all that can go wrong around it, as a state machine that hypothesis drives.

The model knows what lies in the logs and what was committed, and nothing of how: the ledger must stand where it says,
the letters be those that it names, the table what the independent oracle makes of the changes committed so far, and
the topic as the table, but for what waits in the outbox.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Engine, event

from engine.bench import COMPLETE_THROUGH, OBSERVED_ON, OPERATOR, Bench, Registry
from laws.histories import Change, change, dates, expected
from laws.logs import NEWER, NEWER_ID, PARTS, SPOIL, Logs, Part
from saingan.engine import ledger
from saingan.engine.batch import Batch
from saingan.engine.intake import Taken
from saingan.engine.ledger import Conflict
from saingan.engine.loop import ViewLoop
from saingan.engine.store import transaction
from saingan.errors import Transient
from saingan.outcomes.view import OUTCOMES
from saingan.topics import GRADUATION

_HANDS = st.integers(0, 2)
_PLACES = st.integers(0, 1)
_ANY = st.integers(0, 10_000)  # which of a list, modulo its length


class _Held(NamedTuple):
    """A batch on its way into the store, and what the model expects of it."""

    batch: Batch
    taken: Taken
    changes: list[Change]
    letters: list[tuple[str, int, int, str]]


class _Hand:
    """A worker: where it believes to stand, which may be long out of date, and the batch that it holds."""

    def __init__(self, loop: ViewLoop) -> None:
        self.loop = loop
        self.at: dict[Part, int] = {}  # where it was not told: the ledger's
        self.held: _Held | None = None


class Machine(RuleBasedStateMachine):
    def __init__(self, bench: Bench) -> None:
        super().__init__()
        bench.registry = Registry(OUTCOMES.streams)
        bench.clear()
        self.bench = bench
        self.logs = Logs(bench.feed)
        self.hands = [_Hand(bench.worker()) for _ in range(3)]
        self.registered = False
        self.dates = OBSERVED_ON, COMPLETE_THROUGH
        self.swept = True  # no row waits to follow the dates
        self.positions: dict[Part, int] = dict.fromkeys(PARTS, 0)
        self.committed: list[Change] = []
        self.letters: list[tuple[str, int, int, str]] = []
        self.topic: dict[tuple[str, str], Any] = {}  # the outcome topic, compacted
        with transaction(bench.engine) as conn:
            for topic, number in PARTS:
                ledger.open_partition(conn, OUTCOMES.name, topic, number, "id", range(1))

    # What comes into the topics.

    @rule(came=st.lists(st.tuples(change(), _PLACES), min_size=1, max_size=6))
    def publish(self, came: list[tuple[Change, int]]) -> None:
        for one, place in came:
            self.logs.publish(one, place)

    @rule(one=change(), reason=st.sampled_from(sorted(SPOIL)), place=_PLACES)
    def publish_a_bad_record(self, one: Change, reason: str, place: int) -> None:
        self.logs.publish_spoilt(one, reason, place)

    @rule(one=change().filter(lambda one: one[0] is GRADUATION), place=_PLACES)
    def publish_by_a_schema_that_may_be_unknown(self, one: Change, place: int) -> None:
        self.logs.publish_newer(one[1], place)

    @precondition(lambda self: self.logs.ever)
    @rule(which=st.lists(_ANY, min_size=1, max_size=4), place=_PLACES)
    def publish_again_in_another_order(self, which: list[int], place: int) -> None:
        entries = list(self.logs.ever.values())
        for number in which:
            self.logs.append(entries[number % len(entries)], place)

    @precondition(lambda self: self.logs.ever)
    @rule(which=_ANY, place=_PLACES)
    def tombstone(self, which: int, place: int) -> None:
        self.logs.tombstone(list(self.logs.ever.values())[which % len(self.logs.ever)], place)

    @precondition(lambda self: self.logs.published)
    @rule(which=_ANY, compacted=st.booleans())
    def erase(self, which: int, compacted: bool) -> None:
        self.logs.erase(self.logs.published[which % len(self.logs.published)], compacted)

    @rule()
    def compact_repeats(self) -> None:
        self.logs.compact_repeats()

    @precondition(lambda self: self.letters)
    @rule(which=_ANY)
    def replay_a_dead_letter(self, which: int) -> None:
        letters = self.bench.letters()
        letter = letters[which % len(letters)]
        entry = self.logs.ever[letter.topic, letter.partition, letter.offset]
        assert OPERATOR.open(letter.sealed)[:2] == (entry.sent.key, entry.sent.value)
        self.logs.append(entry, letter.partition)

    @rule()
    def register_the_unknown_schema(self) -> None:
        self.bench.registry.register(GRADUATION, NEWER, NEWER_ID)
        self.registered = True

    @rule(down=st.booleans())
    def let_the_registry_be(self, down: bool) -> None:
        self.bench.registry.down = down

    # What workers do, and what befalls them.

    @rule(who=_HANDS, parts=st.lists(st.sampled_from(PARTS), unique=True, min_size=1), most=st.integers(1, 9))
    def take(self, who: int, parts: list[Part], most: int) -> None:
        if self.hands[who].held is None:
            self._take(self.hands[who], parts, most)

    @rule(who=_HANDS)
    def apply(self, who: int) -> None:
        hand = self.hands[who]
        if held := self._apply(hand):
            hand.held = None
            hand.at.update({(part.topic, part.partition): part.end for part in held.batch})

    @rule(who=_HANDS)
    def apply_and_never_hear_of_the_commit(self, who: int) -> None:
        self._apply(self.hands[who])  # it goes on holding the batch, and will apply it again

    @rule(who=_HANDS, steps=st.integers(1, 400))
    def apply_while_the_database_fails(self, who: int, steps: int) -> None:
        with _failing(self.bench.engine, steps):
            self._apply(self.hands[who], may_fail=True)

    @rule(who=_HANDS)
    def crash(self, who: int) -> None:
        self.hands[who] = _Hand(self.bench.worker())

    # Time, and the relay.

    @rule(step=dates())
    def look_from_another_day(self, step: tuple[date, date]) -> None:
        self.bench.look_from(*step)
        self.swept = self.swept and step == self.dates
        self.dates = step

    @rule(who=_HANDS)
    def sweep(self, who: int) -> None:
        while self.hands[who].loop.sweep():
            pass
        self.swept = True

    @rule()
    def relay(self) -> None:
        table = self._table()
        for key in self.bench.outbox():
            self.topic[key] = table.get(key)
        self.bench.forget_outbox()

    @rule()
    def come_to_rest(self) -> None:
        """A new worker reads to the end: all that was ever published is in the table, and the table on the topic."""
        self.bench.registry.down = False
        self.crash(0)
        self._take(self.hands[0], PARTS, 1_000_000)
        self.apply(0)
        self.sweep(0)
        self.relay()
        assert self.positions == self.logs.ends
        assert self.bench.rows() == expected(self.logs.published + self.committed, self.dates)
        assert {key: row for key, row in self.topic.items() if row is not None} == self._table()

    def teardown(self) -> None:
        self.come_to_rest()
        self.the_store_is_as_the_model_says()

    @invariant()
    def the_store_is_as_the_model_says(self) -> None:
        assert self._ledger() == self.positions
        assert sorted(tuple(letter)[1:5] for letter in self.bench.letters()) == sorted(self.letters)
        if self.swept:
            assert self.bench.rows() == expected(self.committed, self.dates)
        table, waiting = self._table(), self.bench.outbox()
        assert all(self.topic.get(key) == table.get(key) for key in table.keys() | self.topic if key not in waiting)

    def _take(self, hand: _Hand, parts: list[Part], most: int) -> None:
        hand.at = self._ledger() | hand.at
        slices = [self.logs.read(part, hand.at[part], most) for part in parts]
        batch = [part for part in slices if part.start < part.end]
        try:
            taken = hand.loop.take(batch)
        except Transient:
            assert self.bench.registry.down
            return
        told = [self.logs.says(part, self.registered) for part in batch]
        hand.held = _Held(batch, taken, [c for changes, _ in told for c in changes], [x for _, ls in told for x in ls])

    def _apply(self, hand: _Hand, may_fail: bool = False) -> _Held | None:
        """Apply what a worker holds; what was committed, or None."""
        if hand.held is None:
            return None
        batch = hand.held.batch
        stale = any(self.positions[part.topic, part.partition] != part.start for part in batch)
        try:
            hand.loop.apply(batch, hand.held.taken)
        except Conflict:
            assert stale
            hand.held, hand.at = None, {}
            return None
        except Transient:
            assert may_fail
            return None
        assert not stale
        self.positions.update({(part.topic, part.partition): part.end for part in batch})
        self.committed += hand.held.changes
        self.letters += hand.held.letters
        return hand.held

    def _ledger(self) -> dict[Part, int]:
        with transaction(self.bench.engine, read_only=True) as conn:
            held = ledger.positions(conn, OUTCOMES.name)
        return {(topic, number): held[topic.name, number] for topic, number in PARTS}

    def _table(self) -> dict[tuple[str, str], Any]:
        return {(row[0], row[1]): row for row in self.bench.rows()}


@contextmanager
def _failing(engine: Engine, steps: int) -> Iterator[None]:
    """Let SQLite interrupt whatever it does after so many tens of its own instructions, once."""
    left = [steps]

    def tick() -> bool:
        left[0] -= 1
        return left[0] == 0

    def arm(raw: Any, *_: Any) -> None:
        raw.set_progress_handler(tick, 10)

    def disarm(raw: Any, *_: Any) -> None:
        raw.set_progress_handler(None, 0)

    event.listen(engine, "checkout", arm)
    event.listen(engine, "checkin", disarm)
    try:
        yield
    finally:
        event.remove(engine, "checkout", arm)
        event.remove(engine, "checkin", disarm)
