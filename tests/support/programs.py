"""Programs of an agency's own, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from saingan.settings import Settings

_TESTS = Path(__file__).parents[1]
_PRELUDE = """
import multiprocessing, os, sys
from support import make
from saingan.publish import Publisher
from saingan.settings import Settings

def send(publisher, *numbers):
    for number in numbers:
        record = make.employment(record_id=f"S-{number}", person_key=None)
        publisher.publish("sso.insured-employment.v1", record, citizen_id=make.citizen_id(number))

def of_its_own(*numbers):
    send(Publisher(Settings()), *numbers)

def left(publisher):
    global kept
    kept = publisher
"""


def run(settings: Settings, program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program against an exchange, and wait until it ends. Raises where it does not within a minute."""
    file = folder / "program.py"
    file.write_text(f"{_PRELUDE}\nif __name__ == '__main__':\n" + _indented(program), encoding="utf-8")
    secret = settings.pseudonym_key
    assert secret is not None
    given = {
        "SAINGAN_HOME": str(settings.home),
        "SAINGAN_KAFKA": settings.bootstrap,
        "SAINGAN_REGISTRY": settings.registry_url,
        "SAINGAN_TOPIC_PREFIX": settings.topic_prefix,
        "SAINGAN_PSEUDONYM_KEY": secret.get_secret_value(),
        "PYTHONPATH": str(_TESTS),
    }
    return subprocess.run(
        [sys.executable, file], env={**os.environ, **given}, capture_output=True, text=True, timeout=60, check=False
    )


def _indented(program: str) -> str:
    return "".join(f"    {line}\n" for line in dedent(program).strip().splitlines())
