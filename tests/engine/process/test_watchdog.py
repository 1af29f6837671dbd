"""What a worker tells of itself, and when its watchdog ends it: in a process of its own, for it ends that."""

import subprocess
import sys

import pytest

from saingan.engine.process.vitals import START, Vitals
from saingan.engine.process.watchdog import EXIT_HUNG
from saingan.settings import Settings
from support.servers import eventually, free_ports

PROGRAM = """
import sys, threading, time
from saingan.engine.process.vitals import START, Vitals
from saingan.settings import Settings

vitals = Vitals(Settings(kafka=sys.argv[1], watchdog_s=1.0), ["outcomes", "other"])
view, other = vitals.views.values()
vitals.watchdog.start()
until = time.monotonic() + 4.0
while time.monotonic() < until:
    vitals.beat()
    other.progress()
    {does}
    time.sleep(0.05)
sys.exit(0)
"""
NOWHERE = f"127.0.0.1:{free_ports(1)}"


@pytest.mark.parametrize(
    ("does", "status"),
    [
        ("view.pulse(reading=True, waiting=False)", 0),  # nothing to do
        ("view.tries_again('registry', 'take')", 0),
        ("view.pulse(reading=True, waiting=True)", 0),  # no broker answers
        ("view.busy = True; view.pulse(reading=True, waiting=True)", EXIT_HUNG),
        ("view.busy = True; view.pulse(reading=True, waiting=False)", EXIT_HUNG),
        ("view.busy = True; view.busy = False; view.progress()", 0),
        ("vitals._beat -= 20", EXIT_HUNG),  # the event loop is silent, whatever the broker does
    ],
)
def test_a_worker_is_ended_when_it_could_get_on_and_does_not(does, status):
    program = PROGRAM.format(does=does)
    ended = subprocess.run([sys.executable, "-c", program, NOWHERE], capture_output=True, text=True, check=False)
    assert ended.returncode == status, ended.stderr
    assert ("worker hangs" in ended.stdout + ended.stderr) == (status == EXIT_HUNG)


def test_records_that_wait_at_a_broker_that_answers_are_no_excuse(local_exchange):
    program = PROGRAM.format(does="view.pulse(reading=True, waiting=True)")
    command = [sys.executable, "-c", program, local_exchange.bootstrap]
    assert subprocess.run(command, capture_output=True, check=False).returncode == EXIT_HUNG


def test_without_a_limit_no_thread_watches():
    vitals = Vitals(Settings(watchdog_s=0), ["outcomes"])
    vitals.watchdog.start()
    assert not vitals.watchdog.is_alive()
    vitals.watchdog.stop()


def test_a_watchdog_that_is_stopped_ends_nothing():
    vitals = Vitals(Settings(watchdog_s=0.2), ["outcomes"])
    vitals.watchdog.start()
    vitals.watchdog.stop()
    vitals.watchdog.join(5)
    assert eventually(lambda: vitals.still_s > 0.5)


def test_it_is_ready_when_nothing_is_waited_for_and_says_what_is():
    vitals = Vitals(Settings(), ["outcomes"])
    view = vitals.views["outcomes"]
    assert vitals.ready() == "waits for database"
    view.answers("database", START)
    assert vitals.ready() == "waits for its partitions"
    view.pulse(reading=True, waiting=False)
    assert vitals.ready() is None
    view.tries_again("registry", "take")
    view.tries_again("database", "apply")
    assert vitals.ready() == "waits for database and registry"
    view.answers("database", "caught_up")  # as one does that is locked
    assert vitals.ready() == "waits for database and registry"
    view.answers("database", "apply")
    assert vitals.ready() == "waits for registry"
    view.answers("registry", "take")
    view.broker = False
    assert vitals.ready() == "waits for the broker"


def test_of_several_views_it_says_which_one_is_not_ready():
    vitals = Vitals(Settings(), ["outcomes", "candidates"])
    vitals.views["outcomes"].answers("database", START)
    assert vitals.ready() == "outcomes waits for its partitions; candidates waits for database"
    for view in vitals.views.values():
        view.answers("database", START)
        view.pulse(reading=True, waiting=False)
    assert vitals.ready() is None


def test_it_is_alive_until_a_fault_ends_it():
    vitals = Vitals(Settings(), ["outcomes"])
    assert vitals.alive() is None
    vitals.fault = RuntimeError("why")
    assert vitals.alive() == "stopped: why"
