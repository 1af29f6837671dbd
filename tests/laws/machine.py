"""The view loop among all that can go wrong around it, as a state machine that hypothesis drives.

The model knows what lies in the logs and what was committed, and nothing of how: the ledger must stand where it says,
the letters be those that it names, the table what the independent oracle makes of the changes committed so far, and
the topic as the table, but for what waits in the outbox.
"""

from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from laws.histories import Change, change, dates, expected
from laws.logs import NEWER, NEWER_ID, PARTS, SPOIL, Logs, Part
from laws.model_worker import Hand, Held
from saingan.engine.store import ledger
from saingan.engine.store.ledger import Conflict
from saingan.engine.store.opening import transaction
from saingan.errors import Transient
from saingan.outcomes.view import OUTCOMES
from saingan.topics import GRADUATION
from support.make import graduation
from support.store_bench import COMPLETE_THROUGH, OBSERVED_ON, OPERATOR, Bench, Registry

_Portion = tuple[list[Part], int]
_HANDS = st.integers(0, 1)
_PORTIONS = st.tuples(  # which partitions a worker reads, and how many records of each at most
    st.just(PARTS) | st.lists(st.sampled_from(PARTS), unique=True, min_size=1), st.integers(1, 9)
)
_PLACES = st.integers(0, 1)
_ANY = st.integers(0, 10_000)  # which of a list, modulo its length


class Machine(RuleBasedStateMachine):
    def __init__(self, bench: Bench) -> None:
        super().__init__()
        bench.registry = Registry(OUTCOMES.streams)
        bench.clear()
        self.bench = bench
        self.logs = Logs(bench.feed)
        self.hands = [Hand(bench.worker()) for _ in range(2)]
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

    @rule(which=_ANY, change=st.sampled_from(["WITHDRAW", "ERASE"]))
    def take_a_row_back(self, which: int, change: str) -> None:
        if rows := sorted(self._table()):
            person, graduation_id = rows[which % len(rows)]
            ends = {"person_key": person, "record_id": graduation_id, "record_version": 9, "change": change}
            self.logs.publish((GRADUATION, graduation(**ends)), 0)

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

    @rule(registered=st.booleans(), down=st.booleans())
    def let_the_registry(self, registered: bool, down: bool) -> None:
        if registered:
            self.bench.registry.register(GRADUATION, NEWER, NEWER_ID)
        self.registered = self.registered or registered
        self.bench.registry.down = down

    # What workers do, and what befalls them.

    @rule(who=_HANDS, reads=_PORTIONS)
    def commit(self, who: int, reads: _Portion) -> None:
        hand = self._take(who, reads)
        if held := self._apply(hand):
            hand.held = None
            hand.at.update({(part.topic, part.partition): part.end for part in held.batch})

    @rule(who=_HANDS, reads=_PORTIONS)
    def hang_with_a_batch_in_hand(self, who: int, reads: _Portion) -> None:
        self._take(who, reads)  # and act on old knowledge later, as a zombie does

    @rule(who=_HANDS, reads=_PORTIONS)
    def commit_and_never_hear_of_it(self, who: int, reads: _Portion) -> None:
        self._apply(self._take(who, reads))  # it goes on holding the batch, and will apply it again

    @rule(who=_HANDS, reads=_PORTIONS, steps=st.integers(1, 30))
    def meet_a_database_that_fails_in_the_middle(self, who: int, reads: _Portion, steps: int) -> None:
        hand = self._take(who, reads)
        with self.bench.interrupted(steps):
            self._apply(hand, may_fail=True)

    @rule(who=_HANDS, reads=_PORTIONS)
    def crash_before_the_commit(self, who: int, reads: _Portion) -> None:
        self._take(who, reads)
        self._crash(who)

    @rule(who=_HANDS, reads=_PORTIONS)
    def crash_after_the_commit(self, who: int, reads: _Portion) -> None:
        self._apply(self._take(who, reads))
        self._crash(who)

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
        self._crash(0)
        assert self._apply(self._take(0, (PARTS, 1_000_000)))
        self._crash(0)
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

    def _crash(self, who: int) -> None:
        self.hands[who] = Hand(self.bench.worker())

    def _take(self, who: int, reads: _Portion) -> Hand:
        """Let a worker read, from where it believes to stand, unless it has something in its hands."""
        hand = self.hands[who]
        if hand.held is not None:
            return hand
        parts, most = reads
        hand.at = self._ledger() | hand.at
        batch = [
            part for part in (self.logs.read(part, hand.at[part], most) for part in parts) if part.start < part.end
        ]
        try:
            taken = hand.loop.take(batch)
        except Transient:
            assert self.bench.registry.down
            return hand
        told = [self.logs.says(part, self.registered) for part in batch]
        hand.held = Held(batch, taken, [c for changes, _ in told for c in changes], [x for _, ls in told for x in ls])
        return hand

    def _apply(self, hand: Hand, may_fail: bool = False) -> Held | None:
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
