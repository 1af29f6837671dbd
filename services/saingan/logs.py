"""Structured logs on standard error: lines for people where that is a terminal, else one JSON object a line.

No personal data: a key, a name or a value is never a field.
"""

import logging
import os
import sys
from typing import Final

import structlog

_REPEAT_S: Final = 10.0


def on_terminal() -> bool:
    """Whether people read the log as it is written."""
    return sys.stderr.isatty()


def set_up(level: str) -> None:
    """Send our own and the libraries' logs through one renderer."""
    people = on_terminal()
    when = structlog.processors.TimeStamper(fmt="%H:%M:%S" if people else "iso", utc=not people)
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        when,
        structlog.processors.format_exc_info,
        *([] if people else [structlog.stdlib.add_logger_name]),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _for_people() if people else structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    handler.addFilter(_Seldom())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("faust", "mode", "aiokafka", "httpx2", "httpcore2"):
        # Faust logs keys and values at DEBUG; whatever level is asked for, it never gets there.
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def _for_people() -> structlog.dev.ConsoleRenderer:
    # Its own way to show an exception shows the values of variables, too.
    plain = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(
        colors="NO_COLOR" not in os.environ, sort_keys=False, exception_formatter=plain
    )


class _Seldom(logging.Filter):
    """Lets a library repeat itself once in a while only: a client of a broker that is down logs 100 lines a second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], float] = {}  # when, by the line of the code that said it

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.pathname, record.lineno
        if not record.name.startswith("saingan"):
            if record.created < self._said.get(line, 0.0) + _REPEAT_S:
                return False
            self._said[line] = record.created
        return True
