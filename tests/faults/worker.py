"""`saingan worker outcomes` as it is, but for a note of what each transaction took in, and a failpoint if one is set.

    python -m faults.worker [options of the command]

``SAINGAN_FAULTS_POINT``, ``SAINGAN_FAULTS_PASS`` and ``SAINGAN_FAULTS_SIGNAL``: see `faults.failpoints.arm`.
``SAINGAN_FAULTS_CLOCK``: see `faults.clock`.
"""

import os
import sys
from pathlib import Path
from typing import Any

from faults import applied, clock, failpoints
from saingan.cli import main
from saingan.engine import ledger


def bear_witness() -> None:
    """Note each batch in the transaction that moves the ledger over it."""
    advance = ledger.advance

    def advance_and_note(conn: Any, view: str, batch: Any) -> None:
        advance(conn, view, batch)
        applied.note(conn, batch)

    ledger.advance = advance_and_note


if __name__ == "__main__":
    bear_witness()
    if file := os.environ.get("SAINGAN_FAULTS_CLOCK"):
        clock.follow(Path(file))
    if point := os.environ.get("SAINGAN_FAULTS_POINT"):
        failpoints.arm(point, int(os.environ["SAINGAN_FAULTS_PASS"]), os.environ["SAINGAN_FAULTS_SIGNAL"])
    sys.argv[1:] = ["worker", "outcomes", *sys.argv[1:]]
    main()
