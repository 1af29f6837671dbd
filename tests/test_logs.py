"""Structured logs on standard error: JSON for machines, lines for people, and no personal data."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.terminal import on_terminal
from saingan import cli
from support import make
from support.make import citizen_id

TESTS = Path(__file__).parent

# Logging is set up once a process, so each test has one of its own.
PROGRAM = """
import logging, sys
import structlog
from saingan import logs
logs.set_up({level!r})
log = structlog.get_logger("saingan.test")
{body}
"""
TAKE_BAD_RECORDS = """
from support.store_bench import Bench
from support.make import citizen_id, employment
from saingan.errors import SainganError
from saingan.topics import EMPLOYMENT

bench = Bench("sqlite://", limit=0.2)
number = citizen_id(1)
bad = [
    bench.feed.sent(EMPLOYMENT, employment(record_id=number)),
    bench.feed.sent(EMPLOYMENT, employment(employer_id=number, position="สมชาย ใจดี")),
    bench.feed.sent(EMPLOYMENT, employment(), value=number.encode()),
    bench.feed.sent(EMPLOYMENT, employment(), key=number.encode()),
]
for _ in range(60):
    try:
        bench.loop.take(bench.feed.batch(bad))
    except SainganError as error:
        log.critical("worker stops", error=str(error))
        break
"""


def lines(body, level="DEBUG"):
    """What a program logs."""
    program = PROGRAM.format(level=level, body=body)
    command = [sys.executable, "-c", program]
    ended = subprocess.run(command, env={"PYTHONPATH": str(TESTS)}, capture_output=True, text=True, check=True)
    assert ended.stdout == ""
    return [json.loads(line) for line in ended.stderr.splitlines()]


def test_a_line_is_one_json_object_with_level_logger_and_time():
    (line,) = lines('log.warning("waiting", what="database", attempt=3)')
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "waiting", "what": "database", "attempt": 3, "level": "warning", "logger": "saingan.test"}


def test_the_libraries_log_in_the_same_shape():
    (line,) = lines('logging.getLogger("some.library").warning("%s is slow", "it", extra={"seconds": 3})')
    assert (line["event"], line["logger"], line["seconds"]) == ("it is slow", "some.library", 3)


def test_a_library_that_repeats_itself_is_logged_once_in_a_while_and_we_always():
    repeated = "for attempt in range(9): {}.warning('no broker at port %s', attempt)"
    assert len(lines(repeated.format("logging.getLogger('some.library')"))) == 1
    assert len(lines(repeated.format("logging.getLogger('saingan.test')"))) == 9


def test_an_error_is_one_line_with_its_traceback_inside():
    (line,) = lines('try:\n    1 / 0\nexcept ZeroDivisionError:\n    log.error("worker stops", exc_info=True)')
    assert "ZeroDivisionError" in line["exception"]


def test_thai_is_written_as_it_is_read():
    (line,) = lines('log.info("สายงาน")')
    assert line["event"] == "สายงาน"


def test_below_the_level_that_is_set_nothing_is_logged():
    assert lines('log.info("not worth a line")', level="WARNING") == []


@pytest.mark.parametrize("library", ["faust.app", "mode.services", "aiokafka.consumer"])
def test_libraries_that_log_keys_and_values_are_quiet_at_any_level(library):
    assert lines(f'logging.getLogger("{library}").debug("key=%s", "personal")') == []


def test_refused_records_leave_no_personal_data_in_the_log():
    logged = lines(TAKE_BAD_RECORDS)
    assert [line["event"] for line in logged] == ["worker stops"]
    text = json.dumps(logged, ensure_ascii=False)
    assert "SAINGAN_REJECTION_LIMIT" in text
    for personal in (citizen_id(1), "สมชาย", make.PERSON):
        assert personal not in text


def on_a_terminal(body, **environment):
    program = PROGRAM.format(level="DEBUG", body=body)
    env = {"PYTHONPATH": str(TESTS), "TZ": "Asia/Bangkok"} | environment
    status, shown = on_terminal([sys.executable, "-c", program], env, columns=100)
    assert status == 0
    return shown


def test_on_a_terminal_a_line_is_for_people():
    shown = on_a_terminal('log.warning("the broker does not answer", attempt=3)')
    assert re.fullmatch(r"\d\d:\d\d:\d\d \[warning  *\] the broker does not answer +attempt=3\n", shown)


def test_on_a_terminal_an_error_shows_its_traceback_and_no_values():
    body = 'secret = "1" * 13\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    log.error("worker stops", exc_info=True)'
    shown = on_a_terminal(body)
    assert "ZeroDivisionError: division by zero" in shown
    assert "1" * 13 not in shown


def test_a_command_logs_through_one_set_up():
    """Only there are the settings read, and every command reads them."""
    commands = sorted(Path(cli.__file__).parent.glob("[!_]*.py"))
    reading = {file.stem for file in commands if "Settings()" in file.read_text(encoding="utf-8")}
    assert reading == {"begin"}
    assert {"erase", "rebuild", "worker"} < {file.stem for file in commands if "begin()" in file.read_text("utf-8")}
