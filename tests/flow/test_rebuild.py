"""`saingan rebuild` ends where live workers go on, with what they would have written."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Row, select, update
from sqlalchemy.exc import OperationalError

from saingan.engine.core.state import StateCodec
from saingan.engine.tables import LINEAGE, dead_letter, rebuild_step
from saingan.outcomes import view
from saingan.outcomes.table import employment_outcome
from saingan.outcomes.view import OUTCOMES
from saingan.rebuild.rebuild import rebuild
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT, GRADUATION
from support.commands import PATIENCE_S, Worker, catch_up, environment, saingan
from support.exchange_contents import STREAMS, checked, ends, execute, positions, publish, put, rows, settled
from support.servers import eventually

pytestmark = pytest.mark.flow

PERSONS = 800
_codec = StateCodec(list(OUTCOMES.streams.values()))


def bare_state(row: Row) -> tuple:
    """A row of the history without lineage and revisions."""
    state = _codec.load(row.state)
    state.lineage = (0, 0, 0)
    return (row.key, _codec.dump(state), row.due_observed, row.due_complete)


def everything(settings: Settings) -> dict[str, list]:
    """What the store holds, lineage aside."""
    compared = [column for column in employment_outcome.columns if column.name not in LINEAGE]
    history = rows(settings, select(OUTCOMES.history).order_by(OUTCOMES.history.c.key))
    refused = select(dead_letter.c.topic, dead_letter.c.partition, dead_letter.c.offset, dead_letter.c.reason)
    return {
        "table": rows(settings, select(*compared).order_by(*compared[:2])),
        "history": [bare_state(row) for row in history],
        "ledger": sorted(positions(settings).items()),
        "letters": sorted(map(tuple, rows(settings, refused))),
    }


def refuse_some(settings: Settings) -> None:
    put(settings, EMPLOYMENT, (b"x", b"no avro"), (b"y", b""), (b"z", None))
    put(settings, GRADUATION, (b"x", b"\0\0\0\0\1 cut off"))


def test_a_rebuilt_store_is_the_one_that_a_worker_fills_and_workers_go_on_with_it(
    stored: Settings, tmp_path: Path
) -> None:
    live = stored.model_copy(update={"database": f"sqlite:///{tmp_path / 'live.db'}"})
    publish(stored, PERSONS, seed=1)
    catch_up(live)
    built = saingan(stored, "rebuild")
    assert built.exit_code == 0, built.output
    alike = everything(stored)
    assert {**everything(live), "letters": []} == {**alike, "letters": []}
    assert len(alike["table"]) > PERSONS * 0.9

    with Worker(stored) as worker:
        publish(stored, 50, seed=2)
        worker.until(settled(stored))
        assert worker.stop() == 0
    checked(stored)


def test_what_cannot_be_taken_in_is_in_the_letters_of_a_rebuild(stored: Settings) -> None:
    publish(stored, 20, seed=1)
    refuse_some(stored)
    built = saingan(stored, "rebuild")
    assert built.exit_code == 0, built.output
    reasons = sorted(letter[3] for letter in everything(stored)["letters"])
    assert reasons == ["framing", "framing", "schema-id"]
    catch_up(stored)
    shown = saingan(stored, "dead-letters", "list")
    assert shown.output.count("framing") == 2
    checked(stored)


def test_a_rebuild_that_was_killed_goes_on_and_no_worker_comes_between(exchange: Settings, postgres_url: str) -> None:
    stored = exchange.model_copy(update={"database": postgres_url})
    publish(stored, PERSONS * 4, seed=3)
    command = [sys.executable, "-m", "saingan", "rebuild"]
    killed = subprocess.Popen(command, env=environment(stored), stderr=subprocess.DEVNULL)
    mine: list[int] = []

    def at_work() -> bool:
        if _begun(stored):
            mine[:] = children(killed.pid)
        return bool(mine)

    assert eventually(lambda: killed.poll() is not None or at_work(), PATIENCE_S)
    assert killed.poll() is None, "it was all over before the kill"
    killed.kill()
    killed.wait()
    gone = eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in mine), PATIENCE_S)
    assert gone, "what it had begun goes on without it"

    with Worker(stored) as refused:
        assert refused.wait() != 0
        assert "a rebuild is not finished" in refused.tail()
    again = saingan(stored, "rebuild")
    assert again.exit_code == 0, again.output
    assert positions(stored) == ends(stored, *STREAMS)
    assert not rows(stored, select(rebuild_step))
    catch_up(stored)
    assert checked(stored).rows_in_table > PERSONS * 3


def test_a_store_that_holds_something_is_not_rebuilt_over(stored: Settings) -> None:
    publish(stored, 5, seed=1)
    catch_up(stored)
    refused = saingan(stored, "rebuild")
    assert refused.exit_code != 0
    assert "not empty" in str(refused.exception)


def another_format(patched: pytest.MonkeyPatch) -> None:
    module = sys.modules[rebuild.__module__]
    patched.setattr(module, "FORMAT", module.FORMAT + 1)


def other_rules(patched: pytest.MonkeyPatch) -> None:
    patched.setattr(view, "OUTCOMES", replace(OUTCOMES, rules=OUTCOMES.rules + 1))


@pytest.mark.parametrize("changed", [another_format, other_rules])
def test_a_rebuild_that_began_under_something_else_begins_anew(
    stored: Settings, monkeypatch: pytest.MonkeyPatch, changed: Callable[[pytest.MonkeyPatch], None]
) -> None:
    publish(stored, 40, seed=1)
    refuse_some(stored)
    with monkeypatch.context() as earlier:
        changed(earlier)
        earlier.setattr(sys.modules[rebuild.__module__], "_hand_over", lambda *_: sys.exit(1))
        assert saingan(stored, "rebuild").exit_code == 1
    first = set((stored.home / "rebuild").iterdir())
    execute(stored, update(employment_outcome).values(certifications=77))  # as other rules may have told
    publish(stored, 5, seed=2)
    again = saingan(stored, "rebuild")
    assert again.exit_code == 0, again.output
    assert not any(folder.exists() for folder in first)
    assert positions(stored) == ends(stored)
    assert len(everything(stored)["letters"]) == 3
    catch_up(stored)
    checked(stored)


def children(pid: int) -> list[int]:
    """Processes of the rebuild's pool."""
    found = [Path(f"/proc/{pid}/task/{task.name}/children") for task in Path(f"/proc/{pid}/task").iterdir()]
    return [int(child) for file in found for child in file.read_text().split()]


def _begun(settings: Settings) -> bool:
    """Whether the rebuild has fixed its ends, and is at work."""
    try:
        return bool(positions(settings))
    except OperationalError:
        return False
