"""What ``examples/`` and the pages show runs: files, programs, queries."""

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from docs.examples import EXAMPLES
from docs.markdown import pages
from interoperability.pages import aimed
from saingan.engine.store.address import address
from saingan.outcomes.table import employment_outcome
from saingan.publish import Publisher
from saingan.settings import Settings
from support.commands import PATIENCE_S, catch_up, environment, saingan
from support.exchange_contents import outcome

pytestmark = pytest.mark.flow

PERSON = "addad0a0fc510f6fc9d08480c190a57d"  # of the citizen ID in examples/publisher.py, by the key of the tests
GRADUATIONS = 11  # of the twelve graduates in the files, as the register has them


def commands(name: str) -> list[list[str]]:
    return [line.split()[1:] for code in pages()[name].code if code.info == "sh" for line in code.text.splitlines()]


def run(settings: Settings, program: str, *arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, EXAMPLES / program, *arguments],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@contextmanager
def subscribed(settings: Settings, folder: Path, table: Path) -> Iterator[None]:
    """The consumer runs, aimed at the test's exchange."""
    program = folder / "consumer.py"
    program.write_text(aimed((EXAMPLES / "consumer.py").read_text(encoding="utf-8"), settings), encoding="utf-8")
    with (
        (folder / "consumer.log").open("a") as log,
        subprocess.Popen([sys.executable, program, table], stderr=log) as it,
    ):
        try:
            yield
        finally:
            it.kill()


def comes(table: Path, expected: object, folder: Path) -> None:
    """Wait until the subscriber's table holds what it should."""
    deadline, found = time.monotonic() + PATIENCE_S, None
    while time.monotonic() < deadline:
        try:
            with closing(sqlite3.connect(table)) as conn:
                found = dict(conn.execute("SELECT key, status FROM outcome").fetchall())
        except sqlite3.OperationalError:  # not there yet
            found = None
        if found == expected:
            return
        time.sleep(0.05)
    raise AssertionError(f"{found}; {(folder / 'consumer.log').read_text()}")


def standing(settings: Settings) -> dict[str, str]:
    row = employment_outcome.c
    with create_engine(address(settings.database_url)).connect() as conn:
        found = conn.execute(select(row.person_key, row.graduation_id, row.current_status)).all()
    return {f"{person}/{graduation}": status for person, graduation, status in found}


def test_the_files_of_the_examples_are_published_as_their_page_says(
    exchange: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    status = {}
    for command in commands("examples/README.md"):
        status[command[2]] = saingan(exchange, *command).exit_code
    assert status == {
        "examples/ovec-enrolment.csv": 1,
        "examples/ovec-graduation.xlsx": 0,
        "examples/sso-insured-employment.csv": 0,
        "examples/dsd-skill-certification.jsonl": 0,
        "examples/ovec-labour-demand.csv": 0,
    }
    refused = (tmp_path / "examples" / "ovec-enrolment.csv.refused.csv").read_text(encoding="utf-8-sig")
    assert len(refused.splitlines()) == 2
    catch_up(exchange)
    assert len(standing(exchange)) == GRADUATIONS


def test_the_publisher_and_the_consumer_of_the_examples_work_together(exchange: Settings, tmp_path: Path) -> None:
    assert run(exchange, "publisher.py") == "2 records are delivered\n"
    catch_up(exchange)
    assert outcome(exchange, PERSON).days_to_first_job == 31

    mine = tmp_path / "mine.db"
    with subscribed(exchange, tmp_path, mine):
        comes(mine, standing(exchange), tmp_path)

    withdrawn = {**_graduation(), "record_version": 2, "change": "WITHDRAW"}
    with Publisher(exchange) as publisher:
        publisher.publish("ovec.graduation.v1", withdrawn, citizen_id="1999999999999")
    catch_up(exchange)
    with subscribed(exchange, tmp_path, mine):  # it goes on where it stopped
        comes(mine, {}, tmp_path)


def test_the_queries_of_the_outcome_table_run_on_both_stores(
    exchange: Settings, store_url: str, tmp_path: Path
) -> None:
    settings = exchange.model_copy(update={"database": store_url})
    for name, topic in (
        ("ovec-graduation.xlsx", "ovec.graduation.v1"),
        ("sso-insured-employment.csv", "sso.insured-employment.v1"),
    ):
        shutil.copy(EXAMPLES / name, tmp_path)
        assert saingan(settings, "publish", topic, str(tmp_path / name), "--mapping", Path(name).stem).exit_code == 0
    catch_up(settings)
    assert "16 code lists" in run(settings, "code_names.py")
    assert "16 code lists" in run(settings, "code_names.py")

    engine = create_engine(address(store_url))
    queries = [code for code in pages()["docs/outcome-table.md"].code if code.info.split()[:1] == ["sql"]]
    mine = [code.text for code in queries if code.info in ("sql", f"sql {engine.dialect.name}")]
    assert len(mine) >= 5
    for query in mine:
        with engine.connect() as conn:
            assert conn.exec_driver_sql(query).all(), query
    assert saingan(settings, "verify", "--strict").exit_code == 0  # the lists beside it do no harm
    catch_up(settings)
    engine.dispose()


def _graduation() -> dict[str, object]:
    content: dict[str, object] = {}
    exec((EXAMPLES / "publisher.py").read_text(encoding="utf-8"), {"__name__": "publisher"}, content)
    found = content["graduation"]
    assert isinstance(found, dict)
    return found
