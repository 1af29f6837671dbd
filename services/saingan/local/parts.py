"""Where the servers come from: Java is this machine's, the rest Maven Central's, by ``deploy/local/pom.xml``."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from saingan.errors import Fault

JAVA_NEEDED = 17
JAVA_REMEDY = (
    f"install Java {JAVA_NEEDED} or later, e.g. `apt install openjdk-17-jre-headless`, and put it first in PATH"
)
MAVEN_REMEDY = "install Maven, e.g. `apt install maven`: it fetches Kafka and the registry, once"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Parts:
    """What a server's command line is made of."""

    java: str
    kafka_classpath: str
    registry_jar: Path


def recipe() -> Path:
    """The folder of ``pom.xml`` and the servers' settings: in an installed wheel, else in the checkout."""
    packaged = Path(__file__).parents[1] / "_deploy" / "local"
    return packaged if packaged.exists() else Path(__file__).parents[3] / "deploy" / "local"


def find(name: str, env: Mapping[str, str]) -> str | None:
    """A program's path."""
    return shutil.which(name, path=env.get("PATH", os.defpath))


def java_version(java: str) -> int:
    """The major version; 0 where the program does not say one."""
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else 0


def cached(java: str, env: Mapping[str, str]) -> Parts | None:
    """The parts, where Maven has fetched them already and all are still there."""
    folder = _folder(env)
    note = folder / "classpath"
    runner = next((folder / "registry").glob("*-runner.jar"), None)
    if runner is None or not note.exists():
        return None
    classpath = note.read_text().strip()
    whole = all(Path(jar).exists() for jar in classpath.split(os.pathsep))
    return Parts(java, classpath, runner) if whole else None


def obtain(say: Say, env: Mapping[str, str] = os.environ) -> Parts:
    """The parts, fetched if need be. Raises `Fault` where Java or Maven is missing, or Maven fails."""
    java = find("java", env)
    if java is None or java_version(java) < JAVA_NEEDED:
        raise Fault(f"{'no Java' if java is None else 'an older Java'} was found: {JAVA_REMEDY}")
    if parts := cached(java, env):
        return parts
    maven = find("mvn", env)
    if maven is None:
        raise Fault(f"Maven was not found: {MAVEN_REMEDY}")
    say("fetching Apache Kafka and Apicurio Registry with Maven (about 170 MB, once)")
    _fetch(maven, _folder(env))
    if parts := cached(java, env):
        return parts
    raise Fault(f"Maven brought something else than {recipe() / 'pom.xml'} names; remove {_folder(env)} and try again")


def _folder(env: Mapping[str, str]) -> Path:
    """Outside every checkout, so that all of them share one download."""
    cache = Path(env.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "saingan" / f"parts-{hashlib.sha256((recipe() / 'pom.xml').read_bytes()).hexdigest()[:12]}"


def _fetch(maven: str, folder: Path) -> None:
    """Into a folder beside, renamed when whole: an interrupted download is never taken for the parts."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        fresh = Path(beside) / "parts"
        command = [maven, "-B", "-ntp", "-f", str(recipe() / "pom.xml"), "generate-resources", f"-Dparts={fresh}"]
        ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if ran.returncode:
            errors = [line for line in ran.stdout.splitlines() if line.startswith("[ERROR]")][:3]
            raise Fault(
                "Maven could not fetch the local servers:\n" + "\n".join(errors or ran.stdout.splitlines()[-5:])
            )
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
