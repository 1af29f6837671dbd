"""What every command begins with."""

from saingan import logs
from saingan.settings import Settings


def begin() -> Settings:
    """Read the settings, and send all logs to standard error."""
    settings = Settings()
    logs.set_up(settings.log_level)
    return settings
