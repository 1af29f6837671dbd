"""A command on a terminal of a given width, and in a pipe."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence

_COLOURS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def on_terminal(command: Sequence[str], env: Mapping[str, str], columns: int, **options) -> tuple[int, str]:
    """Exit status and what the terminal got, of both streams, without its colours."""
    ours, theirs = pty.openpty()
    env = {**env, "COLUMNS": str(columns), "LINES": "50", "TERM": "xterm-256color"}
    process = subprocess.Popen(command, env=env, stdin=theirs, stdout=theirs, stderr=theirs, **options)
    os.close(theirs)
    said = b""
    while part := _read(ours):
        said += part
    os.close(ours)
    return process.wait(60), _COLOURS.sub("", said.decode().replace("\r\n", "\n"))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux's way to say that no one writes to it any more
        return b""


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]
