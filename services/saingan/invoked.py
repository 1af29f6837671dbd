"""How this command is called from here."""

import os
import shutil
import sys
from pathlib import Path


def invoked() -> str:
    """``saingan`` where the shell finds the one that runs, else its path."""
    mine = Path(sys.executable).with_name("saingan")
    found = shutil.which("saingan")
    return "saingan" if found and Path(found).resolve() == mine.resolve() else os.path.relpath(mine)
