"""Tell the worker that there is something to do, at once instead of at the next beat.

The broker may be down, slow or nowhere: the caller is never held up, since a thread of this process does the talking.
Many calls in a row become one message. A nudge that is lost costs seconds; `drain_events` also runs by beat.
"""

import threading

import structlog
from celery import current_app

logger = structlog.get_logger(__name__)

DRAIN_TASK = "activity.tasks.drain_events"
EXPIRES_SECONDS = 5

_wanted = threading.Event()
_start = threading.Lock()
_sender: threading.Thread | None = None


def nudge() -> None:
    """Ask for a drain soon; returns at once."""
    global _sender
    _wanted.set()
    with _start:
        if _sender is None or not _sender.is_alive():  # also false after a fork, where no thread survives
            _sender = threading.Thread(target=_send_when_wanted, name="nudge", daemon=True)
            _sender.start()


def _send_when_wanted() -> None:
    while _wanted.wait():
        _wanted.clear()
        try:
            current_app.send_task(DRAIN_TASK, expires=EXPIRES_SECONDS, retry=False, ignore_result=True)
        except Exception as error:
            logger.warning("nudge_failed", error=str(error))
