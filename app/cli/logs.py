"""What long-running commands say about their work: events with facts, a line each, on stderr."""

import logging
import sys

import structlog


def begin_logging(*, as_json: bool) -> None:
    """Writes events with UTC times to stderr: as JSON, or in columns for people."""
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if not as_json:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_stderr_logger,
    )


def _stderr_logger(*_: object) -> structlog.WriteLogger:
    """Looks for stderr whenever something is logged: it may be another one by then."""
    return structlog.WriteLogger(sys.stderr)
