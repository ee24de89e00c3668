"""Structured logs: one line per event, JSON for machines, text for a terminal, the request's id in each."""

import re
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

PROBES = re.compile(r"GET /(healthz|readyz|metrics)")
# These paths are keys: who reads them in a log could use them.
SECRET_PATHS = re.compile(r"(/(?:link|unsubscribe)/)[^/ ?]+")


def leave_out_probes(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    if event.get("code") == 200 and PROBES.match(str(event.get("request", ""))):
        raise structlog.DropEvent
    return event


def leave_out_late_ticks(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Drop what is said of a scheduled task that expired before a worker was free: the next one does its work."""
    if event.get("event") == "task_revoked" and event.get("expired"):
        raise structlog.DropEvent
    return event


def hide_secret_paths(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    if "request" in event:
        event["request"] = SECRET_PATHS.sub(r"\1…", event["request"])
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_structlog() -> None:
    """Send structlog's events through the standard library's handlers, where LOGGING formats everything alike."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            leave_out_probes,
            leave_out_late_ticks,
            hide_secret_paths,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logging_settings(*, level: str, form: str) -> dict[str, Any]:
    """Return Django's LOGGING; `form` is "json" or "text"."""
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    last,
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Django's own handlers would say everything twice.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"level": "ERROR"},
            # One line for every fold, every second, says nothing.
            **{f"celery.{part}": {"level": "WARNING"} for part in ("app.trace", "beat", "worker.strategy")},
            **{f"celery.{part}": {"level": "WARNING"} for part in ("redirected", "worker.consumer", "apps.worker")},
            # Says of a late tick what `leave_out_late_ticks` leaves out.
            "celery.worker.request": {"level": "WARNING"},
        },
    }
