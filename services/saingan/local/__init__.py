"""The local exchange: the real servers on this machine, and what any exchange needs on its own."""

from saingan.doctor.doctor import Finding, doctor
from saingan.local.lifecycle import down, start, up
from saingan.exchange.require import require
from saingan.local.status import Status, status

__all__ = ["Finding", "Status", "doctor", "down", "require", "start", "status", "up"]
