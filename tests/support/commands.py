"""The command as an operator runs it; a worker as a process, with signals, a log and a page of its own."""

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from http.client import HTTPException
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner, Result

from saingan.cli import app
from saingan.settings import Settings

SAINGAN = (sys.executable, "-m", "saingan")
COMMAND = (*SAINGAN, "worker", "outcomes")
PATIENCE_S = 120.0  # on a machine where much else runs
ENDS_S = 40.0  # ten by the clock of a worker that is told to end; the rest is a busy machine's
_PAGE_S = 20.0
_POLL_S = 0.05

_numbers = itertools.count(1)


def environment(settings: Settings, **variables: object) -> dict[str, str]:
    """The settings as a process of its own gets them, with ``SAINGAN_<variable>`` set besides."""
    given = {name: value for name, value in settings if value is not None} | variables
    return os.environ | {
        f"SAINGAN_{name.upper()}": str(value.get_secret_value() if hasattr(value, "get_secret_value") else value)
        for name, value in given.items()
    }


def saingan(settings: Settings, *arguments: str, said: str = "") -> Result:
    """Run a command that ends by itself.

    Args:
        said: on its standard input.
    """
    return CliRunner().invoke(app, arguments, input=said, env=environment(settings) | {"COLUMNS": "250"})


def catch_up(settings: Settings, *options: str, **variables: object) -> None:
    """Run a worker until it has taken in what there is."""
    with Worker(settings, "--until-caught-up", *options, **variables) as worker:
        assert worker.wait() == 0, worker.tail()


class Worker:
    """`saingan worker outcomes` as a process. A context manager: it does not outlive the test."""

    command: Sequence[str] = COMMAND
    path = ""  # of Python's modules, besides those that are installed

    def __init__(self, settings: Settings, *options: str, **variables: object) -> None:
        self.log = settings.home / "logs" / f"worker-{next(_numbers)}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._port = 0  # of its page, once it has said so
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*self.command, *options],
                env=environment(settings, **variables) | {"PYTHONPATH": self.path},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def wait(self, timeout_s: float = PATIENCE_S) -> int:
        """Its exit status."""
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the worker goes on; {self.tail()}") from None

    def stop(self, within_s: float = ENDS_S) -> int:
        """Ask it to end, as a supervisor does; its exit status."""
        self.process.terminate()
        return self.wait(within_s)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def until(self, probe: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
        """Wait for a condition that it brings about while it lives."""

        deadline = time.monotonic() + timeout_s
        while not probe():
            assert self.process.poll() is None, self.tail()
            assert time.monotonic() < deadline, self.tail()
            time.sleep(_POLL_S)

    def until_ready(self) -> Self:
        self.until(lambda: self.page("/readyz")[0] == 200)
        return self

    def events(self) -> list[dict[str, Any]]:
        """The lines of its log."""
        lines = self.log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def page(self, path: str) -> tuple[int, str]:
        """Status and body of a page; 0 while there is none."""
        if not self._port:
            said = [event["metrics_port"] for event in self.events() if "metrics_port" in event]
            self._port = said[0] if said else 0
        try:
            with urlopen(f"http://127.0.0.1:{self._port}{path}", timeout=_PAGE_S) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except (OSError, HTTPException):  # it does not listen yet, is too busy, or ends in the middle of the answer
            return 0, ""

    def metric(self, name: str, **labels: str) -> float:
        """The sum over a metric's samples with these labels."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(self.page("/metrics")[1])
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def refusal(self) -> str:
        """The sentence with which the command ended; a client's or the interpreter's own lines may stand around it."""
        said = [line for line in self.log.read_text().splitlines() if line.startswith("saingan: ")]
        assert said, self.tail()
        return said[-1]

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-15:]
        return "\n".join([f"the end of its log (status {self.process.poll()}):", *lines])
