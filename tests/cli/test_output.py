"""What a command found is printed whole: for people at any width, for pipes, for programs."""

import os
import subprocess

import pytest

from cli.terminal import on_terminal, python

ORIGIN = "sso.insured-employment.v1/3/1234567"
URL = "http://registry.example.internal:18085/apis/ccompat/v7"
PATH = "/srv/exchange/a-folder-of-a-long-name/" + "x" * 60
DETAIL = f"the file {PATH} cannot be read by the one who runs this command"
PROGRAM = f"""
from saingan.cli.output import mark, print_rows
print_rows(("", "check", "finding", "fix"), [
    (mark(False), {ORIGIN!r}, {DETAIL!r}, ""),
    (mark(True), "registry", {URL!r}, ""),
])
"""
ENV = {"PATH": os.environ["PATH"]}


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 140, 250])
def test_no_origin_url_or_path_is_cut_or_broken_on_a_terminal_of_any_width(columns):
    status, shown = on_terminal(python(PROGRAM), ENV, columns)
    assert status == 0
    for value in (ORIGIN, URL, PATH):
        assert [line for line in shown.splitlines() if value in line], shown
    assert "…" not in shown


def test_rows_that_fit_stand_in_a_table_and_others_as_one_value_a_line():
    wide, narrow = (on_terminal(python(PROGRAM), ENV, columns)[1] for columns in (250, 80))
    assert [word for word in ("check", "finding", "fix") if word in wide.splitlines()[0]] == ["check", "finding", "fix"]
    assert narrow.splitlines()[0] == f"!! {ORIGIN}"
    assert f"    finding  {URL}" in narrow.splitlines()


def test_in_a_pipe_a_row_is_a_line_with_tabs_between_its_values():
    shown = subprocess.run(python(PROGRAM), env=ENV, capture_output=True, text=True, check=True).stdout
    assert shown == f"!!\t{ORIGIN}\t{DETAIL}\t\nok\tregistry\t{URL}\t\n"


def test_a_value_of_several_lines_stays_in_its_row():
    program = "from saingan.cli.output import print_rows; print_rows(('a', 'b'), [('x', 'one\\ntwo\\tthree')])"
    shown = subprocess.run(python(program), env=ENV, capture_output=True, text=True, check=True).stdout
    assert shown == "x\tone two three\n"
