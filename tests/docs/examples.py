"""The agency files in ``examples/``: ``python -m docs.examples`` writes them."""

from datetime import date
from pathlib import Path
from typing import Final

from docs.markdown import ROOT
from saingan.demo.exports import Export, Exports
from saingan.demo.population import changes, everyone

EXAMPLES: Final = ROOT / "examples"
_SEED: Final = 2569
_GRADUATES: Final = 12
_TODAY: Final = date(2026, 6, 1)


def write(folder: Path) -> list[Export]:
    """Export files of a dozen graduates, one of each shipped mapping."""
    with Exports(folder, _SEED) as exports:
        for chance, someone in everyone(_SEED, _GRADUATES, _TODAY):
            for change in changes(chance, someone, _TODAY):
                exports.add(change)
    return exports.files


if __name__ == "__main__":
    write(EXAMPLES)
