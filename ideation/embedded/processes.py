"""Know a process again by its pid and its start, since pids are reused."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ideation.embedded.errors import EmbeddedServiceError

POLL_SECONDS = 0.05
PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A process as seen once: the same pid with another `born` is somebody else."""

    pid: int
    born: str

    @property
    def is_alive(self) -> bool:
        # A child of ours that died stays a zombie until it is waited for.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, os.WNOHANG)
        return born_at(self.pid) == self.born

    def signal(self, number: signal.Signals) -> None:
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def born_at(pid: int) -> str | None:
    """Return what tells this process from every other that had or will have its pid; None for the dead."""
    if not PROC.joinpath("self").exists():
        return _born_by_ps(pid)
    try:
        # The name, second and in parentheses, may itself hold blanks and parentheses.
        state, *fields = PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if state in "ZX":
        return None
    boot_id = PROC.joinpath("sys/kernel/random/boot_id").read_text().strip()
    return f"{boot_id} {fields[18]}"


def _born_by_ps(pid: int) -> str | None:
    state, _, started = _ps(pid, "stat=,lstart=").partition(" ")
    return None if not state or state.startswith("Z") else started.strip()


def _ps(pid: int, columns: str) -> str:
    ps = ["ps", "-o", columns, "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - a number


def command_of(pid: int) -> str:
    """Return the command line of a process; empty for the dead."""
    try:
        return PROC.joinpath(str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except FileNotFoundError:
        found = None if PROC.joinpath("self").exists() else _ps(pid, "command=")
        return found or ""


@dataclass(frozen=True)
class Record:
    """A file that remembers a process for those who come after us."""

    path: Path

    def write(self, pid: int) -> Process:
        process = Process(pid, born_at(pid) or "gone")
        draft = self.path.with_suffix(".new")
        draft.write_text(f"{process.pid}\n{process.born}\n")
        draft.replace(self.path)
        return process

    def read(self) -> Process | None:
        """Return the remembered process if it still runs."""
        try:
            pid, born = self.path.read_text().splitlines()
            process = Process(int(pid), born)
        except (FileNotFoundError, ValueError):
            return None  # never written, or cut short by a crash of the machine
        return process if process.is_alive else None

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)


def wait_until(condition: Callable[[], bool], *, timeout_seconds: float) -> bool:
    deadline = time.monotonic() + timeout_seconds
    while not (reached := condition()) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return reached


def stop(process: Process, *signals: tuple[signal.Signals, float]) -> None:
    """Send each signal in turn until the process is gone, waiting its number of seconds; SIGKILL ends the list."""
    for number, seconds in (*signals, (signal.SIGKILL, 5.0)):
        process.signal(number)
        if wait_until(lambda: not process.is_alive, timeout_seconds=seconds):
            return
    raise EmbeddedServiceError(f"process {process.pid} does not end")
