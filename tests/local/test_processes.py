"""Only what we started is ours: a process id alone is no proof."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from saingan.errors import Fault
from saingan.local.processes import Process, stop

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    process = Process("sleeper", tmp_path)
    yield process
    stop([process])


def start(process: Process, command: list[str]) -> int:
    process.start(command)
    process.wait_until(lambda: "up" in process.log.read_text(), timeout_s=10)
    pid = process.pid()
    assert pid is not None
    return pid


def test_what_was_started_runs_in_a_session_of_its_own_until_it_is_stopped(process: Process) -> None:
    pid = start(process, SLEEPER)

    assert os.getsid(pid) == pid != os.getsid(0)
    assert stop([process]) == [process]
    assert process.pid() is None
    assert stop([process]) == []


def test_a_stranger_with_the_recycled_process_id_is_neither_ours_nor_stopped(process: Process) -> None:
    start(process, SLEEPER)
    stop([process])
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(61)"])
    note = process.home / "run" / "sleeper.pid"
    note.write_text("\n".join([str(stranger.pid), *SLEEPER]))

    assert process.pid() is None
    assert stop([process]) == []
    assert stranger.poll() is None

    stranger.kill()
    stranger.wait()


def test_a_process_that_ignores_sigterm_is_killed(process: Process) -> None:
    start(process, [sys.executable, "-c", STUBBORN])

    stop([process], grace_s=0.2)

    assert process.pid() is None


def test_a_process_that_ends_while_it_starts_is_a_fault_with_the_end_of_its_log(process: Process) -> None:
    process.start([sys.executable, "-c", "raise SystemExit('no room on this disk')"])

    with pytest.raises(Fault, match="no room on this disk"):
        process.wait_until(lambda: False, timeout_s=10)


def test_a_process_that_never_answers_is_a_fault_in_time(process: Process) -> None:
    start(process, SLEEPER)

    with pytest.raises(Fault, match=r"did not answer within 0 s"):
        process.wait_until(lambda: False, timeout_s=0)
