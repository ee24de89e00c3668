from celery import shared_task

from common import idempotency


@shared_task
def forget_old_answers() -> None:
    idempotency.forget_old_answers()
