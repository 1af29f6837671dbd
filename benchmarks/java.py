"""The Kafka Streams program, built by Maven once a folder."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parent / "kafka_streams"


@dataclass(frozen=True)
class Program:
    """A class path that holds it."""

    classpath: str


def build(folder: Path, offline: bool) -> Program | None:
    """Compile it; None where there is no Maven, or not all that it needs and nothing may be fetched."""
    maven = shutil.which("mvn")
    if maven is None:
        return None
    classes, jars = folder / "kafka-streams", folder / "kafka-streams.classpath"
    command = [maven, "-q", "-B", *(["-o"] if offline else []), "compile"]
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
        raise SystemExit(f"Maven cannot build {PROJECT}: {built.stdout[-2000:]}")
    return Program(os.pathsep.join([str(classes), jars.read_text().strip()]))
