"""The error tree: a class says what the runtime does about it.

    SainganError
    ├── Rejection   the sender's fault     → dead letter (worker) or refused row (publisher); the rest goes on
    ├── Transient   the world's fault      → wait and try again; nothing is acked meanwhile
    └── Fault       ours or the operator's → stop, with a word on what to do

A message never holds a citizen ID, a name, an address or a person key.
"""


class SainganError(Exception):
    """Root of all errors of this package."""


class Rejection(SainganError):
    """A record that cannot be taken in.

    Attributes:
        reason: one word of a closed set, fit for a metric label, e.g. ``undecodable``.
        detail: what is wrong with which field, without the value.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Transient(SainganError):
    """Something outside is not answering now: broker, registry or database."""


class Fault(SainganError):
    """Going on would be wrong. The message says what to do."""
