"""Two sets of rows compared, without saying whose they are. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from saingan.verify.check import Row, RowKey

MISSING: Final = "missing"
EXTRA: Final = "extra"
DIFFERING: Final = "differing"


class Difference(NamedTuple):
    """One row on which two sides disagree.

    Attributes:
        side: what was compared with the standard or the table: ``table`` or ``topic``.
        kind: `MISSING`, `EXTRA` or `DIFFERING`.
        columns: names of the columns that differ; none for a row that stands on one side only.
    """

    side: str
    kind: str
    key: RowKey
    columns: tuple[str, ...]

    @property
    def digest(self) -> str:
        """The key in a form that names no one: the first 12 hex characters of its SHA-256."""
        return hashlib.sha256("/".join(self.key).encode()).hexdigest()[:12]


def differences(
    side: str, columns: Sequence[str], expected: Mapping[RowKey, Row], found: Mapping[RowKey, Row | None]
) -> Iterator[Difference]:
    """Where ``found`` is not as ``expected``, in key order; a found None is a row that cannot be read."""
    for key in sorted(expected.keys() | found.keys()):
        if key not in found:
            yield Difference(side, MISSING, key, ())
        elif key not in expected:
            yield Difference(side, EXTRA, key, ())
        elif found[key] != expected[key]:
            yield Difference(side, DIFFERING, key, _differing(columns, expected[key], found[key]))


def fingerprint(rows: Mapping[RowKey, Row | None]) -> str:
    """SHA-256 over all rows in key order, each as one line of JSON."""
    sha = hashlib.sha256()
    for key in sorted(rows):
        line = json.dumps(rows[key], ensure_ascii=False, separators=(",", ":"), default=bytes.hex)
        sha.update(line.encode() + b"\n")
    return sha.hexdigest()


def _differing(columns: Sequence[str], expected: Row, found: Row | None) -> tuple[str, ...]:
    if found is None:
        return tuple(columns)
    return tuple(name for name, ours, theirs in zip(columns, expected, found, strict=True) if ours != theirs)
