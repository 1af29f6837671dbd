"""The command line: every command explains itself; what goes wrong is one line and a status, never a traceback."""

import os
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from saingan.cli import app
from saingan.settings import Settings
from support.readings import OBSERVED_ON
from support.servers import free_ports


def paths(command, path=()):
    """Every command, by the words that call it."""
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from paths(inner, (*path, name))


COMMANDS = list(paths(typer.main.get_command(app)))


@pytest.fixture
def run(tmp_path):
    """Run `saingan` in a process of its own, with nothing of an exchange about it."""
    nowhere = f"127.0.0.1:{free_ports(1)}"
    empty = {
        "PATH": os.environ["PATH"],
        "SAINGAN_HOME": str(tmp_path / "home"),
        "SAINGAN_KAFKA": nowhere,
        "SAINGAN_REGISTRY": f"http://{nowhere}",
    }

    def run(*words, **environment):
        command = [sys.executable, "-m", "saingan", *words]
        return subprocess.run(
            command, env=empty | environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
        )

    return run


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(words):
    shown = CliRunner().invoke(app, [*words, "--help"])
    assert shown.exit_code == 0
    assert shown.output.startswith("Usage: ")
    assert len(shown.output.splitlines()) > 3


def test_the_commands_are_those_that_the_readme_names():
    assert {" ".join(words) for words in COMMANDS} >= {
        "up",
        "down",
        "status",
        "doctor",
        "publish",
        "worker",
        "verify",
        "dead-letters list",
        "dead-letters show",
        "dead-letters replay",
        "erase",
        "demo",
    }


def test_the_module_runs_like_the_command(run):
    assert run("--help").stdout.startswith("Usage: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("worker", "outcomes"), "no Kafka broker answers at 127.0.0.1:"),
        (("worker", "outcomes", "--stream", "no.such.v1"), "no.such.v1: not a stream of outcomes"),
        (("verify",), "the store does not exist yet: run `saingan worker` first"),
        (("publish", "no.such.v1", "file.csv"), "`no.such.v1` is not a topic that agencies publish to"),
        (("publish", "sso.insured-employment.v1", "absent.csv"), "There is no file absent.csv"),
        (("dead-letters", "replay"), "`saingan up` makes a local pair"),
        (("dead-letters", "list"), "the broker does not answer"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_what_goes_wrong_is_told_on_standard_error_with_status_1(run, words, said):
    """In one line; what concerns an agency's file has a Thai line before the English one."""
    ended = run(*words)
    assert (ended.returncode, ended.stdout) == (1, "")
    first, *further = ended.stderr.splitlines()
    assert first.startswith("saingan: ")
    assert len(further) == (words[-1] == "absent.csv")
    assert said in [first, *further][-1]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("nonsense", "SAINGAN_DATABASE is not an address"),
        ("mysql://user:secret@127.0.0.1/x", "SAINGAN_DATABASE names a mysql database"),
        ("postgresql://user:secret@127.0.0.1:1/x", "the database does not answer"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line_without_its_password(run, address, said):
    ended = run("verify", SAINGAN_DATABASE=address)
    (line,) = ended.stderr.splitlines()
    assert ended.returncode == 1
    assert said in line
    assert "secret" not in line


def test_a_setting_that_is_wrong_is_named_by_its_variable_without_its_value(run):
    wrong = {
        "SAINGAN_PSEUDONYM_KEY": "not-64-hex",
        "SAINGAN_OBSERVED_ON": "yesterday",
        "SAINGAN_REJECTION_LIMIT": "7",
        "SAINGAN_METRICS_PORT": "many",
        "SAINGAN_LOG_LEVEL": "LOUD",
    }
    ended = run("status", **wrong, SAINGAN_COMPLETE_THROUGH=OBSERVED_ON)
    assert (ended.returncode, ended.stdout) == (2, "")
    lines = ended.stderr.splitlines()
    assert [line.split(":")[:2] for line in lines] == [["saingan", f" {name}"] for name in sorted(wrong, key=order)]
    assert "not-64-hex" not in ended.stderr


def order(name):
    """Of the fields in `Settings`."""
    return list(Settings.model_fields).index(name.removeprefix("SAINGAN_").lower())


@pytest.mark.parametrize(
    "words", [("nonsense",), ("publish",), ("worker", "nothing"), ("demo", "--graduates", "1")], ids=" ".join
)
def test_a_command_that_is_wrong_says_how_it_is_called_and_ends_with_status_2(words):
    ended = CliRunner().invoke(app, words)
    assert ended.exit_code == 2
    assert ended.stderr.startswith("Usage: ")


def test_a_reader_that_has_gone_is_no_error_of_ours(run, tmp_path):
    command = f"{sys.executable} -m saingan --help | true"
    ended = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in ended.stderr
