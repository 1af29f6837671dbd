"""Whom to erase: asked for on standard input, where no list of processes and no shell's history shows it."""

import re
import sys
from collections.abc import Iterable
from getpass import getpass

from saingan.errors import Fault
from saingan.exchange.require import require
from saingan.settings import Settings
from saingan.standard import identity
from saingan.topics import SETTINGS

_PERSON_KEY = re.compile("[0-9a-f]{32}")


def persons(settings: Settings) -> frozenset[str]:
    """The person keys of those named on standard input, one a line: asked for without echo on a terminal."""
    lines = [getpass("citizen ID (not shown): ")] if sys.stdin.isatty() else sys.stdin.read().splitlines()
    found = person_keys(settings, [line.strip() for line in lines if line.strip()])
    if not found:
        raise Fault("no one is named: give citizen IDs or person keys on standard input, one a line")
    return found


def only(named: frozenset[str]) -> str:
    """The person key, where one person is named. Raises `Fault` where several are."""
    if len(named) > 1:
        raise Fault("a record has one person: give one citizen ID or person key")
    (person,) = named
    return person


def person_keys(settings: Settings, lines: Iterable[str]) -> frozenset[str]:
    """Person keys of citizen IDs; what is a person key already needs no pseudonym key.

    Raises:
        Fault: a line is neither, or there is no pseudonym key, or it is not the exchange's: it would find no one.
    """
    found, secret = set(), None
    for number, line in enumerate(lines, 1):
        digits = identity.normalise_citizen_id(line)
        if _PERSON_KEY.fullmatch(line):
            found.add(line)
        elif identity.is_citizen_id(digits):
            secret = secret or _secret(settings)
            found.add(identity.person_key(secret, digits))
        else:
            raise Fault(f"line {number} is neither a citizen ID with a right check digit nor a person key")
    return frozenset(found)


def _secret(settings: Settings) -> bytes:
    require(settings, (SETTINGS,))  # which holds the key against the exchange's
    secret = settings.pseudonym_secret()
    if secret is None:
        raise Fault("a citizen ID needs the pseudonym key: set SAINGAN_PSEUDONYM_KEY, or give the person key")
    return secret
