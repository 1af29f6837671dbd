"""Compiles, with mypyc, the modules that every record passes through; each lies beside its source, which runs as well.

.venv/bin/python compile.py     # `make install` does this
"""

import os
import sys
from pathlib import Path

from mypyc.build import mypycify
from setuptools import Distribution
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CompileError

MODULES = (
    "standard/identity",
    "standard/binary",
    "standard/encoder",
    "standard/decoder",
    "standard/predicates",
    "standard/admission",
    "standard/quality",
    "standard/coercion",
    "standard/strict_rules",
    "standard/texts",
    "standard/field_checks",
    "standard/projected_fields",
    "standard/projection",
    "standard/strict",
    "standard/cloudevents",
    "publish/message",
    "publish/files/dates",
    "publish/files/values",
    "publish/files/artefacts",
    "publish/files/cells",
    "publish/files/rows",
    "publish/files/repeats",
    "publish/files/importer",
    "engine/intake/topic_reader",
    "engine/core/standing",
    "engine/core/change",
    "engine/core/state",
    "engine/core/folding",
    "engine/store/pgcopy",
    "rebuild/spill",
    "outcomes/outcome",
    "outcomes/field_match",
)
SOURCES = [f"services/saingan/{module}.py" for module in MODULES]


def compile_in_place() -> None:
    """Make an extension beside each source; raises where no C compiler is."""
    # The types of what they import matter little here, and to read all of it would take ten times as long.
    os.environ["MYPYPATH"] = "services"
    given = ["--config-file=", "--follow-imports=skip", *SOURCES]
    for built in Path("services").rglob("*.so"):  # that of a module which is compiled no longer would be imported still
        built.unlink()
    extensions = mypycify(given, group_name="saingan", target_dir="build/mypyc", opt_level="2", debug_level="0")
    distribution = Distribution({"name": "saingan", "package_dir": {"": "services"}, "ext_modules": extensions})
    command = build_ext(distribution)
    command.inplace, command.force, command.build_temp, command.parallel = True, True, "build", True
    command.ensure_finalized()
    command.run()


if __name__ == "__main__":
    try:
        compile_in_place()
    except (BaseError, CompileError, OSError) as error:
        sys.exit(f"not compiled: {error}. Saingan runs, but slower: install a C compiler, then `make install` again.")
