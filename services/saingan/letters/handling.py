"""The dead letters as an operator handles them: list, look into, send again (standard, section 10)."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from saingan.engine.intake.sealing import Sealer
from saingan.errors import Fault
from saingan.exchange.delivery import Delivery, Reports
from saingan.exchange.topic_log import Log
from saingan.settings import Settings
from saingan.topics import DEAD_LETTER, TOPICS

_DELIVERY_S = 30


@dataclass(frozen=True)
class DeadLetter:
    """A sealed record that could not be taken in.

    Attributes:
        origin: ``topic/partition/offset``.
        failed_at: ISO 8601, UTC.
        size: bytes of the original value.
    """

    origin: str
    view: str
    reason: str
    detail: str
    failed_at: str
    size: int
    sealed: bytes

    def facts(self) -> dict[str, Any]:
        """All that may be shown to anyone: never content."""
        return {name: value for name, value in vars(self).items() if name != "sealed"}

    @property
    def topic(self) -> str:
        return self.origin.rsplit("/", 2)[0]

    @property
    def partition(self) -> int:
        return int(self.origin.rsplit("/", 2)[1])

    @property
    def place(self) -> tuple[str, int, int]:
        """Topic, partition and offset of the original."""
        return self.topic, self.partition, int(self.origin.rsplit("/", 2)[2])


def dead_letters(settings: Settings) -> list[DeadLetter]:
    """All that stand in the topic, in order of arrival. What was replayed is gone.

    Raises:
        Transient: the broker does not answer.
    """
    letters: dict[str, DeadLetter] = {}
    with Log(settings) as log:
        for message in log.read(DEAD_LETTER.name, *log.bounds(DEAD_LETTER.name)):
            origin = (message.key or b"").decode()
            letters.pop(origin, None)
            if message.value is not None:
                facts: dict[str, Any] = {name: (value or b"").decode() for name, value in message.headers}
                shown = {name: facts[name] for name in ("view", "reason", "detail", "failed_at")}
                letters[origin] = DeadLetter(origin, size=int(facts["size"]), sealed=message.value, **shown)
    return list(letters.values())


def standing(settings: Settings, origins: Collection[str] = ()) -> list[DeadLetter]:
    """The letters of these origins, all where none is given. Raises `Fault` where one of them is unknown."""
    waiting = dead_letters(settings)
    if unknown := set(origins) - {letter.origin for letter in waiting}:
        raise Fault(f"no dead letter of origin {', '.join(sorted(unknown))}: `saingan dead-letters list` shows all")
    return [letter for letter in waiting if not origins or letter.origin in origins]


def replay(
    settings: Settings, origins: Collection[str], sent: Callable[[DeadLetter], None] = lambda _letter: None
) -> int:
    """Send the original bytes to their topics again, and take the letters out; how many.

    What still cannot be taken in comes back as a new letter.

    Args:
        origins: of the letters to replay; all where none is given.

    Raises:
        Fault: the private key is not at hand, or an origin is unknown.
        Transient: the broker did not take all of it; what it took is gone from the letters.
    """
    sealer = Sealer.from_file(settings.private_key_file)
    wanted = standing(settings, origins)
    for letter in _delivered(settings, sealer, wanted):
        sent(letter)
    return len(wanted)


def _delivered(settings: Settings, sealer: Sealer, letters: Collection[DeadLetter]) -> Iterator[DeadLetter]:
    """Deliver each original, then its tombstone: a crash between the two repeats a change, which alters nothing."""
    delivery = Delivery(settings, Reports(_DELIVERY_S, "replay again"))
    for letter in letters:
        if letter.topic not in TOPICS:
            raise Fault(f"{letter.origin}: {letter.topic} is not a topic of this exchange")
        key, value, headers = sealer.open(letter.sealed)
        delivery.put(settings.wire(letter.topic), key, value, headers, letter.partition)
        delivery.flush()
        delivery.put(settings.wire(DEAD_LETTER.name), letter.origin.encode(), None)
        delivery.flush()
        yield letter
