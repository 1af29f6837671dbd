"""The console on standard output: in a pipe or a file no line ends with blanks."""

import re
import sys
from typing import IO, Any, Final, cast

from rich.console import Console

_PADDING: Final = re.compile(r" +(?=\n)")


class _Unpadded:
    """A text file that leaves out the blanks with which rich fills lines up."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> int:
        self._file.write(_PADDING.sub("", text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def stdout() -> Console:
    """As wide as the terminal; elsewhere as COLUMNS says, or 80 characters."""
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(file=cast("IO[str]", _Unpadded(sys.stdout)), highlight=False)
