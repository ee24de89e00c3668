"""What PostgreSQL and Valkey have in common: a foreground server in a session of its own."""

import subprocess
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import ClassVar

from ideation.embedded.account import Account
from ideation.embedded.errors import EmbeddedServiceError
from ideation.embedded.paths import Layout
from ideation.embedded.processes import Process, Record, born_at, command_of, stop, wait_until

# After a kill -9 PostgreSQL replays its log and Valkey its append-only file before they answer.
START_TIMEOUT_SECONDS = 120.0
START_ATTEMPTS = 4
LOG_LIMIT_BYTES = 10_000_000


@dataclass(frozen=True)
class Server(ABC):
    """One server of a layout; `durable` is false only for tests."""

    layout: Layout
    durable: bool

    name: ClassVar[str]
    stop_signals: ClassVar[tuple[tuple[Signals, float], ...]]

    @abstractmethod
    def prepare(self) -> None:
        """Bring folders and files into the state that a start needs, whatever a crash left."""

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def answers(self) -> bool: ...

    @abstractmethod
    def settle(self) -> None:
        """Do what needs the running server."""

    @property
    def account(self) -> Account:
        return Account.of(self.layout)

    @property
    def record(self) -> Record:
        return Record(self.layout.control / f"{self.name}.process")

    @property
    def log(self) -> Path:
        return self.layout.control / f"{self.name}.log"

    @property
    @abstractmethod
    def pid_file(self) -> Path:
        """Return the file in which the server itself notes its pid, on the first line."""

    @property
    def is_running(self) -> bool:
        return (self.record.read() or self._adopted()) is not None

    def start(self) -> None:
        """Start the server unless it runs, and return at once: `wait` comes next."""
        if not self.is_running:
            self.prepare()
            self.record.write(self._spawn())

    def wait(self) -> None:
        """Return when the server answers and is settled."""
        for _ in range(START_ATTEMPTS):
            wait_until(lambda: not self.is_running or self.answers(), timeout_seconds=START_TIMEOUT_SECONDS)
            if self.is_running:
                break
            # What a killed PostgreSQL leaves behind may need a moment to notice, and a start fails until then.
            time.sleep(1)
            self.start()
        if not self.answers():
            raise EmbeddedServiceError(f"{self.name} does not start; {self.log} says why.")
        self.settle()

    def stop(self) -> None:
        process = self.record.read()
        if process:
            stop(process, *self.stop_signals)
        self.record.forget()

    def _adopted(self) -> Process | None:
        """Return, and note, a server whose starter was killed before it could note it."""
        try:
            pid = int(self.pid_file.read_text().split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        is_ours = str(self.layout.home) in command_of(pid) and born_at(pid)
        return self.record.write(pid) if is_ours else None

    def _spawn(self) -> int:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            # Its own session: a Ctrl-C to everybody's process group must not take the servers before their users.
            child = subprocess.Popen(  # noqa: S603 - our own binaries
                self.command(), stdout=log, stderr=log, start_new_session=True, **self.account.popen_arguments()
            )
        child.returncode = 0  # it outlives this object; `Process` watches it from here on
        return child.pid
