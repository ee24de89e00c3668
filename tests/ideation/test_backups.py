"""What was backed up on one machine goes on living on another."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.installation import Installation

pytestmark = pytest.mark.long

FILL = """
from django.conf import settings
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
from tests.support.scene import make_idea, make_person
from votes.folding import fold
from votes.services import cast_vote
idea = make_idea(title="Bicycle stands")
for _ in range(3):
    cast_vote(idea, voter=make_person(), value=1)
with connection.cursor() as cursor:
    # So that the transactions of a new cluster are numbered lower than what was folded here.
    cursor.execute("DO $$ BEGIN FOR i IN 1..5000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")
fold()
cast_vote(idea, voter=make_person(), value=1)
settings.MEDIA_ROOT.mkdir()
(settings.MEDIA_ROOT / "logo.txt").write_text("a logo")
"""
LOOK = """
import json
from django.conf import settings
from tests.support.scene import make_person
from ideas.models import Idea, Standing
from votes.folding import fold
from votes.models import Vote
from votes.services import cast_vote
idea = Idea.objects.get(title="Bicycle stands")
cast_vote(idea, voter=make_person(email="late@example.org"), value=1)
fold()
print(json.dumps({
    "folded": Standing.objects.get(idea=idea).up,
    "rows": Vote.objects.filter(idea=idea).count(),
    "logo": (settings.MEDIA_ROOT / "logo.txt").read_text(),
}))
"""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("backups") / "old")
    filled = installation.manage("shell", "--no-imports", "-c", FILL)
    assert filled.returncode == 0, filled.stderr
    yield installation
    installation.remove()


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(tmp_path / "new")
    yield installation
    installation.remove()


def test_votes_are_counted_on_when_a_backup_is_restored_elsewhere(
    old: Installation, new: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    assert old.manage("backup", str(file)).stdout.strip() == str(file)
    assert file.stat().st_mode & 0o077 == 0

    restored = new.manage("restore", str(file))
    assert restored.returncode == 0, restored.stderr
    assert restored.stdout.splitlines() == [f"Restoring from {file} …", f"Restored from {file}: 1 idea, 4 votes."]
    looked = new.manage("shell", "--no-imports", "-c", LOOK)
    assert looked.returncode == 0, looked.stderr
    assert json.loads(looked.stdout) == {"folded": 5, "rows": 5, "logo": "a logo"}


def test_backups_are_listed_when_none_is_named(old: Installation) -> None:
    made = old.manage("backup").stdout.strip()
    refused = old.manage("restore")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-2:] == [f"In {old.var_dir / 'backups'}:", f"  {made}"]


def test_nothing_is_replaced_when_the_file_is_no_backup(old: Installation, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam")
    refused = old.manage("restore", str(file))
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert line.startswith(f"CommandError: {file} is no backup that can be read")
