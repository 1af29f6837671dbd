"""Dead letters about those to be forgotten: they are sealed, but their origins say where they come from."""

from typing import NamedTuple

from joserfc.errors import JoseError

from saingan.engine.intake.sealing import Sealer
from saingan.erase.aim import Subject, name
from saingan.erase.scan import Found, Scan
from saingan.errors import Fault
from saingan.letters.handling import DeadLetter, dead_letters
from saingan.settings import Settings


class Letters(NamedTuple):
    """
    Attributes:
        ours: those to go.
        unopened: how many might be: they cannot be opened here, and their originals are gone from the topics.
    """

    ours: list[DeadLetter]
    unopened: int


def belonging(settings: Settings, scan: Scan, found: Found) -> Letters:
    """The letters whose originals were met in the topics, and those that the private key opens and that say so.

    Raises:
        Transient: the broker does not answer.
    """
    key = settings.private_key_file
    sealer = Sealer.from_file(key) if key.exists() else None
    ours, unopened = [], 0
    for letter in dead_letters(settings):
        if letter.place in found.others:
            continue
        told = letter.place in found.origins or _tells(sealer, letter, scan, found)
        if told:
            ours.append(letter)
        unopened += told is None
    return Letters(ours, unopened)


def naming(settings: Settings, topic: str, record_id: str) -> set[Subject]:
    """The records of that id that letters name in their keys, of those letters that the private key opens."""
    key = settings.private_key_file
    if not key.exists():
        return set()
    sealer, found = Sealer.from_file(key), set()
    for letter in dead_letters(settings):
        named = name(_key(sealer, letter)) if letter.topic == topic else None
        if named is not None and named.record_id == record_id:
            found.add(named.of(topic))
    return found


def _key(sealer: Sealer, letter: DeadLetter) -> bytes | None:
    try:
        return sealer.open(letter.sealed)[0]
    except (JoseError, Fault):
        return None


def _tells(sealer: Sealer | None, letter: DeadLetter, scan: Scan, found: Found) -> bool | None:
    """Whether a dead letter is about those to be forgotten; None where it cannot be opened."""
    if sealer is None:
        return None
    try:
        key, value, _ = sealer.open(letter.sealed)
    except (JoseError, Fault):  # sealed to another key, or too large to be kept: then its origin decides
        return None
    return found.aim.meets(letter.topic, key, value or b"", lambda: scan.read(letter.topic, key, value))
