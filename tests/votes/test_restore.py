"""A dump that is restored into a fresh cluster, whose transactions are numbered from the beginning again."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from ideas.models import Idea
from ideation.embedded import hold_services, postgres_client, service_urls
from tests.support.folding import fold_all
from tests.support.scene import make_person
from tests.support.worker import environment
from votes.services import cast_vote

USE_UP_NUMBERS = "DO $$ BEGIN FOR i IN 1..5000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
# Prints what a fold without its guard would take of two new votes, and what ours makes of them and of two more.
VOTE_ON = """
import json, sys, django
django.setup()
from django.db import connection
from ideas.models import Idea, Standing
from tests.support.scene import make_person
from votes.folding import fold
from votes.ledger import broken_batch
from votes.models import Vote, VoteEvent, Fold
from votes.services import cast_vote
idea, tallies = Idea.objects.get(), []
mark, last_id = Fold.objects.get().mark, VoteEvent.objects.order_by("id").last().pk
for _ in range(2):
    for _ in range(2):
        cast_vote(idea, voter=make_person(email=None))
    unguarded = VoteEvent.objects.filter(id__gt=last_id, xid__gte=mark).count()
    fold()
    tallies.append(Standing.objects.get().up)
print(json.dumps({"unguarded": unguarded, "tallies": tallies, "rows": Vote.objects.count(),
                  "broken": broken_batch() is not None}))
"""


@pytest.fixture
def fresh_cluster(tmp_path: Path) -> Iterator[str]:
    """Return the URL of the database of another, new cluster."""
    with hold_services(tmp_path / "var", durable=False):
        yield service_urls(tmp_path / "var").database_url


@pytest.mark.usefixtures("folding")
def test_folding_goes_on_in_a_fresh_cluster(idea: Idea, fresh_cluster: str) -> None:
    for _ in range(3):
        cast_vote(idea, voter=make_person())
    with connection.cursor() as cursor:
        cursor.execute(USE_UP_NUMBERS)
    cast_vote(idea, voter=make_person())
    fold_all()
    cast_vote(idea, voter=make_person())  # no fold before the dump
    dump_and_restore(fresh_cluster)
    found = subprocess.run(
        [sys.executable, "-c", VOTE_ON],
        env={**environment(), "DATABASE_URL": fresh_cluster, "DJANGO_SETTINGS_MODULE": "ideation.settings"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(found.stdout) == {"unguarded": 0, "tallies": [7, 9], "rows": 9, "broken": False}


def dump_and_restore(target: str) -> None:
    pg_dump, pg_restore = str(postgres_client("pg_dump")), str(postgres_client("pg_restore"))
    dumping = [pg_dump, "--format=custom", environment()["DATABASE_URL"]]
    restoring = [pg_restore, "--no-owner", "--no-comments", "--exit-on-error", "--dbname", target]
    with subprocess.Popen(dumping, stdout=subprocess.PIPE) as dump:
        subprocess.run(restoring, stdin=dump.stdout, check=True)
    assert dump.returncode == 0
