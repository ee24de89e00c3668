from celery import shared_task

from votes import checking, rates, services
from votes.services import viewing


@shared_task
def fold_votes() -> None:
    services.fold_and_follow()


@shared_task
def flush_views() -> None:
    viewing.flush_views()


@shared_task
def refresh_rates() -> None:
    rates.refresh_rates()


@shared_task
def check_tallies() -> None:
    checking.check_tallies()


@shared_task
def publish_ledger() -> None:
    services.publish_ledger()
