"""A batch of few bytes that would inflate to gigabytes: it becomes one dead letter, and costs no worker its memory."""

import re
from pathlib import Path
from typing import Any

import pytest

from saingan.settings import Settings
from saingan.standard.identity import partition
from saingan.topics import DEAD_LETTER, EMPLOYMENT, GRADUATION
from support.commands import Worker
from support.exchange_contents import checked, ends, messages, outcome, send, settled
from support.make import PERSON, day, employment, graduation
from support.raw_batch import append, bomb

pytestmark = pytest.mark.flow

_MOST_MIB = 640  # of a worker


def test_a_bomb_becomes_a_dead_letter_and_what_is_before_and_behind_it_is_taken_in(exchange: Settings) -> None:
    number = partition(PERSON, EMPLOYMENT.partitions)
    send(
        exchange, (GRADUATION, graduation()), (EMPLOYMENT, employment(record_id="S-before", ended_on=day("2025-05-31")))
    )
    origin = f"{EMPLOYMENT.name}/{number}/{ends(exchange, EMPLOYMENT)[EMPLOYMENT.name, number]}"
    append(exchange, EMPLOYMENT, number, bomb(gib=3))
    send(exchange, (EMPLOYMENT, employment(record_id="S-behind", started_on=day("2025-08-01"))))

    with Worker(exchange) as worker:
        worker.until(settled(exchange))
        peak = peak_mib(worker)
        assert worker.stop() == 0

    assert peak < _MOST_MIB
    assert checked(exchange).streams[EMPLOYMENT.name].rejected == {"too-large": 1}
    row: Any = outcome(exchange, PERSON)
    assert (row.days_to_first_job, row.current_status) == (31, "EMPLOYED")
    (letter,) = messages(exchange, DEAD_LETTER)
    facts = {name: content.decode() for name, content in letter.headers}
    assert ((letter.key or b"").decode(), facts["reason"]) == (origin, "too-large")


def peak_mib(worker: Worker) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{worker.process.pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024
