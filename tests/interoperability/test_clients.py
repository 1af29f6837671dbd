"""Strangers' clients, as their pages have them: each writes a change, which is in the table then, and reads the row."""

import os
import re
import shutil
import signal
import subprocess
import threading
from contextlib import closing, suppress
from pathlib import Path

import pytest

from conftest import TEST_KEY, lacking
from interoperability.pages import DOCS, Page, aimed, run
from saingan.exchange.registry import Registry
from saingan.settings import Settings
from saingan.standard import codec, schemas
from saingan.topics import EMPLOYMENT, GRADUATION
from support.commands import PATIENCE_S, catch_up
from support.exchange_contents import messages, outcome, send
from support.make import employment, graduation

pytestmark = pytest.mark.flow

PERSON = "addad0a0fc510f6fc9d08480c190a57d"  # of citizen ID 1999999999999, by the key of the test vector
NEEDS = {"python": ["python3"], "node": ["node", "npm"], "go": ["go"], "java": ["java", "mvn"]}


@pytest.mark.parametrize("language", NEEDS)
def test_a_stranger_writes_a_change_and_reads_the_row_that_comes_of_it(
    language: str, exchange: Settings, tmp_path: Path
) -> None:
    for program in NEEDS[language]:
        if shutil.which(program) is None:
            lacking(f"{program} is not installed")
    page = Page(DOCS / "interoperability" / f"{language}.md")
    folder = tmp_path / language
    folder.mkdir()
    page.set_up(exchange, folder)
    send(exchange, (GRADUATION, graduation(person_key=PERSON)))

    run(page.steps["publish"], folder, {"SAINGAN_PSEUDONYM_KEY": TEST_KEY})

    (message,) = messages(exchange, EMPLOYMENT)
    assert message.key == f"{PERSON}/SSO-S-0001/1".encode()
    assert message.partition == 4 or language == "python"  # whose client hashes the whole key
    catch_up(exchange)
    row = outcome(exchange, PERSON)
    assert (row.days_to_first_job, row.employer_id, row.occupation) == (31, "0105000000012", "7231")

    line = first_line(page.steps["subscribe"], folder)
    assert line.startswith(f"{PERSON}/G-1 ")
    assert re.search(r'"days_to_first_job":\s*31\b', line)
    assert "0105000000012" in line


def test_kcat_lists_the_topic_writes_a_message_and_reads_the_row_that_comes_of_it(
    exchange: Settings, tmp_path: Path
) -> None:
    if shutil.which("kcat") is None:
        lacking("kcat is not installed: `apt install kcat`")
    page = Page(DOCS / "interoperability.md")
    list_it, read, write = (aimed(page.steps[name], exchange) for name in ("list", "read", "write"))
    with closing(Registry(exchange)) as registry:
        schema_id = registry.schema_id(EMPLOYMENT.name)
    record = employment(person_key=PERSON, record_id="SSO-S-0001")
    datum = codec.encode(codec.parse(schemas.schema(EMPLOYMENT.name)), record)
    (tmp_path / "message.bin").write_bytes(codec.frame(schema_id, datum))
    send(exchange, (GRADUATION, graduation(person_key=PERSON)))

    run(write, tmp_path)
    catch_up(exchange)

    assert outcome(exchange, PERSON).days_to_first_job == 31
    assert "with 6 partitions" in run(list_it, tmp_path)
    assert re.fullmatch(rf"{PERSON}/G-1 \d+ bytes\n", run(read, tmp_path))


def first_line(step: str, folder: Path) -> str:
    """What a program that runs for ever prints first."""
    running = subprocess.Popen(
        ["sh", "-c", step],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stdout is not None
    assert running.stderr is not None
    impatience = threading.Timer(PATIENCE_S, os.killpg, (running.pid, signal.SIGKILL))
    impatience.start()
    try:
        return running.stdout.readline() or running.stderr.read()
    finally:
        impatience.cancel()
        with suppress(ProcessLookupError):  # it has ended
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
