"""What an event costs as the topics and the population grow alike."""

from collections.abc import Sequence
from typing import Any, Final

import check
import throughput
import workload
from contenders import Contender
from java import Programs
from place import Place

PER_PERSON: Final = 8.6  # changes
WHOLLY_CHECKED: Final = 2_000_000  # events; of larger topics every 16th person's rows are, so that the oracle has room


def measure(
    place: Place, programs: Programs, contenders: Sequence[Contender], sizes: Sequence[float], seed: int
) -> list[dict[str, Any]]:
    """Each contender once on topics of so many million events."""
    results = []
    for millions in sizes:
        with place.exchange() as settings:
            events = workload.publish(settings, workload.changes(int(millions * 1e6 / PER_PERSON), seed))
            persons = "" if events <= WHOLLY_CHECKED else "7"
            print(f"{events:,} events, {'all' if not persons else 'every 16th'} of the rows checked", flush=True)
            rows = check.expected(settings, persons)
            for contender in contenders:
                result = throughput.run(place, programs, contender, settings, events, rows, persons)
                results.append({"millions": millions, "checked": "a 16th" if persons else "all", **result})
    return results
