"""A table and its topic beside the standard, in numbers and digests: fit to be shown, kept and sent.

It names no one.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from saingan.plural import counted
from saingan.verify.check import Output, Row, RowKey, Rows
from saingan.verify.compare import EXTRA, Difference, differences, fingerprint
from saingan.verify.published import Published

SAME: Final = "same"
DIFFERS: Final = "differs"
ON_ITS_WAY: Final = "on its way"
_EXAMPLES: Final = 20


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """
    Attributes:
        output: what was compared.
        expected, table, published: SHA-256 over all rows, by the standard, in the table and in the topic; the last is
            empty, as all numbers of the topic are 0, where the table has none.
        rows_expected, rows_in_table: numbers of rows.
        messages, keys: of the topic, all that were read and those that stand.
        offsets: of the topic: transaction markers have offsets too, and are no messages.
        waiting: rows in the table that are not sent yet: lag, not a difference.
        lagging: rows that the topic does not have as the table has them yet, but will have.
        moved: those of them that changed while the topic was read.
        withdrawing: keys of the topic without a row, in a new store: the workers withdraw them when it has caught up.
        counts: differences by (side, kind); ``examples`` are the first of them.
    """

    output: Output
    rows_expected: int
    rows_in_table: int
    messages: int
    offsets: int
    keys: int
    waiting: int
    lagging: int
    moved: int
    withdrawing: int
    expected: str
    table: str
    published: str
    counts: dict[tuple[str, str], int]
    examples: tuple[Difference, ...]

    @property
    def compared(self) -> bool:
        """Whether there was something to be compared."""
        return True

    @property
    def clean(self) -> bool:
        return not self.counts

    @property
    def behind(self) -> tuple[str, ...]:
        """What is on its way, or yet to be done, in words."""
        return said(
            (self.waiting, "row", "on the way to the topic"),
            (self.moved, "row", "changed while the topic was read"),
            (self.withdrawing, "key", "on the topic without a row, to be withdrawn when this new store has caught up"),
        )

    def status(self, side: str) -> str:
        """`SAME`, `DIFFERS` or `ON_ITS_WAY`: the ``table`` beside the standard, or the ``topic`` beside the table."""
        if any(differing == side for differing, _ in self.counts):
            return DIFFERS
        if side == "topic" and self.published != self.table:
            return ON_ITS_WAY
        return SAME

    def as_dict(self) -> dict[str, Any]:
        """For machines: what is printed, with the whole hashes."""
        topic = {
            "rows": self.keys,
            "sha256": self.published,
            "status": self.status("topic"),
            "messages": self.messages,
            "offsets": self.offsets,
        }
        return {
            "clean": self.clean,
            "behind": list(self.behind),
            "standard": {"rows": self.rows_expected, "sha256": self.expected},
            "table": {"rows": self.rows_in_table, "sha256": self.table, "status": self.status("table")},
            "topic": topic if self.output.topic else None,
            "rows_on_the_way": self.waiting,
            "rows_that_differ_until_they_arrive": self.lagging,
            "rows_changed_meanwhile": self.moved,
            "keys_to_withdraw": self.withdrawing,
            "differences": [
                {"side": side, "kind": kind, "rows": rows} for (side, kind), rows in sorted(self.counts.items())
            ],
            "examples": [
                {"side": each.side, "kind": each.kind, "digest": each.digest, "columns": list(each.columns)}
                for each in self.examples
            ],
        }


def comparison(
    output: Output,
    expected: Rows,
    table: Mapping[RowKey, Row],
    waiting: Collection[RowKey],
    published: Published | None,
    unsent: Sequence[Difference],
    unreconciled: bool,
) -> Comparison:
    """
    Args:
        unsent: where the topic is not as the table, though no row waits to be sent.
        unreconciled: keys of the topic that the table does not have are still to be withdrawn.
    """
    withdrawing = {each.key for each in unsent if unreconciled and each.kind == EXTRA}
    found = [*differences("table", output.columns, expected, table)]
    found += [each for each in unsent if each.key not in withdrawing]
    sent = table if published is None else published.rows
    unlike = {each.key for each in differences("topic", output.columns, table, sent)}
    on_its_way = unlike - {each.key for each in found if each.side == "topic"}
    return Comparison(
        output=output,
        rows_expected=len(expected),
        rows_in_table=len(table),
        messages=published.messages if published else 0,
        offsets=published.offsets if published else 0,
        keys=len(published.rows) if published else 0,
        waiting=len(waiting),
        lagging=len(on_its_way),
        moved=len(on_its_way - {*waiting} - withdrawing),
        withdrawing=len(withdrawing),
        expected=fingerprint(expected),
        table=fingerprint(table),
        published=fingerprint(published.rows) if published else "",
        counts=dict(Counter((each.side, each.kind) for each in found)),
        examples=tuple(found[:_EXAMPLES]),
    )


def said(*numbers: tuple[int, str, str]) -> tuple[str, ...]:
    """Of (number, noun, words), those that are not 0, as text."""
    return tuple(f"{counted(number, noun)} {words}" for number, noun, words in numbers if number)
