"""`saingan worker outcomes` as it is, but for a note of what each transaction took in, and a failpoint if one is set.

    python -m faults.worker [options of the command]

``SAINGAN_FAULTS_POINT``, ``SAINGAN_FAULTS_PASS`` and ``SAINGAN_FAULTS_SIGNAL``: see `faults.failpoints.arm`.
``SAINGAN_FAULTS_CLOCK``: see `faults.clock`. ``SAINGAN_FAULTS_PAGES``: a file with the pages to which SQLite may grow.
"""

import os
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Pool, event

from faults import applied, clock, failpoints
from saingan.cli import main
from saingan.engine.store import ledger
from saingan.engine.store.bulk import Bulk


def bear_witness() -> None:
    """Note each batch in the transaction that moves the ledger over it."""
    advance = ledger.advance

    def advance_and_note(store: Bulk, view: str, batch: Any) -> None:
        advance(store, view, batch)
        applied.note(store.conn, batch)

    ledger.advance = advance_and_note


def limit_pages(file: Path) -> None:
    """Hold every SQLite connection to the limit that the file gives by then."""

    def limit(raw: Any, *_: Any) -> None:
        raw.execute(f"PRAGMA max_page_count={int(file.read_text() or 1)}")

    event.listen(Pool, "checkout", limit)


def begin() -> None:
    """Run the command, with what the environment asks for."""
    if file := os.environ.get("SAINGAN_FAULTS_CLOCK"):
        clock.follow(Path(file))
    if file := os.environ.get("SAINGAN_FAULTS_PAGES"):
        limit_pages(Path(file))
    if point := os.environ.get("SAINGAN_FAULTS_POINT"):
        failpoints.arm(point, int(os.environ["SAINGAN_FAULTS_PASS"]), os.environ["SAINGAN_FAULTS_SIGNAL"])
    sys.argv[1:] = ["worker", "outcomes", *sys.argv[1:]]
    main()


if __name__ == "__main__":
    bear_witness()
    begin()
