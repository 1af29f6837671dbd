"""What a batch makes of each key it touches: its state and its rows. Pure, and compiled where a C compiler is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple, final

from saingan.engine.core.change import Change
from saingan.engine.core.derived import Dates, Derived, Live, Row
from saingan.engine.core.standing import conflict, stands
from saingan.engine.core.state import State, StateCodec, digest

_NO_CHANGES: Final[Sequence[Change]] = ()


class Written(NamedTuple):
    """What a transaction writes."""

    states: list[Row]  # key, state, the two due days, and the revision that the state was built on
    rows: list[Row]  # as the columns of the view's table
    gone: list[Row]  # their primary keys
    touched: list[tuple[str, str]]  # of both, key and row id
    conflicts: list[int]  # streams of changes that gave one version a second content


@final
class Folding:
    """The fold and the rules of one view.

    Args:
        topics: names for the lineage, stream by stream.
        kinds: of the kept fields, likewise.
        derive: the view's rules.
        row_ids: whether a key may have several rows.
    """

    def __init__(
        self,
        topics: Sequence[str],
        kinds: Sequence[type[NamedTuple]],
        derive: Callable[..., Derived],
        row_ids: bool,
    ) -> None:
        self._topics = list(topics)
        self._codec = StateCodec(kinds)
        self._derive = derive
        self._row_ids = row_ids

    def fold(
        self,
        held: Iterable[tuple[str, bytes | None, int | None]],
        changes: Mapping[str, Sequence[Change]],
        dates: Dates,
        now: int,
    ) -> Written:
        """Fold changes into the states that are held; a key without changes is derived anew.

        Args:
            now: ms since the epoch, for the lineage.
        """
        written = Written([], [], [], [], [])
        for key, data, revision in held:
            state = self._codec.load(data)
            came = changes.get(key, _NO_CHANGES)
            if not came or self._take(state, came, written.conflicts):
                self._derive_key(key, state, revision, dates, now, written)
        return written

    def _take(self, state: State, came: Sequence[Change], conflicts: list[int]) -> bool:
        last: Change | None = None  # of those that altered something
        for change in came:
            records = state.streams[change.stream]
            old = records.get(change.record_id)
            if old is not None:
                if conflict(old, change.standing):
                    conflicts.append(change.stream)
                if stands(old, change.standing) is old:
                    continue
            records[change.record_id] = change.standing
            last = change
        if last is not None:
            state.lineage = (last.stream, last.partition, last.offset)
        return last is not None

    def _derive_key(
        self, key: str, state: State, revision: int | None, dates: Dates, now: int, written: Written
    ) -> None:
        live: list[Live] = []
        for records in state.streams:
            standing: Live = {}
            for record_id, (_, _, fields) in records.items():
                if fields is not None:
                    standing[record_id] = fields
            live.append(standing)
        derived = self._derive(key, *live, dates)
        stream, partition, offset = state.lineage
        lineage = (self._topics[stream], partition, offset, now)
        before = state.written
        digests: dict[str, bytes] = {}
        rows: dict[str, Row] = derived.rows
        for row_id in sorted(rows):
            row = rows[row_id]
            seen = digests[row_id] = digest(row)
            if before.get(row_id) != seen:
                written.rows.append((key, row_id, *row, *lineage) if self._row_ids else (key, *row, *lineage))
                written.touched.append((key, row_id))
        for row_id in before:
            if row_id not in digests:
                written.gone.append((key, row_id) if self._row_ids else (key,))
                written.touched.append((key, row_id))
        state.written = digests
        written.states.append((key, self._codec.dump(state), derived.due_observed, derived.due_complete, revision))
