"""The peers that run on the JVM, each built by Maven once a folder."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parent / "jvm"
KAFKA_STREAMS: Final = "kafka-streams"
FLINK: Final = "flink"

Programs = Mapping[str, str]  # the class path of each engine's program


def build(folder: Path, offline: bool) -> Programs:
    """Compile each; without those that need what is not here while nothing may be fetched, or any without Maven."""
    maven = shutil.which("mvn")
    if maven is None:
        return {}
    built = {engine: _build(maven, engine, folder, offline) for engine in (KAFKA_STREAMS, FLINK)}
    return {engine: path for engine, path in built.items() if path is not None}


def _build(maven: str, engine: str, folder: Path, offline: bool) -> str | None:
    classes, jars = folder / engine, folder / f"{engine}.classpath"
    command = [maven, "-q", "-B", f"-P{engine}", *(["-o"] if offline else []), "compile"]
    built = subprocess.run(
        [*command, f"-Dclasses={classes}", f"-Dclasspath={jars}"],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        if offline:
            return None
        raise SystemExit(f"Maven cannot build {PROJECT} for {engine}: {built.stdout[-2000:]}")
    return os.pathsep.join([str(classes), jars.read_text().strip()])
