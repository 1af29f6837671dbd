"""`saingan status`: what an operator learns of workers and of their work, also where nothing runs."""

import json
from pathlib import Path

import pytest

from saingan.settings import Settings
from saingan.topics import EMPLOYMENT, GRADUATION
from support import servers
from support.commands import Worker, saingan
from support.exchange_contents import publish, settled

pytestmark = pytest.mark.flow


def work(settings: Settings) -> dict:
    shown = saingan(settings, "status", "--json")
    assert shown.exit_code == 0
    return json.loads(shown.stdout)["outcomes"]


def test_workers_rows_lag_and_what_waits_are_told_while_a_worker_runs_and_after(stored: Settings) -> None:
    before = work(stored)
    assert before["broker"] == {"workers": [], "dead_letters": 0}
    assert before["store"] == "no worker has made the tables yet"
    publish(stored, 50, seed=1)

    with Worker(stored) as worker:
        worker.until_ready()
        worker.until(settled(stored))
        running = work(stored)
        assert [each["partitions"] for each in running["broker"]["workers"]] == [24]
        assert running["store"]["relayed"]
        assert running["store"]["rows"] >= 50
        assert worker.stop() == 0
    sent = publish(stored, 60, seed=1)

    assert servers.eventually(lambda: work(stored)["broker"]["workers"] == []), "its group still has it"
    stopped = work(stored)
    assert not stopped["store"]["relayed"]
    streams = stopped["streams"]
    assert sum(stream["position"] + stream["lag"] for stream in streams.values()) >= sent
    assert streams[GRADUATION.name]["lag"] > 0
    lines = [line.split("\t") for line in saingan(stored, "status").stdout.splitlines()]
    assert ["workers", "none: `saingan worker` runs one"] in lines
    assert [EMPLOYMENT.name, *(f"{number:,}" for number in streams[EMPLOYMENT.name].values())] in lines


def test_where_nothing_runs_everything_is_said_to_be_unknown(tmp_path: Path) -> None:
    port = servers.free_ports(3)
    settings = Settings(home=tmp_path / "exchange", kafka_port=port, registry_port=port + 2)
    found = work(settings)
    assert found["broker"].startswith("no Kafka broker answers at")
    assert found["store"] == "no worker has made the tables yet"
    assert saingan(settings, "status").exit_code == 0
    assert list(tmp_path.iterdir()) == []
