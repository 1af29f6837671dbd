"""The whole verification, on real topics and a store that the test fills as a worker would."""

import json
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest
from confluent_kafka import Producer
from rich.console import Console
from sqlalchemy import create_engine, delete, insert, update

from saingan.engine.tables import ledger, metadata, outbox_table
from saingan.errors import Fault
from saingan.exchange.registry import Registry
from saingan.outcomes.table import employment_outcome
from saingan.standard import codec, schemas
from saingan.standard.identity import partition
from saingan.topics import EMPLOYMENT, GRADUATION, OUTCOME
from saingan.verify import judge
from saingan.verify.compare import DIFFERING, EXTRA, MISSING
from saingan.verify.comparison import DIFFERS, ON_ITS_WAY, SAME
from saingan.verify.outcomes.check import field_match
from saingan.verify.outcomes.oracle import KEPT
from saingan.verify.outcomes.rules import Row
from saingan.verify.screen import print_report
from support.make import OTHER_PERSON, PERSON, certification, employment, enrolment, graduation
from support.readings import COMPLETE_THROUGH, OBSERVED_ON, VIEW, begun, changes, stored, table
from support.verified import verified

pytestmark = pytest.mark.flow

CHANGES = changes(
    graduations=[graduation(), graduation(person_key=OTHER_PERSON, record_id="G-9")],
    enrolments=[enrolment()],
    jobs=[employment(), employment(record_version=2, change="WITHDRAW"), employment(record_id="S-2", section=39)],
    certifications=[certification()],
)
ROWS = table(CHANGES, matches=field_match())
ONE, TWO = (PERSON, "G-1"), (OTHER_PERSON, "G-9")
HERE = (employment_outcome.c.person_key == PERSON, employment_outcome.c.graduation_id == "G-1")


class Worker:
    """Puts into topics and store what agencies and a worker would."""

    def __init__(self, settings):
        self.settings = settings
        self.engine = create_engine(settings.database_url)
        self.producer = Producer({"bootstrap.servers": settings.bootstrap})
        self.ends = Counter()
        registry = Registry(settings)
        self.schemas = {
            topic: (registry.schema_id(topic), codec.parse(schemas.schema(topic))) for topic in (*KEPT, OUTCOME.name)
        }

    def close(self):
        self.producer.close()
        self.engine.dispose()

    def send(self, topic, key, record):
        """Append one message; a record of bytes goes as it is."""
        schema_id, schema = self.schemas[topic]
        value = codec.frame(schema_id, codec.encode(schema, record)) if isinstance(record, dict) else record
        lies_on = partition(key.partition("/")[0], 6)
        self.producer.produce(self.settings.wire(topic), key=key, value=value, partition=lies_on)
        self.producer.flush(10)
        self.ends[topic, lies_on] += 1

    def publish(self, came):
        for topic, record in came:
            self.send(topic, f"{record['person_key']}/{record['record_id']}/{record['record_version']}", record)

    def emit(self, row: Row, **columns):
        record = {**row._asdict(), "changed_by_topic": "", "changed_by_partition": 0, "changed_by_offset": 0}
        self.send(OUTCOME.name, f"{row.person_key}/{row.graduation_id}", {**record, "changed_at": 0, **columns})

    def execute(self, *statements):
        with self.engine.begin() as connection:
            for statement in statements:
                connection.execute(statement)

    def take_in(self, rows):
        """Store these rows, and that everything sent so far was taken in for them."""
        metadata.create_all(self.engine)
        positions = [
            {"view": VIEW, "topic": topic, "partition": number, "topic_id": "", "next_offset": end}
            for (topic, number), end in self.ends.items()
            if topic in KEPT
        ]
        self.execute(
            *begun(date.fromisoformat(OBSERVED_ON), date.fromisoformat(COMPLETE_THROUGH)),
            insert(ledger).values(positions),
            insert(employment_outcome).values([stored(row) for row in rows.values()]),
        )


@pytest.fixture
def worker(exchange):
    with closing(Worker(exchange)) as worker:
        worker.publish(CHANGES)
        worker.take_in(ROWS)
        for row in ROWS.values():
            worker.emit(row)
        yield worker


def printed(report, width=200):
    console = Console(file=StringIO(), width=width)
    print_report(report, console)
    return console.file.getvalue()


def test_a_table_and_a_topic_as_the_standard_says_are_clean(worker):
    report = verified(worker.settings)
    assert report.clean
    assert report.examples == ()
    assert report.expected == report.table == report.published
    assert (report.rows_expected, report.rows_in_table, report.keys, report.subjects) == (2, 2, 2, 2)
    assert {topic: (tally.read, tally.accepted) for topic, tally in report.streams.items()} == {
        topic: (count, count) for topic, count in Counter(topic for topic, _ in CHANGES).items()
    }
    assert "No differences" in printed(report)


def test_bad_records_and_tombstones_are_counted_and_mean_nothing(exchange):
    with closing(Worker(exchange)) as worker:
        worker.publish(CHANGES)
        worker.send(EMPLOYMENT.name, f"{PERSON}/S-3/1", b"not a record")
        worker.send(EMPLOYMENT.name, f"{PERSON}/S-3/2", employment(record_id="S-3"))
        worker.publish(changes(jobs=[employment(record_id="S-3", section=38)]))
        worker.send(GRADUATION.name, f"{PERSON}/G-1/1", None)
        worker.take_in(ROWS)
        for row in ROWS.values():
            worker.emit(row)
        report = verified(exchange)
    assert report.clean
    assert report.streams[EMPLOYMENT.name].rejected == {"framing": 1, "key": 1, "section": 1}
    assert report.streams[GRADUATION.name].tombstones == 1
    assert "refused 1 for section" in printed(report)


def test_records_past_the_positions_of_the_ledger_are_lag_and_no_difference(worker):
    worker.publish(changes(graduations=[graduation(record_id="G-2")], jobs=[employment(record_version=3)]))
    report = verified(worker.settings)
    assert report.clean
    assert {topic: tally.behind for topic, tally in report.streams.items() if tally.behind} == {
        GRADUATION.name: 1,
        EMPLOYMENT.name: 1,
    }


def test_a_row_changed_by_hand_is_found_and_named_by_column_without_personal_data(worker):
    worker.execute(update(employment_outcome).where(*HERE).values(certifications=9, status_12m="EMPLOYED"))
    report = verified(worker.settings)
    assert not report.clean
    assert report.counts == {("table", DIFFERING): 1, ("topic", DIFFERING): 1}
    assert {found.columns for found in report.examples} == {("certifications", "status_12m")}
    assert report.table != report.expected == report.published
    shown = printed(report)
    assert report.examples[0].digest in shown
    for personal in (PERSON, OTHER_PERSON, "G-1", "G-9"):
        assert personal not in shown


def test_missing_and_extra_rows_are_found(worker):
    moved = stored(ROWS[ONE]._replace(graduation_id="G-2"))
    worker.execute(delete(employment_outcome).where(*HERE), insert(employment_outcome).values(moved))
    report = verified(worker.settings)
    assert report.counts == {(side, kind): 1 for side in ("table", "topic") for kind in (MISSING, EXTRA)}


def test_the_last_message_of_a_key_is_what_the_topic_says(worker):
    worker.emit(ROWS[ONE], certifications=9)
    assert verified(worker.settings).counts == {("topic", DIFFERING): 1}
    worker.emit(ROWS[ONE])
    worker.send(OUTCOME.name, f"{OTHER_PERSON}/G-9", None)
    assert verified(worker.settings).counts == {("topic", MISSING): 1}
    worker.send(OUTCOME.name, f"{OTHER_PERSON}/G-9", b"not a row")
    assert verified(worker.settings).counts == {("topic", DIFFERING): 1}


def test_a_row_that_waits_to_be_sent_is_lag_and_no_difference(worker):
    worker.emit(ROWS[ONE], certifications=9)
    worker.execute(insert(outbox_table(VIEW)).values(key=PERSON, row_id="G-1", revision=1))
    report = verified(worker.settings)
    assert report.clean
    assert (report.waiting, report.lagging, report.moved) == (1, 1, 0)
    assert (report.status("table"), report.status("topic")) == (SAME, ON_ITS_WAY)
    assert report.published != report.table
    shown = printed(report)
    assert "same but for 1 row on the way" in shown
    assert "No differences, but for 1 row on the way to the topic." in shown
    worker.execute(insert(outbox_table(VIEW)).values(key=OTHER_PERSON, row_id="G-9", revision=1))
    shown = printed(verified(worker.settings))
    assert "same but for 1 row on the way" in shown  # the other one is there already
    assert "No differences, but for 2 rows on the way to the topic." in shown


def test_a_row_that_changes_while_the_topic_is_read_is_told_and_no_difference(worker, monkeypatch):
    bounds = judge.Log.bounds

    def changes_meanwhile(log, topic):
        """As a live worker does, after the snapshot of the table and before the topic is read."""
        if topic == OUTCOME.name:
            monkeypatch.setattr(judge.Log, "bounds", bounds)
            worker.execute(update(employment_outcome).where(*HERE).values(certifications=9))
            worker.emit(ROWS[ONE], certifications=9)
        return bounds(log, topic)

    monkeypatch.setattr(judge.Log, "bounds", changes_meanwhile)
    report = verified(worker.settings)
    assert report.clean
    assert (report.waiting, report.lagging, report.moved) == (0, 1, 1)
    assert report.published != report.table
    assert "No differences, but for 1 row changed while the topic was read." in printed(report)


def test_no_unequal_hashes_are_shown_without_a_word_on_them(worker):
    """Whatever the state: a line says same exactly where its hash is that of the line above."""
    for change in (
        lambda: None,
        lambda: worker.emit(ROWS[ONE], certifications=9),
        lambda: worker.execute(insert(outbox_table(VIEW)).values(key=PERSON, row_id="G-1", revision=1)),
        lambda: worker.execute(update(employment_outcome).where(*HERE).values(certifications=8)),
        lambda: worker.execute(delete(outbox_table(VIEW))),
    ):
        change()
        report = verified(worker.settings)
        assert (report.status("table") == SAME) == (report.table == report.expected)
        assert (report.status("topic") == SAME) == (report.published == report.table)
        equal = report.expected == report.table == report.published
        assert ("No differences." in printed(report)) == (equal and not report.behind)


def test_hashes_are_short_enough_to_compare_and_every_line_fits_a_terminal_of_80_columns(worker):
    worker.emit(ROWS[ONE], certifications=9)
    worker.execute(insert(outbox_table(VIEW)).values(key=PERSON, row_id="G-1", revision=1))
    report = verified(worker.settings)
    millions = {topic: replace(tally, read=29_000_000, accepted=29_000_000) for topic, tally in report.streams.items()}
    shown = printed(replace(report, streams=millions, rows_in_table=2_900_000), width=80)
    lines = shown.splitlines()
    assert max(map(len, lines)) <= 80
    for sha in (report.expected, report.table, report.published):
        assert sum(sha[:12] in line for line in lines) >= 1
        assert sha[:13] not in shown
    for topic in report.streams:
        assert any(topic in line and "29,000,000" in line for line in lines)


def test_markers_of_transactions_are_offsets_and_no_messages(worker):
    producer = Producer({"bootstrap.servers": worker.settings.bootstrap, "transactional.id": worker.settings.wire("t")})
    producer.init_transactions(10)
    producer.begin_transaction()
    key = f"{PERSON}/G-1".encode()
    producer.produce(worker.settings.wire(OUTCOME.name), key=key, value=None, partition=partition(PERSON, 6))
    producer.commit_transaction(10)
    producer.close()
    worker.emit(ROWS[ONE])
    report = verified(worker.settings)
    assert report.clean
    assert (report.messages, report.offsets) == (4, 5)
    assert "4 messages in 5 offsets" in printed(report)


def test_for_machines_there_is_all_that_is_printed_and_no_personal_data(worker):
    worker.execute(update(employment_outcome).where(*HERE).values(certifications=9))
    report = verified(worker.settings)
    told = json.loads(json.dumps(report.as_dict()))
    assert (told["clean"], told["table"]["status"], told["topic"]["status"]) == (False, DIFFERS, DIFFERS)
    assert told["standard"] == {"rows": 2, "sha256": report.expected}
    assert told["streams"][GRADUATION.name]["taken_in"] == 2
    assert {(each["side"], each["kind"]): each["rows"] for each in told["differences"]} == report.counts
    assert told["examples"][0]["columns"] == ["certifications"]
    for personal in (PERSON, OTHER_PERSON, "G-1", "G-9"):
        assert personal not in json.dumps(told)


def test_topics_that_end_before_the_ledgers_positions_are_a_fault(worker):
    worker.execute(update(ledger).values(next_offset=ledger.c.next_offset + 1))
    with pytest.raises(Fault, match="recreated or cut off"):
        verified(worker.settings)


def test_only_the_first_differences_are_shown_but_all_are_counted(worker):
    extra = [stored(ROWS[ONE]._replace(graduation_id=f"X-{n}")) for n in range(30)]
    worker.execute(insert(employment_outcome).values(extra))
    report = verified(worker.settings)
    assert len(report.examples) == 20
    assert report.counts == {("table", EXTRA): 30, ("topic", MISSING): 30}
    assert replace(report, counts={}).clean
