from celery import shared_task

from votes import checking, services


@shared_task
def fold_votes() -> None:
    services.fold_and_follow()


@shared_task
def check_tallies() -> None:
    checking.check_tallies()
