"""What a command says of itself: at once, whole at 80 columns, and right."""

import os
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cli.test_commands import COMMANDS
from saingan.cli import app
from saingan.publish.files.mapping.mapping import shipped
from saingan.topics import SETTINGS, TOPICS

HEAVY = {"aiokafka", "confluent_kafka", "faust", "fastavro", "joserfc", "psycopg", "sqlalchemy"}
LEAVES = [words for words in COMMANDS if words not in ((), ("dead-letters",))]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_needs_no_client_of_a_broker_or_a_database(words):
    program = (
        "import sys\n"
        "from saingan.cli import app\n"
        "try:\n"
        f"    app({[*words, '--help']!r})\n"
        "finally:\n"
        "    print(*sys.modules, file=sys.stderr)\n"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("Usage: ")
    assert "saingan.cli" in shown.stderr.split()
    assert not HEAVY & set(shown.stderr.split())


def help_of(*words):
    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "80"})
    assert shown.exit_code == 0
    return shown.output


@pytest.mark.parametrize("words", [words for words in COMMANDS if words not in LEAVES])
def test_a_list_of_commands_cuts_no_sentence_at_80_columns(words):
    _, commands = help_of(*words).split("Commands:\n")
    lines = commands.splitlines()
    assert lines
    assert [line for line in lines if not line.endswith(".") or line.endswith("..") or len(line) > 80] == []


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_has_examples_that_can_be_called(words):
    _, after = help_of(*words).split("  Examples:\n")
    lines = [line.strip() for line in after.split("\n\n")[0].replace("\\\n", "").splitlines()]
    assert lines
    for line in lines:
        called = shlex.split(line.partition("saingan ")[2].partition(" < ")[0])
        command = get_command(app)
        for word in words:
            assert called.pop(0) == word, line
            command = command.commands[word]
        command.make_context("saingan", called)


def test_the_topics_and_the_mappings_that_are_shipped_are_those_of_the_help():
    shown = help_of("publish").split()
    assert {name for name, topic in TOPICS.items() if topic.registry} < set(shown)
    assert set(shipped()) < set(shown)
    assert SETTINGS.name not in shown


def test_the_version_is_the_one_that_is_installed():
    assert CliRunner().invoke(app, ["--version"]).output == f"saingan {metadata.version('saingan')}\n"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("saingan dead", "dead-letters"),
        ("saingan publish sso.", "sso.insured-employment.v1"),
        ("saingan publish sso.insured-employment.v1 file.csv --mapping sso", "sso-insured-employment"),
    ],
)
def test_a_shell_completes_commands_topics_and_mappings(typed, offered):
    asked = {"_SAINGAN_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    command = Path(sys.executable).with_name("saingan")
    shown = subprocess.run([command], env=os.environ | asked, capture_output=True, text=True, check=False)
    assert offered in shown.stdout.split()
