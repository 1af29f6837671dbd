"""A subscriber: it keeps a table of its own, in SQLite, equal to the outcome topic.

    pip install 'confluent-kafka[avro]'
    python examples/consumer.py outcomes.db

Stop it (Ctrl-C) and start it again: it goes on where its last commit ended. To begin anew, delete the file.
"""

import sqlite3
import sys
from contextlib import suppress

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

KAFKA = "127.0.0.1:19092"
REGISTRY = "http://127.0.0.1:18085/apis/ccompat/v7"
TOPIC = "outcome.employment.v1"


def main(path: str) -> None:
    with sqlite3.connect(path) as table:
        table.execute("CREATE TABLE IF NOT EXISTS outcome (key TEXT PRIMARY KEY, status TEXT, field_match TEXT)")
        table.execute("CREATE TABLE IF NOT EXISTS position (partition INTEGER PRIMARY KEY, next_offset INTEGER)")
    # Rows and positions are written together, in the same transaction. So Kafka's own positions are not used.
    consumer = Consumer(
        {
            "bootstrap.servers": KAFKA,
            "group.id": "not-used",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
        }
    )
    positions = dict(table.execute("SELECT partition, next_offset FROM position"))
    partitions = consumer.list_topics(TOPIC, timeout=10).topics[TOPIC].partitions
    consumer.assign([TopicPartition(TOPIC, number, positions.get(number, OFFSET_BEGINNING)) for number in partitions])
    decode = AvroDeserializer(SchemaRegistryClient({"url": REGISTRY}))
    context = SerializationContext(TOPIC, MessageField.VALUE)
    shown = -1
    while True:
        messages = consumer.consume(1_000, timeout=1.0)
        rows = table.execute("SELECT count(*) FROM outcome").fetchone()[0]
        if not messages and rows != shown:
            shown = rows
            print(f"{rows:,} rows in the table `outcome` of {path}; waiting for changes", flush=True)
        with table:
            for message in messages:
                if message.error():
                    print(message.error(), file=sys.stderr)
                    continue
                keep(table, message.key().decode(), decode(message.value(), context))
                next_offset = (message.partition(), message.offset() + 1)
                table.execute("INSERT OR REPLACE INTO position VALUES (?, ?)", next_offset)


def keep(table: sqlite3.Connection, key: str, row: dict | None) -> None:
    """The last value of a key is the row. None takes the row back: delete it."""
    if row is None:
        table.execute("DELETE FROM outcome WHERE key = ?", (key,))
    else:
        values = (key, row["current_status"], row["field_match"])
        table.execute("INSERT OR REPLACE INTO outcome VALUES (?, ?, ?)", values)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(sys.argv[1])
