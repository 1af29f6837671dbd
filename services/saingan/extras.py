"""The parts of an installation: an agency's is small, and a command that needs more says which extra has it."""

import sys
from importlib.util import find_spec
from typing import Final

MODULES: Final = {
    "worker": ("aiokafka", "cramjam", "faust", "librt", "prometheus_client", "psycopg", "sqlalchemy"),
    "demo": ("stdnum",),
}


def installed(extra: str) -> bool:
    """Whether all modules of an extra are there; none is imported."""
    # A module that is loaded may have no spec: Faust puts another object in its own place.
    return all(module in sys.modules or find_spec(module) is not None for module in MODULES[extra])


def advice(error: ModuleNotFoundError) -> str | None:
    """What to install where a module is missing that an extra has; None for any other module."""
    missing = (error.name or "").partition(".")[0]
    extra = next((extra for extra, modules in MODULES.items() if missing in modules), None)
    return extra and f"this needs the extra `{extra}`, which is not installed: pip install 'saingan[{extra}]'"
