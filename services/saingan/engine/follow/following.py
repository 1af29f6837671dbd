"""What a follower keeps, as one value: tables that are a function of other views' rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import Table

from saingan.engine.core.derived import Dates
from saingan.engine.result import Result, RowKey, columns_hash, lists_of, short_hash
from saingan.engine.tables import keys_table
from saingan.engine.view import View

Row = tuple[Any, ...]


class Model(Protocol):
    """Outputs as a function of rows and dates. Pure: it reads no clock, file or store. What it needs it has in memory.

    It takes whatever rows its sources can have, in any order: what it raises ends the worker.
    """

    def put(self, source: str, key: RowKey, row: Any | None) -> None:
        """A row of a source is this one from now on; None: it is gone, if it ever was.

        Args:
            source: the view's name.
            row: the table's columns between key and lineage, a named tuple; dates as days since the epoch.
        """

    def advance(self, dates: Dates) -> None:
        """The dates of observation are these from now on; neither ever goes back. Called once at least."""

    def changed(self) -> Iterable[tuple[str, RowKey, Row | None]]:
        """What may be other than at the last call: of an output, by name, the row at a key; None for no row.

        A row is the table's columns between key and `changed_at`, dates as days.
        """


@dataclass(frozen=True, kw_only=True)
class Output(Result):
    """A table that a follower writes. Its last column is `changed_at`."""


@dataclass(frozen=True)
class Following:
    """
    Attributes:
        name: as the sources name it among their readers.
        model: makes an empty one.
        rules: the number of the model's rules; a change after which the same rows give other outputs raises it.
        files: that the model reads, under ``schemas/``.
    """

    name: str
    sources: tuple[View, ...]
    model: Callable[[], Model]
    outputs: tuple[Output, ...]
    rules: int = 1
    files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for source in self.sources:
            if self.name not in source.readers:
                raise ValueError(f"{source.name} does not name {self.name} among its readers")

    @property
    def lease(self) -> str:
        """The name of the lease under which one at a time follows."""
        return f"{self.name}.follower"

    def keys(self, source: View) -> Table:
        """The keys of a source's rows that changed since this follower took them."""
        return keys_table(source.name, self.name)

    @cached_property
    def fingerprint(self) -> str:
        """A word for each output's columns, and one for what each source keeps."""
        outputs = [f"{output.name}:{columns_hash(output.table)}" for output in self.outputs]
        sources = [f"{view.name}:{short_hash(view.fingerprint.encode())}" for view in self.sources]
        return " ".join([*outputs, *sources])

    @cached_property
    def lists(self) -> str:
        """As `View.lists`, those of the sources included: other lists there make other rows."""
        return " ".join([lists_of(self.files), *(view.lists for view in self.sources)]).strip()
