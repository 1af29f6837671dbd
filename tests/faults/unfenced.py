"""WRONG ON PURPOSE: the worker with a ledger that moves positions without comparing them. A zombie then doubles.

python -m faults.unfenced [options of the command]
"""

from typing import Any

from sqlalchemy import update

from faults import applied
from faults.worker import begin
from saingan.engine.store import ledger
from saingan.engine.store.bulk import Bulk
from saingan.engine.tables import ledger as table


def advance_blindly(store: Bulk, view: str, batch: Any) -> None:
    """In the place of `saingan.engine.store.ledger.advance`."""
    for part in batch:
        at = (table.c.view == view, table.c.topic == part.topic.name, table.c.partition == part.partition)
        store.conn.execute(update(table).where(*at).values(next_offset=part.end))
    applied.note(store.conn, batch)


if __name__ == "__main__":
    ledger.advance = advance_blindly
    begin()
