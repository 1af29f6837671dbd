"""What reports are printed on."""

import os
import subprocess

from cli.terminal import on_terminal, python

PROGRAM = """
from rich.padding import Padding
from saingan.console import stdout
out = stdout()
out.print(Padding("a word", (0, 0, 0, 2)))
out.print("so many words, 12 of them", style="bold")
"""


def test_in_a_pipe_no_line_ends_with_blanks():
    env = {"PATH": os.environ["PATH"]}
    shown = subprocess.run(python(PROGRAM), env=env, capture_output=True, text=True, check=True).stdout
    assert shown == "  a word\nso many words, 12 of them\n"


def test_on_a_terminal_the_words_are_the_same():
    status, shown = on_terminal(python(PROGRAM), {"PATH": os.environ["PATH"]}, columns=80)
    assert status == 0
    assert [line.rstrip() for line in shown.splitlines()] == ["  a word", "so many words, 12 of them"]
