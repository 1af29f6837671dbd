"""What a clerk reads, in Thai and in English: `sentences.yaml` is the one table, this looks it up.

The table has three parts, and each row has ``th`` and ``en``; both say what to do in Excel:

* ``rules``: keyed by `Issue.rule`. Whoever adds a rule adds its row; a test fails otherwise.
* ``faults``: keyed by the code of a `FileFault`, which is about a whole file. ``{words}`` in braces are its details.
* ``labels``: the words of the summary.

To refuse a file: ``raise FileFault("no-headings", within=10)``. A reader does not name the file: `open_table` does.
To refuse a row or a cell: an `Issue` or `UnreadableError` as before; `explained` adds the row, the heading and the
sentence. Its ``advice`` stays English and precise ("must be 33, 39 or 40"). No sentence holds a value, only its shape.
"""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from saingan.errors import Fault
from saingan.standard.issues import Issue


class Sentence(NamedTuple):
    """One row of the table."""

    thai: str
    english: str

    def filled(self, details: dict[str, Any]) -> "Sentence":
        return Sentence(self.thai.format(**details), self.english.format(**details))


class FileFault(Fault):
    """A whole file cannot be read. Its text is a Thai line and an English line.

    Args:
        code: a key of ``faults`` in the table.
        details: what the row names in braces: never a value of a person, but a heading, a line or a sheet.
    """

    def __init__(self, code: str, **details: Any) -> None:
        self.code = code
        self.details = details
        self.sentence = table("faults")[code].filled(details)
        super().__init__("\n".join(self.sentence))

    def of(self, name: str, note: str = "") -> "FileFault":
        """The same fault with the file's name before each line, and a note behind the English one."""
        named = FileFault(self.code, **self.details)
        named.args = ("\n".join(f"{name}: {line}" for line in self.sentence) + note,)
        return named


def explained(issue: Issue, heading: str | None = None, row: int | str | None = None) -> str:
    """A clerk's sentence about one issue of one row, in both languages.

    Args:
        heading: the column's name in the file; None where the file has no such column.
        row: the row in the sheet, or the line in the text file; None where the reader of the sentence sees it.

    Returns:
        ``แถว 12 คอลัมน์ 'มาตรา': <Thai> / <English> section must be 33, 39 or 40 (rule code; found: 2 digits)``
    """
    place = " ".join([*([f"แถว {row}"] if row else []), *([f"คอลัมน์ '{heading}'"] if heading else [])])
    return f"{place}{': ' if place else ''}{in_words(issue.rule)}{issue}"


def in_words(rule: str) -> str:
    """``<Thai> / <English> `` of a rule; nothing where the table lacks it, so that the English advice stands alone."""
    found = table("rules").get(rule)
    return f"{found.thai} / {found.english} " if found else ""


@cache
def table(part: str) -> dict[str, Sentence]:
    """A part of the table: ``rules``, ``faults`` or ``labels``."""
    text = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    return {key: Sentence(row["th"], row["en"]) for key, row in yaml.safe_load(text)[part].items()}
