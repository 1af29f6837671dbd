"""`doctor`: what is missing or differs, each with a fix."""

from saingan.doctor.examine import Finding, examine

__all__ = ["Finding", "examine"]
