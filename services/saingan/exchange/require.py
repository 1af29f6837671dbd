"""What a worker or a publisher makes sure of before it begins, within seconds."""

from collections.abc import Iterable

from saingan.errors import Fault
from saingan.exchange import keys, reach
from saingan.exchange.provision import Deviation, deviations
from saingan.settings import Settings
from saingan.topics import SETTINGS, TOPICS, Topic


def require(settings: Settings, topics: Iterable[Topic] = tuple(TOPICS.values())) -> None:
    """Make sure that a broker answers, has these topics, and agrees on the pseudonym key that we hold.

    The registry is not asked for: one that is down is waited for.

    Raises:
        Fault: what is missing, and the command that makes it.
    """
    needed = {*topics, SETTINGS}
    found = [each for each in deviations(settings, reach.broker(settings)) if each.topic in needed]
    if absent := [settings.wire(each.topic.name) for each in found if each.what == "topic"]:
        raise Fault(f"the broker at {settings.bootstrap} lacks {', '.join(sorted(absent))}: `saingan up` makes them")
    if miscounted := [settings.wire(each.topic.name) for each in found if each.what == "partitions"]:
        names = ", ".join(sorted(miscounted))
        raise Fault(f"{names}: the number of partitions is not the right one; `saingan doctor` shows the fix")
    if narrow := [settings.wire(each.topic.name) for each in found if _is_narrow(each)]:
        names = ", ".join(sorted(narrow))
        raise Fault(f"{names}: the topic was made for smaller batches than a worker sends: `saingan up` changes it")
    if (secret := settings.pseudonym_secret()) is not None:
        keys.check_pseudonym_key(secret, keys.published_check(settings))


def _is_narrow(each: Deviation) -> bool:
    """Whether the broker would refuse batches of a topic that the exchange itself writes."""
    return each.what == "max.message.bytes" and not each.topic.registry and int(each.found) < int(each.wanted)
