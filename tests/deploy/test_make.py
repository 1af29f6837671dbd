"""What `make install` says while it works, without doing it."""

import shutil
import subprocess
from pathlib import Path

import pytest

import saingan

ROOT = Path(saingan.__file__).parents[2]


def steps(folder, goal):
    for name in ("Makefile", "compile.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "services").symlink_to(ROOT / "services")
    asked = subprocess.run(["make", "-n", goal], cwd=folder, capture_output=True, text=True, check=True)
    # Below another make, as in `make test`, it also says which folder it enters and leaves.
    return [line.strip() for line in asked.stdout.splitlines() if not line.startswith("make[")]


@pytest.mark.parametrize("long", ["-m venv", "requirements.lock", "compile.py"])
def test_a_line_comes_before_each_long_step(tmp_path, long):
    done = [line for line in steps(tmp_path, "install") if not line.startswith("touch")]
    at = next(number for number, line in enumerate(done) if long in line and not line.startswith("echo"))
    assert done[at - 1].startswith("echo")


def test_the_next_step_is_named_with_a_path_that_works_where_install_was_asked_for(tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    assert steps(tmp_path, "install")[-1].startswith("echo 'Next: .venv/bin/saingan up ")
    assert not [line for line in steps(other, "lint") if "Next:" in line]
