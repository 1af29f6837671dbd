"""One view verified, on whatever the topics and the store are."""

from saingan.settings import Settings
from saingan.verify.check import Check
from saingan.verify.outcomes.check import CHECK
from saingan.verify.report import Report
from saingan.verify.verify import verify


def verified(settings: Settings, check: Check = CHECK) -> Report:
    (report,) = verify(settings, [check], progress=False)
    return report
