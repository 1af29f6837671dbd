"""The agency side: `Publisher` for an agency's own program, `publish_file` for what it exports."""

from saingan.publish.importer import publish_file
from saingan.publish.publisher import Delivery, Publisher
from saingan.publish.summary import Summary, print_summary

__all__ = ["Delivery", "Publisher", "Summary", "print_summary", "publish_file"]
