"""On what, and with what, was measured."""

import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from sqlalchemy import create_engine, text

from java import PROJECT
from place import Place
from saingan.local.parts import recipe

_PACKAGES: Final = ("aiokafka", "confluent-kafka", "fastavro", "faust-streaming", "psycopg", "sqlalchemy")
_JARS: Final = {"kafka": "Kafka", "flink": "Flink", "postgresql": "PostgreSQL JDBC", "avro": "Avro for Java"}
_POMS: Final = (recipe() / "pom.xml", PROJECT / "pom.xml")


def about(place: Place) -> dict[str, str]:
    """Names and versions; nothing that names the host."""
    engine = create_engine(place.postgres)
    with engine.connect() as connection:
        postgres = connection.execute(text("SHOW server_version")).scalar_one()
    engine.dispose()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processors": f"{os.cpu_count()} x {_processor()}, shared",
        "memory": f"{memory / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "Python": f"{platform.python_version()} ({os.path.realpath(sys.executable)})",  # builds differ by a fifth
        "Java": _java(),
        "PostgreSQL": str(postgres).split()[0],
        **{named: number for pom in _POMS for name, number in _properties(pom).items() if (named := _JARS.get(name))},
        **{name: version(name) for name in _PACKAGES},
    }


def loop_ms() -> float:
    """What a plain loop of Python takes, the best of ten: a shared machine is fast one day and slow the next."""
    return min(_timed_loop() for _ in range(10)) * 1000


def ticks() -> list[int]:
    """Of all processors since the machine's start: user, nice, system, idle, iowait, irq, softirq, steal."""
    return list(map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]))


def stolen_since(before: list[int]) -> float:
    """The share of the processors' time that others on the host took since these ticks."""
    passed = [now - then for now, then in zip(ticks(), before, strict=True)]
    return passed[-1] / sum(passed)


def commit() -> str:
    """What was measured."""
    changed = _git("status", "--porcelain", "-uno", "--", ":!../docs")  # the report itself changes docs
    return _git("rev-parse", "--short", "HEAD") + (" with changes" if changed else "")


def _timed_loop() -> float:
    began = time.perf_counter()
    for _ in range(1_000_000):
        pass
    return time.perf_counter() - began


def _processor() -> str:
    models = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return models[0].partition(":")[2].strip() if models else platform.machine()


def _java() -> str:
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    return said.partition('"')[2].partition('"')[0]


def _properties(pom: Path) -> dict[str, str]:
    """The versions that a Maven project names."""
    tags = {element.tag.rpartition("}")[2]: element.text for element in ElementTree.parse(pom).iter()}
    return {name.removesuffix(".version"): value or "" for name, value in tags.items() if name.endswith(".version")}


def _git(*arguments: str) -> str:
    folder = Path(__file__).parent
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False).stdout.strip()
