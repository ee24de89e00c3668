from celery import shared_task

from activity.draining import drain


@shared_task
def drain_events() -> None:
    drain()
