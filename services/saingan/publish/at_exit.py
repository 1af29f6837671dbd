"""What is still queued when a program forgets its publisher or ends: it is delivered, or no one can overlook it.

A process that is killed, or ends by `os._exit`, loses what is queued.
"""

import atexit
import ctypes
import logging
import multiprocessing
import os
import sys
from contextlib import suppress
from multiprocessing.util import Finalize
from typing import Any, Protocol
from weakref import WeakKeyDictionary, finalize

from confluent_kafka import Producer

_PATIENCE_S = 0.5  # Ctrl-C is heard between two waits


class Reports(Protocol):
    def raise_lost(self) -> None:
        """Raise an error where messages were given up and no error has said so."""


class _Open:
    """The queues of this process that are not forgotten, and whether messages of a forgotten one were lost."""

    def __init__(self) -> None:
        self.queues: WeakKeyDictionary[Any, tuple[Producer, finalize[Any, Any]]] = WeakKeyDictionary()
        self.lost = False


_open = _Open()


def watch(queue: object, producer: Producer, reports: Reports) -> None:
    """Deliver what a producer has queued, when the queue is forgotten or the process ends."""
    last = finalize(queue, _deliver, producer, reports, os.getpid())
    last.atexit = False
    _open.queues[queue] = (producer, last)
    if multiprocessing.parent_process() is not None:  # such a process ends without `atexit`
        Finalize(None, _end, exitpriority=0)


def _deliver(producer: Producer, reports: Reports, process: int) -> None:
    if process != os.getpid():
        return
    try:
        while producer.flush(_PATIENCE_S):
            pass
        reports.raise_lost()
    except BaseException as error:  # noqa: BLE001 - there is no caller to raise it to
        _open.lost = True
        what = f"{len(producer):,} messages were not delivered" if isinstance(error, KeyboardInterrupt) else error
        print(f"saingan: a Publisher was left without `with` or `flush()`: {what}", file=sys.stderr, flush=True)


@atexit.register
def _end() -> None:
    for _, last in list(_open.queues.values()):
        if waiting := last.detach():  # a call of it does nothing when Python has ended all finalizers
            _, deliver, arguments, _ = waiting
            deliver(*arguments)
    if _open.lost:
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        os._exit(1)  # no error raised here would change the exit status


def _keep_parents() -> None:
    """A fork lacks the threads that librdkafka waits for when a producer is freed: it would wait for ever."""
    for producer, _ in _open.queues.values():
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(producer))
    _open.queues.clear()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_keep_parents)
