"""The test database of each process is copied from one that was migrated once, until a migration changes."""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from tests.support.installation import ROOT

TEMPLATE, DRAFT = "migrated_", "migrating"


def copy_migrated_database() -> None:
    """Put a fresh copy in the place of this process's test database."""
    with _alone(), _maintenance() as maintenance:
        template = TEMPLATE + _fingerprint()
        names = [name for (name,) in maintenance.execute("SELECT datname FROM pg_database")]
        if template not in names:
            _make(template, maintenance, others=[name for name in names if name.startswith(TEMPLATE)])
        target = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
        _run(maintenance, "DROP DATABASE IF EXISTS {} WITH (FORCE)", target)
        _run(maintenance, "CREATE DATABASE {} TEMPLATE {}", target, template)


def _make(template: str, maintenance: "psycopg.Connection[tuple[str]]", *, others: list[str]) -> None:
    """Migrate under another name first, so that a template is always a whole one; drop the outdated."""
    for name in (DRAFT, *others):
        _run(maintenance, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _run(maintenance, "CREATE DATABASE {}", DRAFT)
    database = connection.settings_dict
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "ideation.settings",
            "DATABASE_URL": f"postgres://{database['USER']}@{quote(str(database['HOST']), safe='')}/{DRAFT}",
            "REDIS_URL": settings.REDIS_URL,
            "SECRET_KEY": settings.SECRET_KEY,
            "BASE_URL": settings.BASE_URL,
        },
        check=True,
    )
    _run(maintenance, "ALTER DATABASE {} RENAME TO {}", DRAFT, template)


def _fingerprint() -> str:
    """Return what changes with every migration, of ours or of a package."""
    sources = [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "requirements-dev.lock", Path(__file__)]
    return hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in sources)).hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    with (settings.VAR_DIR / "databases.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _maintenance() -> "psycopg.Connection[tuple[str]]":
    database = connection.settings_dict
    return psycopg.connect(host=database["HOST"], user=database["USER"], dbname="postgres", autocommit=True)


def _run(maintenance: "psycopg.Connection[tuple[str]]", statement: str, *names: str) -> None:
    maintenance.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
