"""Where `serve` answers just now, for the commands beside it that print links."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ideation.embedded.processes import born_at


@contextmanager
def remembered(var_dir: Path, url: str) -> Iterator[None]:
    """Let commands on the same `var_dir` know the address while this process lives."""
    path, draft = _file(var_dir), _file(var_dir).with_suffix(".new")
    draft.write_text(f"{url}\n{os.getpid()}\n{born_at(os.getpid())}\n")
    draft.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def served_at(var_dir: Path) -> str | None:
    """Return the remembered address, if who wrote it still lives."""
    try:
        url, pid, born = _file(var_dir).read_text().splitlines()
        return url if born_at(int(pid)) == born else None
    except (OSError, ValueError):
        return None


def _file(var_dir: Path) -> Path:
    return var_dir / "serve.address"
