import time
from pathlib import Path

import pytest

from saingan.demo.worker import WorkerProcess
from saingan.errors import Fault
from saingan.settings import Settings


def test_a_worker_that_ends_by_itself_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    nowhere = Settings(home=tmp_path, kafka="127.0.0.1:1", registry="http://127.0.0.1:1")
    with WorkerProcess(nowhere) as worker, pytest.raises(Fault, match=r"(?s)status 1; .*no Kafka broker answers"):
        check_for_a_while(worker)


def check_for_a_while(worker: WorkerProcess) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        worker.check()
        time.sleep(0.01)


def test_no_worker_outlives_its_context(tmp_path: Path) -> None:
    nowhere = Settings(home=tmp_path, kafka="127.0.0.1:1", registry="http://127.0.0.1:1")
    with WorkerProcess(nowhere) as worker:
        pass
    with pytest.raises(Fault, match="ended by itself"):
        worker.check()
