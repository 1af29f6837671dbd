"""The servers of an exchange on this machine.

lifecycle          `up` and `down`
servers, parts     how each is started, and from what
processes          server processes that outlive their command
status             which servers are used, and whether they answer
"""

from saingan.local.lifecycle import down, start, up
from saingan.local.status import Status, status

__all__ = ["Status", "down", "start", "status", "up"]
