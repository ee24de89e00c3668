"""Tell the worker that there is something to do, at once instead of at the next beat.

The broker may be down, slow or nowhere: the caller is never held up, since a thread of this process does the talking.
Many calls in a row become one message. A nudge that is lost costs seconds: every task nudged here also runs by beat.
"""

import threading
from queue import SimpleQueue

import structlog
from celery import current_app

logger = structlog.get_logger(__name__)

DRAIN_TASK = "activity.tasks.drain_events"
EXPIRES_SECONDS = 5

_queue: SimpleQueue[str] = SimpleQueue()
_queued: set[str] = set()
_start = threading.Lock()
_sender: threading.Thread | None = None


def nudge(task: str = DRAIN_TASK) -> None:
    """Ask that `task`, which takes no arguments, runs soon; returns at once."""
    global _sender
    with _start:
        if task not in _queued:
            _queued.add(task)
            _queue.put(task)
        if _sender is None or not _sender.is_alive():  # also false after a fork, where no thread survives
            _sender = threading.Thread(target=_send_for_ever, name="nudge", daemon=True)
            _sender.start()


def _send_for_ever() -> None:
    while task := _queue.get():
        _queued.discard(task)  # before sending: what is asked for from now on needs another message
        try:
            current_app.send_task(task, expires=EXPIRES_SECONDS, retry=False, ignore_result=True)
        except Exception as error:
            logger.warning("nudge_failed", task=task, error=str(error))
