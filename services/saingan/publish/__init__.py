"""The agency side: `Publisher` for an agency's own program, `publish_file` for what it exports."""

from saingan.errors import Fault, Transient
from saingan.publish.delivery import Delivery
from saingan.publish.files.importer import publish_file
from saingan.publish.publisher import Publisher
from saingan.publish.files.show import print_summary
from saingan.publish.files.summary import Summary
from saingan.standard.issues import Issue, Refused

__all__ = [
    "Delivery",
    "Fault",
    "Issue",
    "Publisher",
    "Refused",
    "Summary",
    "Transient",
    "print_summary",
    "publish_file",
]
