"""`saingan publish` as a process: options, status, and two at once."""

import json
import os
import subprocess
import sys

import pytest
from openpyxl import load_workbook

from saingan.topics import EMPLOYMENT, GRADUATION
from support import exports


def test_the_command_says_a_dry_run_plainly_and_fails_on_refused_rows(tmp_path):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(1), exports.sso(2, exports.WRONG_MONTH)])

    def run(*options):
        words = ["publish", EMPLOYMENT.name, str(path), "--mapping", "sso-insured-employment", "--dry-run", *options]
        command = [sys.executable, "-m", "saingan", *words]
        environment = os.environ | {"SAINGAN_HOME": str(tmp_path / "home")}
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    in_words = run()
    assert (in_words.returncode, in_words.stderr) == (1, "")
    assert in_words.stdout.startswith("ทดลองตรวจเท่านั้น ไม่มีข้อมูลใดถูกส่ง / Dry run: nothing was sent\n")
    as_data = run("--json")
    assert as_data.returncode == 1
    said = json.loads(as_data.stdout)
    assert (said["dry_run"], said["sent"], said["refused"], said["clean"]) == (True, 1, 1, False)
    exports.write_csv(path, [exports.sso(1)])
    assert run().returncode == 0


@pytest.mark.parametrize(("options", "sent"), [(["--sheet", "second"], 1), (["--all-sheets"], 2)])
def test_the_command_reads_the_sheets_that_it_is_told(tmp_path, options, sent):
    path = exports.write_excel(tmp_path / "a.xlsx", [exports.graduation(1)])
    book = load_workbook(path)
    second = book.create_sheet("second")
    for cells in (list(exports.graduation(2)), list(exports.graduation(2).values())):
        second.append(cells)
    book.save(path)

    def run(*more):
        words = ["publish", GRADUATION.name, str(path), "--mapping", "ovec-graduation", "--dry-run", "--json", *more]
        environment = os.environ | {"SAINGAN_HOME": str(tmp_path / "home")}
        command = [sys.executable, "-m", "saingan", *words]
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    assert "--all-sheets" in run().stderr
    assert json.loads(run(*options).stdout)["sent"] == sent


def test_two_commands_on_one_file_both_end_with_its_refused_rows(tmp_path):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(n, exports.WRONG_MONTH) for n in range(1, 500)])
    words = ["publish", EMPLOYMENT.name, str(path), "--mapping", "sso-insured-employment", "--dry-run"]
    command = [sys.executable, "-m", "saingan", *words]
    environment = os.environ | {"SAINGAN_HOME": str(tmp_path / "home")}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment, "text": True}
    both = [subprocess.Popen(command, **pipes) for _ in range(2)]
    assert [(run.communicate()[1], run.returncode) for run in both] == [("", 1), ("", 1)]
    assert len(exports.read_back(tmp_path / "a.csv.refused.csv")) == 499
    assert sorted(file.name for file in tmp_path.glob("a.csv*")) == ["a.csv", "a.csv.refused.csv"]
