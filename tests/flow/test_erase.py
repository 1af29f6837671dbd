"""Erasing for good: what remains of a person is the mark, wherever one looks, and nothing brings the rest back."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from typer.testing import CliRunner, Result

from flow.cleaner import hasten, until_compacted
from flow.test_dead_letters import Client
from saingan.cli import app
from saingan.engine.intake.sealing import Sealer
from saingan.engine.tables import history_table
from saingan.erase.aim import ERASE_VERSION, name
from saingan.errors import Fault
from saingan.letters.handling import dead_letters
from saingan.settings import Settings
from saingan.standard.identity import person_key
from saingan.topics import CERTIFICATION, DEAD_LETTER, EMPLOYMENT, ENROLMENT, GRADUATION, OUTCOME
from support.commands import Worker, catch_up, environment, saingan
from support.exchange_contents import STREAMS, checked, messages, outcome, publish, put, rows, send, settled
from support.make import PERSON, certification, citizen_id, employment, enrolment, graduation, juristic_number

pytestmark = pytest.mark.flow

CITIZEN, WRONG = citizen_id(1), citizen_id(2)
KEY, WRONG_KEY = (person_key(bytes(range(32)), digits) for digits in (CITIZEN, WRONG))
NEIGHBOUR = PERSON
IDS = ("enr-erased", "grad-erased", "job-erased", "moved-erased", "cert-erased", "bad-erased")
SCHOOL, FIRM = "1399999999", juristic_number(99_999)
EVERYTHING = (*STREAMS, OUTCOME, DEAD_LETTER)


def history() -> Iterator[tuple]:
    """The changes of the one to be erased; one record was first recorded under a wrong citizen ID."""
    mine = {"person_key": KEY}
    yield ENROLMENT, enrolment(**mine, record_id="enr-erased", institution_code=SCHOOL)
    for version in (1, 2):
        yield GRADUATION, graduation(**mine, record_id="grad-erased", record_version=version, institution_code=SCHOOL)
    yield EMPLOYMENT, employment(**mine, record_id="job-erased", employer_id=FIRM)
    job = employment(person_key=WRONG_KEY, record_id="moved-erased", employer_id=FIRM)
    yield EMPLOYMENT, job
    yield EMPLOYMENT, {**job, "record_version": 2, "change": "WITHDRAW"}
    yield EMPLOYMENT, {**job, "record_version": 2, **mine}
    yield CERTIFICATION, certification(**mine, record_id="cert-erased")


def faulty(settings: Settings) -> None:
    """What cannot be taken in, of the same person; once under the key of a neighbour's record."""
    client = Client(settings)
    wrong = employment(person_key=KEY, record_id="bad-erased", section=34, employer_id=FIRM)
    put(settings, EMPLOYMENT, client.message(EMPLOYMENT, wrong))
    put(settings, EMPLOYMENT, client.message(EMPLOYMENT, wrong, key=f"{NEIGHBOUR}/S-1/1"))


def neighbours(settings: Settings) -> None:
    publish(settings, 60, seed=3)
    send(settings, (GRADUATION, graduation()), (EMPLOYMENT, employment()))


def erase(settings: Settings, *arguments: str, said: str = CITIZEN) -> Result:
    done = CliRunner().invoke(app, ["erase", *arguments], input=said, env=environment(settings) | {"COLUMNS": "250"})
    assert done.exit_code == 0, (done.output, done.exception)
    assert CITIZEN not in done.output
    assert KEY not in done.output
    return done


def count(result: Result) -> dict[str, int]:
    """The numbers that it tells."""
    lines = (line.split(maxsplit=1) for line in result.output.splitlines() if line[:1].isspace() or line[:1].isdigit())
    return {words[1].strip(): int(words[0].replace(",", "")) for words in lines if words[0].replace(",", "").isdigit()}


def told(settings: Settings) -> set[bytes]:
    """Message keys, over all topics, of messages in which anything of the person's can be read."""
    private = Sealer.from_file(settings.private_key_file)
    found = set()
    for topic in EVERYTHING:
        for message in messages(settings, topic):
            content = [message.key or b"", message.value or b"", *(value or b"" for _, value in message.headers)]
            if topic is DEAD_LETTER and message.value is not None:
                key, value, headers = private.open(message.value)
                content += [key or b"", value or b"", *(value or b"" for _, value in headers)]
            if any(secret in part for secret in secrets() for part in content):
                found.add(message.key)
    return found


def secrets() -> list[bytes]:
    return [text.encode() for text in (KEY, CITIZEN, SCHOOL, FIRM, *IDS)] + [WRONG_KEY.encode()]


def marks() -> set[bytes]:
    mine = {f"{KEY}/{record_id}/{ERASE_VERSION}".encode() for record_id in IDS if record_id != "bad-erased"}
    return mine | {f"{WRONG_KEY}/moved-erased/{ERASE_VERSION}".encode()}


def test_what_remains_of_an_erased_person_is_the_marks_and_no_copy_brings_anything_back(
    stored: Settings, local_exchange: Settings
) -> None:
    hasten(stored, *EVERYTHING)
    neighbours(stored)
    send(stored, *history())
    faulty(stored)
    with Worker(stored) as worker:
        worker.until(settled(stored))
        worker.until(lambda: len(dead_letters(stored)) == 2)
        assert outcome(stored, KEY).certifications == 1

        rehearsed = erase(stored, "--dry-run")
        assert rehearsed.stdout.endswith("dry run: nothing was changed\n")
        before = count(rehearsed)
        assert before == {
            "persons concerned": 2,
            "records": 6,
            "ERASE marks to set": 6,
            "messages in the input topics": 10,
            "row of the table": 1,
            "row on the outcome topic": 1,
            "dead letters": 2,
        }
        assert outcome(stored, KEY) is not None
        assert len(told(stored)) == 10 + 1 + 2  # the check itself sees what there is

        erase(stored)
        assert outcome(stored, KEY) is None
        worker.until(settled(stored))
        assert dead_letters(stored) == []

        send(stored, *history())  # a file sent again
        worker.until(settled(stored))
        assert outcome(stored, KEY) is None
        assert outcome(stored, WRONG_KEY) is None
        assert outcome(stored, NEIGHBOUR).days_to_first_job == 31
        erase(stored, "--marked", said="")
        worker.until(settled(stored))
        assert worker.stop() == 0

    checked(stored)
    logs = [*(stored.home / "logs").iterdir(), *(local_exchange.home / "logs").iterdir()]
    assert worker.log in logs
    assert not [(secret, log) for secret in secrets() for log in logs if secret in log.read_bytes()]
    until_compacted(stored, EVERYTHING, lambda: told(stored) == marks())
    assert f"{NEIGHBOUR}/S-1/1".encode() in {message.key for message in messages(stored, EMPLOYMENT)}
    remains_in_store(stored)

    rebuilt = stored.model_copy(update={"database": f"sqlite:///{stored.home / 'rebuilt.db'}"})
    again = erase(stored)
    assert count(again)["messages in the input topics"] == 0
    assert "already forgotten" in again.output
    catch_up(rebuilt)
    assert outcome(rebuilt, KEY) is None
    assert outcome(rebuilt, NEIGHBOUR).days_to_first_job == 31


@pytest.mark.parametrize("step", ["_mark", "_take_in", "_await_relay", "_clear_letters", "_clear_topics"])
def test_an_erasure_that_dies_is_completed_by_erasing_again(exchange: Settings, step: str) -> None:
    neighbours(exchange)
    send(exchange, *history())
    faulty(exchange)
    catch_up(exchange)

    died = subprocess.run(
        [sys.executable, "-m", "flow.dying_erase", step],
        input=CITIZEN.encode(),
        env=environment(exchange, HOME=exchange.home.absolute()) | {"PYTHONPATH": str(Path(__file__).parents[1])},
        check=False,
        timeout=60,
    )
    assert died.returncode == 9
    erase(exchange)

    left = count(erase(exchange, "--dry-run"))
    assert left.pop("persons concerned") == 2
    assert left.pop("records") == 6
    assert set(left.values()) == {0}
    catch_up(exchange)
    checked(exchange)
    assert outcome(exchange, KEY) is None
    remains_in_store(exchange)


def test_one_record_is_erased_and_the_others_of_the_person_stay(exchange: Settings) -> None:
    neighbours(exchange)
    send(exchange, *history())
    catch_up(exchange)
    assert outcome(exchange, KEY).first_job_on is not None

    for job in ("moved-erased", "job-erased"):
        erase(exchange, "--topic", EMPLOYMENT.name, "--record", job, said="")
    assert outcome(exchange, KEY).first_job_on is None
    erase(exchange, "--topic", GRADUATION.name, "--record", "grad-erased", said="")
    assert outcome(exchange, KEY) is None
    catch_up(exchange)
    checked(exchange)
    assert {subject(message) for message in messages(exchange, ENROLMENT) if KEY.encode() in message.key} == {
        "enr-erased"
    }


def test_a_record_that_nothing_knows_is_no_success_and_the_nearest_are_named(exchange: Settings) -> None:
    other = citizen_id(9)
    send(exchange, (GRADUATION, graduation(record_id="G-2568-00017")))
    put(exchange, GRADUATION, (f"{PERSON}/{other}/1".encode(), b"refused"))
    asked = ("--topic", GRADUATION.name, "--record")

    for options in ((), ("--dry-run",)):
        unknown = saingan(exchange, "erase", *asked, "G-2568-00O17", *options)
        assert isinstance(unknown.exception, Fault)
        assert f"knows record G-2568-00O17 of {GRADUATION.name}: nothing was erased" in str(unknown.exception)
        assert "the nearest: G-2568-00017" in str(unknown.exception)
    mistyped = saingan(exchange, "erase", *asked, other[:-2] + other[-1] + other[-2])
    assert "the nearest: x-xxxx-xxxxx-xx-x" in str(mistyped.exception)
    assert other not in str(mistyped.exception)
    assert len(messages(exchange, GRADUATION)) == 2

    nobody = saingan(exchange, "erase", said=CITIZEN)
    assert "knows whom you named" in str(nobody.exception)


def test_the_mark_of_a_record_that_nothing_knows_is_set_where_that_is_wanted(exchange: Settings) -> None:
    neighbours(exchange)
    catch_up(exchange)
    asked = ("--topic", GRADUATION.name, "--record", "grad-erased")

    erase(exchange, *asked, "--mark-anyway", said=CITIZEN)
    again = erase(exchange, *asked, said="")
    assert "already forgotten" in again.output
    assert count(again)["record"] == 1

    send(exchange, (GRADUATION, graduation(person_key=KEY, record_id="grad-erased")))  # it comes later
    catch_up(exchange)
    assert outcome(exchange, KEY) is None
    checked(exchange)


def test_a_record_that_only_the_table_knows_is_erased_from_it(exchange: Settings) -> None:
    send(exchange, (GRADUATION, graduation(person_key=KEY, record_id="grad-erased")))
    catch_up(exchange)
    put(exchange, GRADUATION, (f"{KEY}/grad-erased/1".encode(), None))  # whoever cleared it
    hasten(exchange, GRADUATION)
    until_compacted(exchange, (GRADUATION,), lambda: not [m for m in messages(exchange, GRADUATION) if m.value])

    erase(exchange, "--topic", GRADUATION.name, "--record", "grad-erased", said="")
    assert outcome(exchange, KEY) is None


def test_a_number_that_several_persons_records_bear_is_not_taken_for_one_record(exchange: Settings) -> None:
    send(exchange, *[(GRADUATION, graduation(person_key=key, record_id="1")) for key in (KEY, NEIGHBOUR)])
    asked = CliRunner().invoke(app, ["erase", "--topic", GRADUATION.name, "--record", "1"], env=environment(exchange))
    assert "2 persons have a record of that id" in str(asked.exception)
    assert len(messages(exchange, GRADUATION)) == 2


def test_what_an_agency_itself_erased_is_cleared_by_its_mark(exchange: Settings) -> None:
    mine = {"person_key": KEY, "record_id": "grad-erased"}
    send(exchange, (GRADUATION, graduation(**mine)), (GRADUATION, graduation(**mine, record_version=2, change="ERASE")))
    neighbours(exchange)
    catch_up(exchange)
    found = count(erase(exchange, "--marked", said=""))
    assert (found["record"], found["ERASE mark to set"], found["messages in the input topics"]) == (1, 1, 2)
    send(exchange, (GRADUATION, graduation(**mine, record_version=2)))  # on top of the agency's own mark
    rebuilt = exchange.model_copy(update={"database": f"sqlite:///{exchange.home / 'rebuilt.db'}"})
    catch_up(rebuilt)
    assert outcome(rebuilt, KEY) is None


def test_a_letter_of_an_erased_record_that_is_replayed_all_the_same_has_no_effect(exchange: Settings) -> None:
    faulty(exchange)
    client = Client(exchange)
    key, value = client.message(
        GRADUATION, graduation(person_key=KEY, record_id="grad-erased", institution_code=SCHOOL)
    )
    put(exchange, GRADUATION, (f"{KEY}/other/1".encode(), value), (key, value))
    catch_up(exchange)
    kept = dead_letters(exchange)
    assert len(kept) == 3
    opened = [Sealer.from_file(exchange.private_key_file).open(letter.sealed) for letter in kept]

    erase(exchange)
    for letter in kept:
        refused = CliRunner().invoke(app, ["dead-letters", "replay", letter.origin], env=environment(exchange))
        assert "no dead letter of origin" in str(refused.exception)
    for letter, (original, content, _) in zip(kept, opened, strict=True):  # as a replay that began before would
        put(exchange, next(topic for topic in STREAMS if topic.name == letter.topic), (original, content))
    catch_up(exchange)
    assert outcome(exchange, KEY) is None
    checked(exchange)


@pytest.mark.parametrize("said", ["1234567890123", "somchai", "", "\n"])
def test_who_is_not_named_rightly_is_not_looked_for_and_not_repeated(exchange: Settings, said: str) -> None:
    asked = CliRunner().invoke(app, ["erase"], input=said, env=environment(exchange))
    assert asked.exit_code == 1
    assert "standard input" in str(asked.exception) or "line 1 is neither a citizen ID" in str(asked.exception)
    assert said.strip() not in asked.output + str(asked.exception) or not said.strip()


def subject(message) -> str:
    return name(message.key).record_id


def remains_in_store(settings: Settings) -> None:
    states = history_table("outcomes")
    held = {row.key: row.state for row in rows(settings, select(states).where(states.c.key.in_((KEY, WRONG_KEY))))}
    assert {name for name in IDS if any(name.encode() in state for state in held.values())} == set(IDS) - {"bad-erased"}
    if settings.database_url.startswith("sqlite"):
        file = Path(settings.database_url.removeprefix("sqlite:///"))
        content = b"".join(
            part.read_bytes() for part in file.parent.glob(f"{file.name}*") if not part.name.endswith("-shm")
        )
        assert content.count(KEY.encode()) == content.count(WRONG_KEY.encode()) == 2  # the row and its index
        counts = {secret: content.count(secret.encode()) for secret in (SCHOOL, FIRM, CITIZEN, *IDS)}
        expected = dict.fromkeys((SCHOOL, FIRM, CITIZEN, "bad-erased"), 0) | dict.fromkeys(IDS[:5], 1)
        assert counts == expected | {"moved-erased": 2}
        return
    engine = create_engine(settings.database_url)
    with engine.connect() as conn:
        tables = conn.execute(text("select tablename from pg_tables where schemaname = 'public'")).scalars().all()
        for table in tables:
            for (row,) in conn.execute(text(f"select t::text from {table} t")):
                if KEY in row or WRONG_KEY in row:
                    assert table == states.name
                assert SCHOOL not in row
                assert FIRM not in row
    engine.dispose()
