"""Writers of one SQLite store are let in in the order in which they came."""

import threading
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from saingan.engine.store.opening import open_engine, transaction
from saingan.engine.store.turns import Turns
from saingan.errors import Transient


def queued(turns: Turns) -> int:
    return len(turns._queue)


def test_turns_come_in_order() -> None:
    turns, came = Turns(), []

    def enter(number: int) -> None:
        with turns.turn(30):
            came.append(number)

    threads = [threading.Thread(target=enter, args=[number]) for number in range(20)]
    with turns.turn(30):
        for number, thread in enumerate(threads):
            thread.start()
            while queued(turns) <= number:
                pass
    for thread in threads:
        thread.join()
    assert came == list(range(20))


def test_whoever_waited_in_vain_leaves_the_queue() -> None:
    turns = Turns()
    with turns.turn(30):
        with pytest.raises(Transient, match="writers"):
            turns.turn(0).__enter__()
        assert queued(turns) == 0
    with turns.turn(0):
        pass


def test_a_turn_ends_with_an_error_too() -> None:
    turns = Turns()
    with pytest.raises(ValueError, match="mine"), turns.turn(0):
        raise ValueError("mine")
    with turns.turn(0):
        pass


def test_a_writer_that_writes_on_and_on_keeps_no_other_out(tmp_path: Path) -> None:
    """Each of two writers gets every other turn, through an engine of its own."""
    engines = [open_engine(f"sqlite:///{tmp_path / 'store.db'}") for _ in range(2)]
    wrote: list[int] = []
    together = threading.Barrier(2)

    def write(number: int) -> None:
        together.wait()
        for _ in range(50):
            with transaction(engines[number]) as conn:
                conn.execute(text("CREATE TABLE IF NOT EXISTS thing (one INTEGER)"))
                wrote.append(number)

    threads = [threading.Thread(target=write, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    changes = sum(one != other for one, other in pairwise(wrote))
    assert sorted(wrote) == [0] * 50 + [1] * 50
    assert changes > 30
    for engine in engines:
        engine.dispose()
