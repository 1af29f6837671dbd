"""What an agency's own program imports, also on Windows."""

import json
import subprocess
import sys

import pytest

from saingan import publish
from support import exports

POSIX_ONLY = ("fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty")
WITHOUT = f"""
import sys

class Windows:
    def find_spec(self, name, path=None, target=None):
        if name in {POSIX_ONLY!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

for name in {POSIX_ONLY!r}:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Windows())
"""


def run(program, *arguments):
    command = [sys.executable, "-c", WITHOUT + program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_all_that_a_program_needs_is_in_one_place():
    assert set(publish.__all__) == {
        "Delivery",
        "Fault",
        "Issue",
        "Publisher",
        "Refused",
        "Summary",
        "Transient",
        "print_summary",
        "publish_file",
    }
    assert all(hasattr(publish, name) for name in publish.__all__)


@pytest.mark.parametrize("name", ["fcntl", "pwd", "resource", "termios"])
def test_the_blockade_holds(name):
    assert "ModuleNotFoundError" in run(f"import {name}").stderr


def test_a_publisher_is_imported_where_there_is_only_what_windows_has():
    assert run("from saingan.publish import Publisher, publish_file; print('there')").stdout == "there\n"


def test_a_file_is_checked_where_there_is_only_what_windows_has(tmp_path):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(1)])
    program = "import saingan.cli; saingan.cli.main()"
    given = ["sso.insured-employment.v1", path, "--mapping", "sso-insured-employment"]
    ran = run(program, "publish", *given, "--dry-run", "--json")
    assert ran.returncode == 0, ran.stderr
    summary = json.loads(ran.stdout)
    assert (summary["sent"], summary["refused"]) == (1, 0)


def test_the_local_exchange_says_that_it_does_not_run_there(tmp_path):
    program = (
        "from pathlib import Path; from saingan import local; from saingan.settings import Settings;"
        "local.start(Settings(home=Path(sys.argv[1])))"
    )
    assert "Fault: the local exchange needs Linux or macOS" in run(program, tmp_path).stderr
