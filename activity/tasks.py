from celery import shared_task

from activity.draining import RUN_SECONDS, drain


@shared_task
def drain_events() -> None:
    drain(seconds=RUN_SECONDS)
