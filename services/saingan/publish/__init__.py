"""The agency side: `Publisher` for an agency's own program, `publish_file` for what it exports."""

from saingan.publish.importer import publish_file
from saingan.publish.publisher import Delivery, Publisher
from saingan.publish.show import print_summary
from saingan.publish.summary import Summary

__all__ = ["Delivery", "Publisher", "Summary", "print_summary", "publish_file"]
