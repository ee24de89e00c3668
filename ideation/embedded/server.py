"""What PostgreSQL and Valkey have in common: a foreground server in a session of its own."""

import subprocess
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from typing import ClassVar

from ideation.embedded.account import Account
from ideation.embedded.errors import EmbeddedServiceError
from ideation.embedded.paths import Layout
from ideation.embedded.processes import Record, stop, wait_until

# After a kill -9 PostgreSQL replays its log and Valkey its append-only file before they answer.
START_TIMEOUT_SECONDS = 120.0
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
    def is_running(self) -> bool:
        return self.record.read() is not None

    def start(self) -> None:
        """Start the server unless it runs, and return at once: `wait` comes next."""
        if not self.is_running:
            self.prepare()
            self.record.write(self._spawn())

    def wait(self) -> None:
        """Return when the server answers and is settled."""
        process = self.record.read()
        if process:
            wait_until(lambda: not process.is_alive or self.answers(), timeout_seconds=START_TIMEOUT_SECONDS)
        if not process or not process.is_alive or not self.answers():
            raise EmbeddedServiceError(f"{self.name} does not start; {self.log} says why.")
        self.settle()

    def stop(self) -> None:
        process = self.record.read()
        if process:
            stop(process, *self.stop_signals)
        self.record.forget()

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
