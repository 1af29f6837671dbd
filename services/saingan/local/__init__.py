"""The local exchange: the real servers on this machine, and what any exchange needs on its own."""

from saingan.local.doctor import Finding, doctor
from saingan.local.exchange import down, start, up
from saingan.local.require import require
from saingan.local.status import Status, status

__all__ = ["Finding", "Status", "doctor", "down", "require", "start", "status", "up"]
