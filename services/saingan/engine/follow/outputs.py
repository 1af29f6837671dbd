"""A follower's rows into its tables: only those that are other than what a table has."""

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, select, tuple_

from saingan.engine.follow.following import Output, Row
from saingan.engine.follow.modelling import plain
from saingan.engine.result import RowKey, row_key
from saingan.engine.store.bulk import bulk
from saingan.engine.writing import write

_CHUNK: Final = 1_000  # keys a statement


def write_changed(conn: Connection, output: Output, given: Mapping[RowKey, Row | None]) -> int:
    """Of what a model gave, write what is other than what the table has; how many rows."""
    held = _held(conn, output, sorted(given))
    changed = {key: row for key, row in sorted(given.items()) if row != held.get(key)}
    if changed:
        now = time.time_ns() // 1_000_000
        rows = [(*output.primary_key(key), *row, now) for key, row in changed.items() if row is not None]
        gone = [output.primary_key(key) for key, row in changed.items() if row is None]
        write(bulk(conn), output, rows, gone, changed, secrets.randbits(62))
    return len(changed)


def _held(conn: Connection, output: Output, keys: Sequence[RowKey]) -> dict[RowKey, Row]:
    columns = list(output.table.primary_key)
    found: dict[RowKey, Row] = {}
    for start in range(0, len(keys), _CHUNK):
        chunk = [output.primary_key(key) for key in keys[start : start + _CHUNK]]
        for row in conn.execute(select(output.table).where(tuple_(*columns).in_(chunk))):
            found[row_key(row[: len(columns)])] = tuple(map(plain, row[len(columns) : -1]))
    return found
