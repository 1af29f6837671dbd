"""What `verify` must know of a view to read it a second time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from saingan.topics import TOPICS
from saingan.verify.dates import Dates
from saingan.verify.standing import Rank, RecordKey

Row = tuple[Any, ...]  # values of `Output.columns`, dates as days since the epoch
RowKey = tuple[str, ...]  # the row's first values, as many as `Output.keys` says
Rows = Mapping[RowKey, Row]


class Output(NamedTuple):
    """A table and the topic that mirrors it.

    Attributes:
        name: what the set of its rows that are to be sent is named after.
        table: its name in the store.
        columns: those that are compared, in their order; all but the lineage.
        topic: by the standard's name; None for none.
        keys: how many columns are the primary key: 1 or 2.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    topic: str | None = None
    keys: int = 2


@dataclass(frozen=True)
class Check:
    """A view that is kept from topics.

    Attributes:
        topics: by the standard's name, the fields that count of a record.
        rows: pure; what the table must be, from what stands and the dates; of a view without a clock, `NO_DATES`.
        rules: the number of the rules by which ``rows`` reads.
        clock: whether ``rows`` reads the dates.
    """

    view: str
    topics: Mapping[str, tuple[str, ...]]
    output: Output
    rows: Callable[[Mapping[RecordKey, Rank], Dates], Rows]
    rules: int = 1
    clock: bool = True

    @property
    def noun(self) -> str:
        """What one key of the view is."""
        return "person" if all(TOPICS[topic].person_level for topic in self.topics) else "record"


@dataclass(frozen=True)
class FollowerCheck:
    """A view that is kept from other views.

    Attributes:
        sources: names of those views.
        rows: pure; what each output must be, by its name, from the rows of each source, by its name, and the dates.
    """

    view: str
    sources: tuple[str, ...]
    outputs: tuple[Output, ...]
    rows: Callable[[Mapping[str, Rows], Dates], Mapping[str, Rows]]
