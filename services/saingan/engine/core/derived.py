"""What a view's rules are given and give back. Pure: rules import nothing else of the engine."""

from typing import Any, Final, NamedTuple

Days = int  # days since the epoch
Row = tuple[Any, ...]  # of a table, in the order of its columns
Live = dict[str, tuple[Any, ...]]  # record id → the kept fields, of the records that stand and are not withdrawn


class Dates(NamedTuple):
    """The two dates of observation (standard, section 6), in days since the epoch."""

    observed_on: Days
    complete_through: Days


NO_DATES: Final = Dates(0, 0)  # of a view without a clock


class Derived(NamedTuple):
    """A key's rows, and when time alone will change them.

    Attributes:
        rows: row id → the table's columns after its key columns and before lineage, dates as days. The row id is ""
            where the table's key is one column.
        due_observed, due_complete: the first `observed_on` / `complete_through` at which to derive again.
    """

    rows: dict[str, tuple[Any, ...]]
    due_observed: Days | None
    due_complete: Days | None
