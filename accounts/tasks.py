from celery import shared_task

from accounts.services import forget_old_entrances


@shared_task
def forget_old_sessions() -> None:
    forget_old_entrances()
