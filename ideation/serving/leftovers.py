"""What an earlier `serve` left running when it was killed."""

import os
import signal
from pathlib import Path

from ideation.embedded.processes import PROC, Process, born_at, stop
from ideation.serving.children import MARK


def end_leftovers(var_dir: Path) -> int:
    """End every process that was served from `var_dir`, and return how many there were.

    The caller holds the lock of the only one who serves, so whatever carries the mark is an orphan.
    """
    mark = f"{MARK}={var_dir}".encode()
    orphans = [process for pid in _pids() if mark in _environment(pid) and (process := _known(pid))]
    for orphan in orphans:
        orphan.signal(signal.SIGTERM)
    for orphan in orphans:
        stop(orphan, (signal.SIGTERM, 5.0))
    return len(orphans)


def _pids() -> list[int]:
    return [int(path.name) for path in PROC.glob("[0-9]*") if int(path.name) != os.getpid()]


def _environment(pid: int) -> list[bytes]:
    try:
        return PROC.joinpath(str(pid), "environ").read_bytes().split(b"\0")
    except OSError:
        return []  # gone by now, or another user's


def _known(pid: int) -> Process | None:
    born = born_at(pid)
    return Process(pid, born) if born else None
