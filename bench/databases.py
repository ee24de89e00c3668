"""Kept databases: one installation per size under `var/bench`, with a pristine copy beside the one in use."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import redis

from bench.data import VERSION, Data, Size
from bench.loading import Connection, load
from ideation.embedded import hold_services, service_urls
from ideation.embedded.paths import layout_of

ROOT = Path(__file__).resolve().parent.parent
BENCH_DIR = Path(os.environ.get("BENCH_DIR", ROOT / "var" / "bench")).absolute()
# A product that is measured is set up as it is by default, whatever the shell's environment says.
FOREIGN = (
    "DATABASE_URL",
    "REDIS_URL",
    "BASE_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "MEDIA_ROOT",
    "STATIC_ROOT",
    "LOG_FORMAT",
    "PYTHONDONTWRITEBYTECODE",  # or each process compiles all it imports
)
SCORED_AS_NOW = """
from django.conf import settings
from votes import ranking
from votes.models import Fold
raise SystemExit(Fold.objects.get().scored_by != ranking.versions(settings.HALF_LIFE_DAYS))"""


@dataclass(frozen=True)
class Installation:
    """A place of the product's own, as `VAR_DIR` names it."""

    size: Size
    var_dir: Path

    @property
    def stamp(self) -> Path:
        return self.var_dir / "generated.json"

    @property
    def is_current(self) -> bool:
        return self.stamp.exists() and json.loads(self.stamp.read_text())["version"] == VERSION

    @property
    def sockets(self) -> str:
        """The folder of PostgreSQL's socket."""
        return unquote(urlsplit(service_urls(self.var_dir).database_url).hostname or "")

    @property
    def database_pid(self) -> int:
        return int((layout_of(self.var_dir).database / "postmaster.pid").read_text().split()[0])

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return {**kept, "VAR_DIR": str(self.var_dir), "DJANGO_SETTINGS_MODULE": "ideation.settings", **more}

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment(), check=True, capture_output=True)

    @contextmanager
    def connected(self, database: str = "ideation") -> Iterator[Connection]:
        with psycopg.connect(host=self.sockets, user="ideation", dbname=database, autocommit=True) as connection:
            yield connection


def installation(size: Size) -> Installation:
    return Installation(size, BENCH_DIR / size.name)


def ensure(place: Installation, *, again: bool = False, until: date | None = None) -> bool:
    """Have a filled database, made now where there is none of this version; return whether it was made."""
    place.var_dir.mkdir(parents=True, exist_ok=True)
    if place.is_current and not again:
        return False
    place.stamp.unlink(missing_ok=True)
    with hold_services(place.var_dir):
        _recreate(place)
        place.manage("migrate", "--verbosity", "0")
        day = until or datetime.now(UTC).date()
        with place.connected() as connection:
            load(connection, Data(place.size, day))
        _fold(place)
        _copy_database(place, "ideation", "pristine")
    place.stamp.write_text(json.dumps({"version": VERSION, "size": place.size.name, "until": day.isoformat()}))
    return True


def refresh(place: Installation) -> None:
    """Put a fresh copy in the place of what earlier runs have voted and posted; the services must be running.

    The pristine one follows the product's migrations and formulas first, so that no run has to.
    """
    _copy_database(place, "pristine", "ideation")
    if _is_behind(place):
        place.manage("migrate", "--verbosity", "0")
        _fold(place)
        _copy_database(place, "ideation", "pristine")
    redis.Redis.from_url(service_urls(place.var_dir).redis_url).flushall()


def _is_behind(place: Installation) -> bool:
    """Say whether migrations are missing, or scores are not by the formulas in force."""
    try:
        place.manage("migrate", "--check")
        place.manage("shell", "--verbosity", "0", "--command", SCORED_AS_NOW)
    except subprocess.CalledProcessError:
        return True
    return False


def _fold(place: Installation) -> None:
    """Have tallies and scores counted by the product's own fold."""
    place.manage("shell", "--verbosity", "0", "--command", "from votes.folding import fold; fold()")
    with place.connected() as connection:
        connection.execute("VACUUM (ANALYZE)")


def _recreate(place: Installation) -> None:
    with place.connected("postgres") as connection:
        for name in ("pristine", "ideation"):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute("CREATE DATABASE ideation")


def _copy_database(place: Installation, source: str, target: str) -> None:
    with place.connected("postgres") as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {target} TEMPLATE {source} STRATEGY FILE_COPY".encode())
