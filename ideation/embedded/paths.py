"""Where the embedded services live. Nothing here starts or creates anything."""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

# Linux takes 107 bytes for a Unix socket's path, macOS 103.
MAX_SOCKET_PATH_BYTES = 100
ROOT_UID = 0
HOME_IN_CONTROL = "data"


@dataclass(frozen=True)
class ServiceUrls:
    database_url: str
    redis_url: str


@dataclass(frozen=True)
class Layout:
    """The folders of one installation's services.

    `control` has what the users of the services share (locks, process records) and belongs to them;
    `home` has data, sockets and, for root, a copy of the binaries, and belongs to the uid that the servers run as.
    """

    control: Path
    home: Path

    @property
    def remembered_home(self) -> Path:
        return self.control / "home"

    @property
    def database(self) -> Path:
        return self.home / "postgres"

    @property
    def valkey(self) -> Path:
        return self.home / "valkey"

    @property
    def sockets(self) -> Path:
        """Return a folder whose sockets' paths are short enough; a private one under /tmp if the home's is too deep."""
        near = self.home / "run"
        if len(os.fsencode(near / ".s.PGSQL.5432")) <= MAX_SOCKET_PATH_BYTES:
            return near
        # Not tempfile.gettempdir(): all users of the services must agree, whatever TMPDIR says in their shell.
        return Path("/tmp") / f"ideation-{service_uid(self.home)}-{_short_hash(self.home)}"  # noqa: S108 - owner checked

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"


def service_urls(var_dir: Path) -> ServiceUrls:
    """Return the URLs at which the services of `var_dir` answer once they run."""
    layout = layout_of(var_dir)
    return ServiceUrls(
        database_url=f"postgres://ideation@{quote(str(layout.sockets), safe='')}/ideation",
        redis_url=f"unix://{quote(str(layout.valkey_socket))}",
    )


def layout_of(var_dir: Path) -> Layout:
    control = var_dir / "services"
    try:
        # Remembered, since what the uid of the servers can reach may change while the data stays where it is.
        home = control / (control / "home").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        home = _first_home(var_dir)
    return Layout(control=control, home=home)


def _first_home(var_dir: Path) -> Path:
    """Return where a first start puts the services: in `var_dir` if the servers' uid gets there."""
    if os.geteuid() != ROOT_UID or _others_reach(var_dir):
        return var_dir / "services" / HOME_IN_CONTROL
    return Path("/var/lib") / f"ideation-{_short_hash(var_dir)}"


def _others_reach(folder: Path) -> bool:
    existing = [path for path in (folder, *folder.parents) if path.exists()]
    return all(path.stat().st_mode & stat.S_IXOTH for path in existing)


def service_uid(home: Path) -> int:
    """Return the uid the servers run as: ours, but never root's, and always the one that owns the data."""
    if os.geteuid() != ROOT_UID:
        return os.geteuid()
    owner = home.stat().st_uid if home.exists() else ROOT_UID
    return owner if owner != ROOT_UID else pwd.getpwnam("nobody").pw_uid


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
