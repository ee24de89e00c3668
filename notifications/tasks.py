from celery import shared_task

from notifications.services.digests import make_digests
from notifications.services.forgetting import forget_old_deliveries
from notifications.services.sending import send_in_turn


@shared_task
def send_deliveries() -> None:
    send_in_turn()


@shared_task
def queue_digests() -> None:
    make_digests()


@shared_task
def forget_deliveries() -> None:
    forget_old_deliveries()
