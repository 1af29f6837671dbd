"""The agency side: `Publisher` for an agency's own program, `publish_file` for what it exports.

publisher          a registry's changes, checked and sent
rehearsal          all but sent
message            a record as messages
delivery, at_exit  on their way to the broker, and at the program's end
records            a type for each topic's records
files              an export file
"""

from saingan.errors import Fault, Transient
from saingan.publish.delivery import Delivery
from saingan.publish.files.importer import publish_file
from saingan.publish.files.show import print_summary
from saingan.publish.files.summary import Summary
from saingan.publish.publisher import Publisher
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
