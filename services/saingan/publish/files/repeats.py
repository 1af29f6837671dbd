"""Whether a file names one version of one record twice, with other content: one of the two is ignored by every reader.

Memory is bounded: a table of fixed size keeps a fingerprint of each change, and a later one takes the place of an
earlier one with the same slot. So a file of up to a hundred thousand rows is compared almost whole; of a longer one
repeats that lie near each other are found. What is found is always true, but for one chance in 2**60.
"""

from array import array
from collections.abc import Mapping
from typing import Any, Final, final

from saingan.standard.issues import Issue

_SLOTS: Final = 1 << 17
_ADVICE: Final = "stands twice in this file, with one version and other content: a correction needs a higher one"


@final
class Repeats:
    """The changes of one file. 2 MiB."""

    def __init__(self) -> None:
        self._seen = array("q", [0]) * (2 * _SLOTS)  # of each slot a change, then its content

    def found(self, record: Mapping[str, Any], citizen_id: str | None) -> tuple[Issue, ...]:
        """The warning about a record; nothing the first time, and where it says the same again."""
        change = hash((record["record_id"], record["record_version"], record["change"]))
        content = hash((citizen_id, *record.values()))
        seen, at = self._seen, change % _SLOTS * 2
        known, before = seen[at], seen[at + 1]
        seen[at], seen[at + 1] = change, content
        if known != change or before == content:
            return ()
        return (Issue("record_id", "repeated", "the same twice", _ADVICE),)
