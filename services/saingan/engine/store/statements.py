"""What the set-wise statements of both stores have in common."""

from collections.abc import Iterable, Sequence
from functools import cache

from sqlalchemy import Table

Held = tuple[str, bytes | None, int | None]  # a key, its state, and the revision of its state


class Overtaken(Exception):
    """Another worker changed a state after it was read."""


def in_order(keys: Sequence[str], rows: Iterable[Held]) -> list[Held]:
    held = {row[0]: row for row in rows}
    return [held.get(key) or (key, None, None) for key in keys]


@cache
def on_conflict(table: Table) -> str:
    keys = ", ".join(column.name for column in table.primary_key)
    sets = ", ".join(f"{column.name} = excluded.{column.name}" for column in table.columns if not column.primary_key)
    return f"ON CONFLICT ({keys}) DO UPDATE SET {sets}"
