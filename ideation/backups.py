"""Write everything an installation holds into one file, and put it back."""

import json
import os
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from ideation.embedded import postgres_client

FORMAT = 1
DUMP, MEDIA, ABOUT = "database.dump", "media/", "about.json"


class BackupError(Exception):
    """Backup or restore cannot be done; the message is one line for the operator."""


def backup(target: Path | None = None) -> Path:
    """Write database and uploaded files to `target`, which appears only when it is whole."""
    now = datetime.now(UTC)
    target = target or backups_folder() / f"ideation-{now:%Y%m%dT%H%M%SZ}.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        dump, draft = Path(folder) / DUMP, Path(folder) / "draft.zip"
        _run("pg_dump", "--format=custom", f"--file={dump}", _database_name())
        with zipfile.ZipFile(draft, "w") as archive:
            archive.writestr(ABOUT, json.dumps({"format": FORMAT, "made_at": now.isoformat()}))
            archive.write(dump, DUMP)
            for path in sorted(settings.MEDIA_ROOT.rglob("*")):
                archive.write(path, MEDIA + str(path.relative_to(settings.MEDIA_ROOT)))
        draft.chmod(0o600)  # it holds people's addresses
        draft.replace(target)
    return target


def backups_folder() -> Path:
    folder: Path = settings.VAR_DIR / "backups"
    return folder


def known_backups() -> list[Path]:
    return list(backups_folder().glob("*.zip"))


def restore(source: Path) -> None:
    """Put a backup in the place of what is there; until the new database is whole, the old one stays untouched.

    Raises: BackupError.
    """
    with _opened(source) as archive, TemporaryDirectory(dir=settings.VAR_DIR, prefix=".restore-") as folder:
        archive.extractall(folder)  # it keeps every member inside the folder
        name = _database_name()
        draft = f"{name}_restored"
        _maintain("DROP DATABASE IF EXISTS {} WITH (FORCE)", draft)
        _maintain("CREATE DATABASE {}", draft)
        _run(
            *("pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments", "--jobs=2"),
            *(f"--dbname={draft}", str(Path(folder) / DUMP)),
        )
        connection.close()
        _maintain("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _maintain("ALTER DATABASE {} RENAME TO {}", draft, name)
        _replace_folder(settings.MEDIA_ROOT, Path(folder) / MEDIA)
    cache.clear()
    call_command("migrate", interactive=False, verbosity=0)  # the backup may be of an older version of ours


def _opened(source: Path) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(source)
        about = json.loads(archive.read(ABOUT))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BackupError(f"{source} is no backup that can be read ({error}).") from error
    if about.get("format") != FORMAT:
        raise BackupError(f"{source} was written by another version (format {about.get('format')}).")
    return archive


def _replace_folder(folder: Path, new: Path) -> None:
    new.mkdir(exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(new, folder)


def _database_name() -> str:
    return str(connection.settings_dict["NAME"])


def _maintain(statement: str, *names: str) -> None:
    """Run a statement about whole databases, from another one than those it names."""
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    own = {key: parameters[key] for key in ("host", "port", "user", "password", "dbname") if parameters.get(key)}
    with psycopg.connect(**own, autocommit=True) as maintenance:
        maintenance.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _run(program: str, *arguments: str) -> None:
    database = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    given = {variable: str(database[key]) for variable, key in names.items() if database[key]}
    command = [str(postgres_client(program)), *arguments]
    done = subprocess.run(command, env={**os.environ, **given}, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{program} failed: {' '.join(done.stderr.split())}")
