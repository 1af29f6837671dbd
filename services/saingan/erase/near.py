"""Names near a record id that nobody knows, for the one who mistyped it."""

import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

from saingan.standard.identity import is_citizen_id, normalise_citizen_id

_NEAREST: Final = 3
_NUMBER: Final = re.compile(r"(?<!\d)\d(?:[\s-]?\d){12}(?!\d)")  # of any script
_MASK: Final = "x-xxxx-xxxxx-xx-x"


def nearest(record_id: str, known: Collection[str]) -> list[str]:
    """The record ids that are most like it, the nearest first, fit to be shown."""
    return [masked(one) for one in get_close_matches(record_id, known, _NEAREST)]


def masked(record_id: str) -> str:
    """A record id without the citizen ID that may be in it: some registries send one although none may be."""

    def mask(found: re.Match[str]) -> str:
        return _MASK if is_citizen_id(normalise_citizen_id(found[0])) else found[0]

    return _NUMBER.sub(mask, record_id)
