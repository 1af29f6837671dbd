"""`saingan verify` on what a worker made: clean beside it, and not after a single change by hand."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import delete, insert, select, update

from saingan.engine.tables import outbox_table
from saingan.outcomes.table import employment_outcome
from saingan.settings import Settings
from saingan.standard import codec, schemas
from saingan.topics import EMPLOYMENT, GRADUATION, OUTCOME
from support.commands import Worker, catch_up, saingan
from support.exchange_contents import checked, execute, outcomes, publish, put, rows, send, settled
from support.make import OTHER_PERSON, PERSON, employment, graduation

pytestmark = pytest.mark.flow

OUTBOX = outbox_table("outcomes")
PEOPLE = CHANGED, DELETED, ALTERED = PERSON, OTHER_PERSON, "a" * 32


def test_whatever_is_changed_by_hand_is_found_and_no_one_is_named(exchange: Settings) -> None:
    publish(exchange, 50, seed=1)
    for person in PEOPLE:
        send(exchange, (GRADUATION, graduation(person_key=person)), (EMPLOYMENT, employment(person_key=person)))
    catch_up(exchange)
    clean = saingan(exchange, "verify")
    assert clean.exit_code == 0
    assert "No differences." in clean.stdout
    assert saingan(exchange, "verify", "--strict").exit_code == 0

    row = employment_outcome.c.person_key
    (sent,) = outcomes(exchange, ALTERED)
    schema = codec.parse(schemas.schema(OUTCOME.name))
    altered = codec.decode(sent.value, schema) | {"employer_id": None}
    execute(
        exchange,
        update(employment_outcome).where(row == CHANGED).values(days_to_first_job=30, tsic="45202"),
        delete(employment_outcome).where(row == DELETED),
    )
    put(exchange, OUTCOME, (sent.key, sent.value[:5] + codec.encode(schema, altered)))

    done = saingan(exchange, "verify")
    assert done.exit_code == 1
    for said in (
        "table: 1 differing",
        "table: 1 missing",
        "topic: 2 differing",
        "topic: 1 extra",
        " days_to_first_job, tsic ",
        " employer_id ",
    ):
        assert said in done.stdout
    for person in (*PEOPLE, "G-1"):
        assert person not in done.output


def test_strict_is_what_fails_on_anything_that_is_on_its_way(exchange: Settings) -> None:
    def exit_codes() -> tuple[int, int]:
        return saingan(exchange, "verify").exit_code, saingan(exchange, "verify", "--strict", "--json").exit_code

    send(exchange, (GRADUATION, graduation()))
    catch_up(exchange)
    assert exit_codes() == (0, 0)

    waits = {"key": PERSON, "row_id": "G-1", "revision": 1}
    execute(exchange, insert(OUTBOX).values(**waits))
    assert exit_codes() == (0, 1)
    told = json.loads(saingan(exchange, "verify", "--json").stdout)["outcomes"]
    assert (told["clean"], told["rows_on_the_way"]) == (True, 1)
    execute(exchange, delete(OUTBOX))
    assert exit_codes() == (0, 0)

    send(exchange, (EMPLOYMENT, employment()))
    assert exit_codes() == (0, 1)
    assert "No differences, but for 1 offset not read by a worker yet." in saingan(exchange, "verify").stdout


def test_verify_is_clean_beside_a_live_worker_while_agencies_publish(stored: Settings) -> None:
    enough = Event()

    def publish_on() -> None:
        for seed in range(500):
            if enough.is_set():
                return
            publish(stored, 20, seed)

    with Worker(stored, poll_records=200) as worker, ThreadPoolExecutor() as pool:
        worker.until_ready()
        published = pool.submit(publish_on)
        worker.until(lambda: len(rows(stored, select(employment_outcome))) > 100)

        beside = {checked(stored).table}
        while len(beside) < 3 and not published.done():
            beside.add(checked(stored).table)
        enough.set()
        published.result()
        assert len(beside) > 1, "the table stood still"

        worker.until(settled(stored))
        assert worker.stop() == 0
    assert checked(stored).rows_in_table > 100
