"""What cannot be taken in: set aside with its reason, sealed, and sent again when its cause is gone."""

import base64
import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

from cli.terminal import on_terminal
from saingan.errors import Fault
from saingan.exchange.registry import Registry
from saingan.settings import Settings
from saingan.standard import codec, schemas
from saingan.topics import DEAD_LETTER, EMPLOYMENT, ENROLMENT, GRADUATION, Topic
from support.commands import SAINGAN, Worker, catch_up, environment, saingan
from support.exchange_contents import checked, messages, outcome, publish, put, send, settled
from support.make import PERSON, Record, citizen_id, day, employment, enrolment, graduation

pytestmark = pytest.mark.flow

Raw = tuple[bytes, bytes]

# Long enough that no sealed letter has it by chance: three characters of base64 come up once in some hundred runs.
REFUSED = "S-refused-record"


class Client:
    """Any client's messages: framed and keyed as the standard says, but for what a test changes."""

    def __init__(self, settings: Settings) -> None:
        with closing(Registry(settings)) as registry:
            self._ids = {topic: registry.schema_id(topic.name) for topic in (ENROLMENT, GRADUATION, EMPLOYMENT)}

    def message(self, topic: Topic, record: Record, key: str | None = None, schema_id: int | None = None) -> Raw:
        datum = codec.encode(codec.parse(schemas.schema(topic.name)), record)
        usual = f"{record['person_key']}/{record['record_id']}/{record['record_version']}"
        return (key or usual).encode(), codec.frame(schema_id or self._ids[topic], datum)


def bad(client: Client) -> Iterator[tuple[str, Topic, Raw]]:
    """One message for each reason to refuse it."""
    key, value = client.message(EMPLOYMENT, employment(record_id=REFUSED))
    other_key, _ = client.message(EMPLOYMENT, employment(record_id=REFUSED, record_version=2))
    studied = enrolment(record_id="E-9", ended_on=day("2022-05-15"))
    yield "framing", EMPLOYMENT, (key, b"")
    yield "framing", EMPLOYMENT, (key, b"not framed")
    yield "undecodable", EMPLOYMENT, (key, value[:-9])
    yield "trailing-bytes", EMPLOYMENT, (key, value + b"\0")
    yield "schema-id", EMPLOYMENT, client.message(EMPLOYMENT, employment(record_id=REFUSED), schema_id=999_999)
    yield "schema-id", GRADUATION, (key, value)
    yield "key", EMPLOYMENT, (other_key, value)
    yield "person-key", GRADUATION, client.message(GRADUATION, graduation(person_key=PERSON.upper(), record_id="G-9"))
    yield "version", GRADUATION, client.message(GRADUATION, graduation(record_version=0, record_id="G-9"))
    yield "section", EMPLOYMENT, client.message(EMPLOYMENT, employment(section=34, record_id=REFUSED))
    yield "citizen-id", EMPLOYMENT, client.message(EMPLOYMENT, employment(record_id=citizen_id(7)))
    yield "dates", ENROLMENT, client.message(ENROLMENT, studied)


def test_letters_are_exactly_what_is_bad_and_what_is_good_around_it_is_taken_in(exchange: Settings) -> None:
    client = Client(exchange)
    send(exchange, (GRADUATION, graduation()), (EMPLOYMENT, employment()))
    refused = list(bad(client))
    for _, topic, message in refused:
        put(exchange, topic, message)
    good = publish(exchange, 100, seed=1) + 2

    catch_up(exchange)

    report = checked(exchange)
    assert sum(tally.accepted for tally in report.streams.values()) == good
    assert sum(tally.rejected.total() for tally in report.streams.values()) == len(refused)
    assert outcome(exchange, PERSON).days_to_first_job == 31

    letters = messages(exchange, DEAD_LETTER)
    told = sorted((facts(letter)["topic"], facts(letter)["reason"]) for letter in letters)
    assert told == sorted((topic.name, reason) for reason, topic, _ in refused)
    for letter in letters:
        told = facts(letter)
        assert (letter.key or b"").decode() == f"{told['topic']}/{told['partition']}/{told['offset']}"
        assert {"view", "detail", "size", "failed_at"} < set(told)
    held = b"".join(
        b"".join((letter.key, letter.value, *(content for _, content in letter.headers))) for letter in letters
    )
    for secret in (PERSON, PERSON.upper(), citizen_id(7), REFUSED, "not framed"):
        assert secret.encode() not in held
        assert base64.b64encode(secret.encode()) not in held


def test_an_operator_lists_and_shows_letters_and_only_the_private_key_reveals_them(exchange: Settings) -> None:
    key, value = Client(exchange).message(EMPLOYMENT, employment(section=34))
    put(exchange, EMPLOYMENT, (key, value))
    catch_up(exchange)
    (letter,) = messages(exchange, DEAD_LETTER)
    origin = (letter.key or b"").decode()

    revealed = saingan(exchange, "dead-letters", "show", origin, "--reveal")
    assert revealed.exit_code == 0
    lines = revealed.stdout.splitlines()
    assert f"key        {key.decode()}" in lines
    assert "now        would be refused: section: section is none of 33, 39, 40" in lines
    assert "  ! section            34" in lines
    assert "    started_on         2025-05-01" in lines
    assert "    recorded_at        2025-04-10T09:00:00.000+00:00" in lines
    assert [line for line in lines if line.startswith("  !")] == ["  ! section            34"]

    exchange.private_key_file.unlink()
    for arguments in (("list",), ("show", origin)):
        shown = saingan(exchange, "dead-letters", *arguments)
        assert shown.exit_code == 0
        assert origin in shown.stdout
        assert "section is none of 33, 39, 40" in shown.stdout
        assert PERSON not in shown.stdout
    for arguments in (("show", origin, "--reveal"), ("replay",)):
        sealed = saingan(exchange, "dead-letters", *arguments)
        assert isinstance(sealed.exception, Fault)
        assert f"the operator's key {exchange.private_key_file} cannot be read" in str(sealed.exception)
        assert PERSON not in sealed.output
    assert len(messages(exchange, DEAD_LETTER)) == 1


def test_a_letter_whose_cause_is_gone_is_replayed_into_the_table_and_gone(exchange: Settings) -> None:
    with closing(SchemaRegistryClient({"url": exchange.registry_url})) as registry:
        newer = Schema(json.dumps(with_remark(schemas.schema(GRADUATION.name))), "AVRO")
        # An id that the registry knows, but not yet as one of this topic's.
        unknown = registry.register_schema(f"{exchange.topic_prefix}elsewhere-value", newer)
        datum = codec.encode(codec.parse(json.loads(newer.schema_str or "")), graduation() | {"remark": "ปวช."})
        put(exchange, GRADUATION, (f"{PERSON}/G-1/1".encode(), codec.frame(unknown, datum)))
        put(exchange, EMPLOYMENT, Client(exchange).message(EMPLOYMENT, employment(section=34)))

        with Worker(exchange) as worker:
            worker.until(lambda: len(messages(exchange, DEAD_LETTER)) == 2)
            assert outcome(exchange, PERSON) is None

            assert registry.register_schema(f"{exchange.wire(GRADUATION.name)}-value", newer) == unknown
            replayed = saingan(exchange, "dead-letters", "replay", "--yes")
            assert (replayed.exit_code, replayed.stdout) == (0, "2 dead letters replayed\n")
            (warned,) = replayed.stderr.splitlines()
            assert warned.startswith(f"saingan: {EMPLOYMENT.name}/")
            assert warned.endswith(
                "will come back as a dead letter, for its bytes are as they were: "
                "section: section is none of 33, 39, 40"
            )

            worker.until(lambda: outcome(exchange, PERSON) is not None)
            worker.until(settled(exchange))
            # What is still bad comes back as another letter, of its new origin.
            worker.until(lambda: len(messages(exchange, DEAD_LETTER)) == 5)
            assert worker.stop() == 0

    standing = saingan(exchange, "dead-letters", "list").stdout
    assert GRADUATION.name not in standing
    assert standing.count(EMPLOYMENT.name) == 1
    checked(exchange)


def test_all_letters_are_replayed_only_by_one_who_agrees(exchange: Settings) -> None:
    put(exchange, EMPLOYMENT, Client(exchange).message(EMPLOYMENT, employment(section=34)))
    catch_up(exchange)
    (letter,) = messages(exchange, DEAD_LETTER)

    for answer in ("", "n\n", "\n"):
        asked = saingan(exchange, "dead-letters", "replay", said=answer)
        assert "Send all: 1 dead letter?" in asked.stderr
        assert "nothing was sent" in str(asked.exception)
    assert len(messages(exchange, DEAD_LETTER)) == 1
    assert saingan(exchange, "dead-letters", "replay", said="y\n").stdout.endswith("1 dead letter replayed\n")
    assert saingan(exchange, "dead-letters", "replay").stdout == "0 dead letters replayed\n"
    unknown = saingan(exchange, "dead-letters", "replay", (letter.key or b"").decode())
    assert "no dead letter of origin" in str(unknown.exception)


def test_what_cannot_be_decoded_is_revealed_as_bytes_with_the_reason(exchange: Settings) -> None:
    client = Client(exchange)
    key, value = client.message(EMPLOYMENT, employment())
    put(exchange, EMPLOYMENT, (key, value[:-9]), (b"\x1b[2J", b"not framed"))
    put(exchange, GRADUATION, (key, value))  # by a schema of another topic
    catch_up(exchange)

    shown = [
        saingan(exchange, "dead-letters", "show", (letter.key or b"").decode(), "--reveal").stdout
        for letter in messages(exchange, DEAD_LETTER)
    ]

    said = {next(line.split()[1] for line in text.splitlines() if line.startswith("reason")): text for text in shown}
    assert f"{base64.b64encode(value[:-9]).decode()} (base64; the bytes are not a datum" in said["undecodable"]
    assert f"{base64.b64encode(b'not framed').decode()} (base64; the value does not begin" in said["framing"]
    assert "\x1b" not in said["framing"]
    assert "    employer_id        0105" in said["schema-id"]


def test_the_list_is_printed_whole_for_people_and_for_programs(exchange: Settings) -> None:
    put(exchange, EMPLOYMENT, Client(exchange).message(EMPLOYMENT, employment(section=34)))
    catch_up(exchange)
    (letter,) = messages(exchange, DEAD_LETTER)
    origin = (letter.key or b"").decode()

    status, shown = on_terminal([*SAINGAN, "dead-letters", "list"], environment(exchange), columns=80)
    assert (status, shown.splitlines()[0]) == (0, origin)
    line = saingan(exchange, "dead-letters", "list").stdout.split("\t")
    assert line[:3] == [origin, "section", "section is none of 33, 39, 40"]
    (listed,) = json.loads(saingan(exchange, "dead-letters", "list", "--json").stdout)
    assert listed.keys() == {"origin", "view", "reason", "detail", "failed_at", "size"}
    assert (listed["origin"], listed["reason"]) == (origin, "section")


def facts(letter) -> dict[str, str]:
    return {name: content.decode() for name, content in letter.headers}


def with_remark(schema: dict) -> dict:
    remark = {"name": "remark", "type": ["null", "string"], "default": None, "doc": "For a test."}
    return {**schema, "fields": [*schema["fields"], remark]}
