"""Rules do not change unnoticed: what they give, and the lists that they read, belong to their number."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from outcomes import golden
from saingan.outcomes.table import RULES
from saingan.outcomes.view import OUTCOMES
from saingan.standard.schemas import root

RAISE = "raise RULES in services/saingan/outcomes/table.py, then run tests/outcomes/golden.py"


@pytest.fixture(scope="module")
def now():
    return golden.golden()


def test_the_number_of_the_rules_is_the_highest_there_was():
    assert max(golden.kept()) == RULES, "run tests/outcomes/golden.py"


def test_the_lists_that_the_rules_read_are_those_of_their_number(now):
    assert now["lists"] == golden.kept()[RULES]["lists"], f"a list changed: {RAISE}"


def test_the_rows_that_the_rules_give_are_those_of_their_number(now):
    then = golden.kept()[RULES]
    assert now["shown"] == then["shown"], f"the rules give other rows: {RAISE}"
    assert (now["rows"], now["hash"]) == (then["rows"], then["hash"]), f"the rules give other rows: {RAISE}"


def test_the_histories_meet_every_word_that_a_row_may_say(now):
    derived = [golden.derived(**golden.person(history)) for history in range(golden.HISTORIES)]
    rows = [dict(zip(golden.COLUMNS, row, strict=True)) for one in derived for row in one.rows.values()]
    for column in ("status_6m", "status_12m", "status_24m"):
        words = {row[column] for row in rows}
        assert words == {"NOT_YET", "EMPLOYED", "SELF_INSURED", "STUDYING", "NONE_OBSERVED"}
    assert {row["field_match"] for row in rows} == {"MATCHED", "RELATED", "UNRELATED", None}
    assert {row["further_study"] for row in rows} == {True, False}
    assert {row["certifications"] for row in rows} == {0, 1, 2}
    assert None in {row["first_job_on"] for row in rows}
    assert len(now["shown"]) == golden.HISTORIES // golden.SHOWN


def test_every_file_that_the_rules_read_is_named_by_the_view():
    """So a change of any of them is met."""
    program = (
        "import sys\n"
        "from outcomes import golden\n"
        "sys.addaudithook(lambda event, given: event == 'open' and print(given[0]))\n"
        "for history in range(50): golden.derived(**golden.person(history))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", program]
    opened = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.splitlines()
    folder = Path(str(root()))
    read = {str(Path(path).relative_to(folder)) for path in opened if Path(path).is_relative_to(folder)}
    assert "codes/field_match.csv" in read
    assert {file for file in read if not file.endswith(".avsc")} <= set(OUTCOMES.files)
