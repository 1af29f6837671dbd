"""An agency's own program: checks and sends records that it has in memory.

    agency.py citizen-id | person-key | ready RECORDS MEASURED.json

``ready``: messages that were made before, sent by the Kafka client alone.
"""

import json
import sys
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import workload
from saingan.publish import Publisher
from saingan.publish.publisher import today
from saingan.settings import Settings
from support.make import citizen_id

_DISTINCT: Final = 50_000  # records in memory, sent in turn


def main(way: str, count: int, measured: Path) -> None:
    settings = Settings()
    with Publisher(settings) as publisher:
        records = list(islice(workload.sound(workload.changes(sys.maxsize, 1), today()), min(_DISTINCT, count)))
        if way == "ready":
            seconds = send_ready(settings, publisher, records, count)
        else:
            seconds = publish(publisher, records, count, by_citizen_id=way == "citizen-id")
    measured.write_text(json.dumps({"seconds": seconds}))


def publish(publisher: Publisher, records: Sequence[workload.Change], count: int, by_citizen_id: bool) -> float:
    persons = [citizen_id(number // 8) if by_citizen_id else None for number in range(len(records))]
    if by_citizen_id:
        records = [(topic, {**record, "person_key": None}) for topic, record in records]
    began = time.perf_counter()
    for (topic, record), person in islice(cycle(zip(records, persons, strict=True)), count):
        publisher.publish(topic.name, record, citizen_id=person)
    publisher.flush()
    return time.perf_counter() - began


def send_ready(settings: Settings, publisher: Publisher, records: Sequence[workload.Change], count: int) -> float:
    made = []
    for topic, record in records:
        (message,) = publisher.composer(topic.name).compose(record, today()).messages
        made.append((settings.wire(topic.name), message))
    client = workload.producer(settings)
    began = time.perf_counter()
    for name, message in islice(cycle(made), count):
        client.produce(name, message.value, message.key, message.partition, headers=message.headers)
        client.poll(0)
    client.flush()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
