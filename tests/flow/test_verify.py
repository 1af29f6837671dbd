"""`saingan verify` on what a worker made: clean beside it, and not after a single change by hand."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, insert, select, update

from flow.held import checked, execute, messages, outcome, publish, put, rows, send, settled
from flow.run import Worker, catch_up, saingan
from make import PERSON, employment, graduation
from saingan.outcomes.table import employment_outcome
from saingan.settings import Settings
from saingan.standard import codec, schemas
from saingan.topics import EMPLOYMENT, GRADUATION, OUTCOME

pytestmark = pytest.mark.flow

HERE = employment_outcome.c.person_key == PERSON
KEY = f"{PERSON}/G-1".encode()


def found(settings: Settings) -> str:
    """What a verification prints that finds differences; no one is named in it."""
    done = saingan(settings, "verify")
    assert done.returncode == 1, done.stdout + done.stderr
    assert PERSON not in done.stdout + done.stderr
    assert "G-1" not in done.stdout + done.stderr
    return done.stdout.lower()


def test_a_row_or_a_message_that_was_changed_by_hand_is_found_and_no_one_is_named(stored: Settings) -> None:
    publish(stored, 50, seed=1)
    send(stored, (GRADUATION, graduation()), (EMPLOYMENT, employment()))
    catch_up(stored)
    checked(stored)
    row = outcome(stored, PERSON)._asdict()

    execute(stored, update(employment_outcome).where(HERE).values(days_to_first_job=30, tsic="45202"))
    said = found(stored)
    assert "table: 1 differing" in said
    assert "days_to_first_job, tsic" in said

    execute(stored, delete(employment_outcome).where(HERE))
    assert "table: 1 missing" in found(stored)

    execute(stored, insert(employment_outcome).values(row))
    sent = next(message.value for message in messages(stored, OUTCOME) if message.key == KEY)
    schema = codec.parse(schemas.schema(OUTCOME.name))
    altered = codec.decode(sent, schema) | {"employer_id": None}
    put(stored, OUTCOME, (KEY, sent[:5] + codec.encode(schema, altered)))
    said = found(stored)
    assert "topic: 1 differing" in said
    assert "employer_id" in said

    put(stored, OUTCOME, (KEY, sent))
    clean = saingan(stored, "verify")
    assert clean.returncode == 0
    assert "No differences." in clean.stdout


def test_verify_is_clean_beside_a_live_worker_while_agencies_publish(stored: Settings) -> None:
    with Worker(stored, poll_records=200) as worker, ThreadPoolExecutor() as pool:
        worker.until_ready()
        published = pool.submit(lambda: [publish(stored, 100, seed) for seed in range(20)])
        worker.until(lambda: len(rows(stored, select(employment_outcome))) > 100)

        beside = [checked(stored)]
        while not published.done():
            beside.append(checked(stored))
        assert len({report.table for report in beside}) > 1, "the table stood still"

        worker.until(settled(stored))
        assert worker.stop() == 0
    assert checked(stored).rows_in_table > 1800
