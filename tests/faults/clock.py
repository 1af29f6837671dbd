"""A worker whose clock is wrong, or goes on by months while it runs: its process reads the time through a file.

No part of the product: `faults.worker` does this to itself where ``SAINGAN_FAULTS_CLOCK`` names the file.
"""

import time
from datetime import date, datetime, timedelta
from pathlib import Path

from saingan.engine.store import observation


class Clock:
    """The scenario's hand on the clock of workers that were given its file."""

    def __init__(self, file: Path, ahead: timedelta) -> None:
        self.file = file
        self.set(ahead)

    def set(self, ahead: timedelta) -> None:
        """How far the workers' clocks are before that of this machine."""
        new = self.file.with_suffix(".new")
        new.write_text(str(ahead.total_seconds()))
        new.replace(self.file)
        self.ahead = ahead

    def today(self) -> date:
        """The day that the workers take it to be, in Bangkok."""
        return (datetime.now(observation.BANGKOK) + self.ahead).date()


def follow(file: Path) -> None:
    """Have all of this process see the time so far ahead as the file says by then."""
    right, right_ns = time.time, time.time_ns

    def ahead() -> float:
        return float(file.read_text())

    time.time = lambda: right() + ahead()
    time.time_ns = lambda: right_ns() + int(ahead() * 1e9)
    observation.today = lambda: datetime.fromtimestamp(time.time(), observation.BANGKOK).date()
