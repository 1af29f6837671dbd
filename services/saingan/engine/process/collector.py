"""Python's collector of cycles, for a process whose work is batches."""

import gc
from typing import Final

_YOUNG: Final = 2_000_000  # objects made and not freed again, after which it looks by itself: more than a batch holds


def collect_seldom() -> None:
    """Look for cycles seldom, and never again among what is there now.

    A batch makes hundreds of thousands of objects and hardly a cycle; with Python's thresholds, of hundreds, a third of
    a worker's time went into looking.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
