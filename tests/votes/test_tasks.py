import subprocess

import pytest
from django.conf import settings
from django.core.management.sql import emit_pre_migrate_signal
from django.db import connection

from accounts.models import Person
from ideas.models import Idea, Standing
from ideation.apps import LIMITS, restore_limits
from tests.support.waiting import eventually
from votes import tasks
from votes.services import cast_vote


@pytest.mark.usefixtures("folding")
def test_a_worker_folds(idea: Idea, voter: Person, celery_worker: "subprocess.Popen[bytes]") -> None:
    cast_vote(idea, voter=voter)

    def is_counted() -> bool:
        tasks.fold_votes.delay()
        return Standing.objects.filter(pk=idea.pk, up=1).exists()

    eventually(is_counted, timeout=60)


def test_the_schedule_folds_every_second_and_lets_no_fold_pile_up() -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["fold-votes"]
    assert (entry["task"], entry["schedule"]) == (tasks.fold_votes.name, 1.0)
    assert entry["options"]["expires"] <= 1
    assert settings.CELERY_BEAT_SCHEDULE["check-tallies"]["task"] == tasks.check_tallies.name
    assert settings.CELERY_BEAT_SCHEDULE["publish-ledger"]["task"] == tasks.publish_ledger.name


@pytest.mark.django_db
def test_no_transaction_but_a_migrations_may_hold_the_fold_back_for_long() -> None:
    assert all(limit(name) not in {"", "0"} for name in LIMITS)
    emit_pre_migrate_signal(verbosity=0, interactive=False, db="default")
    assert [limit(name) for name in LIMITS] == ["0", "0", "0"]
    restore_limits(using="default")
    assert all(limit(name) not in {"", "0"} for name in LIMITS)


def limit(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])
