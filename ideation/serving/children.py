"""The processes that serve, and how they are kept alive and ended."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field

from django.conf import settings

# What is served from one var/ carries this name in its environment, through all its descendants.
MARK = "IDEATION_SERVED_FROM"
BACKOFF_SECONDS = (1, 2, 4, 8, 16, 30)
# A child that ran this long begins its backoff anew.
STEADY_SECONDS = 60
POLITE_SECONDS, FIRM_SECONDS = 6.0, 3.0


@dataclass
class Child:
    """One process that is started again, ever more slowly, when it dies."""

    name: str
    command: list[str]
    # Sent when the first signal has not ended it: Celery then hands its tasks back to the queue.
    firm_signal: signal.Signals = signal.SIGTERM
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    deaths: int = 0
    start_at: float = field(default=0.0)

    def start(self) -> None:
        self.started_at = time.monotonic()
        environment = {**os.environ, MARK: str(settings.VAR_DIR)}
        self.process = subprocess.Popen(  # noqa: S603 - our own programs
            self.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C goes to us alone: children are ended in turn, each by one signal
        )

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def tend(self) -> str | None:
        """Start it when it is due; return what happened to it, if anything did."""
        now = time.monotonic()
        if self.is_alive:
            return None
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return None
        code, self.process = self.process.returncode, None
        self.deaths = 1 if now - self.started_at > STEADY_SECONDS else self.deaths + 1
        pause = BACKOFF_SECONDS[min(self.deaths, len(BACKOFF_SECONDS)) - 1]
        self.start_at = now + pause
        return f"{self.name} ended unexpectedly ({_reason(code)}); starting it again in {pause} s"

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def _reason(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def web_worker_and_scheduler() -> list[Child]:
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "ideation"]
    granian = [
        *("granian", "ideation.web:application", "--interface", "wsgi", "--host", settings.HOST),
        *("--port", str(settings.PORT), "--workers", str(settings.WEB_WORKERS), "--no-ws", "--log-level", "warning"),
        *("--blocking-threads", str(settings.WEB_THREADS), "--respawn-failed-workers", "--workers-kill-timeout", "4"),
    ]
    quiet = ["--without-gossip", "--without-mingle", "--loglevel", settings.LOG_LEVEL]
    return [
        Child("web", [*python, *granian]),
        Child(
            "worker",
            [*celery, "--quiet", "worker", "--concurrency", str(settings.WORKER_PROCESSES), *quiet],
            signal.SIGQUIT,
        ),
        Child("scheduler", [*celery, "--quiet", "beat", "--pidfile", "", "--loglevel", "WARNING"]),
    ]


def end(children: list[Child]) -> None:
    """End all at once: asked politely, then firmly, then killed; about ten seconds at the most."""
    steps = ((signal.SIGTERM, POLITE_SECONDS), (None, FIRM_SECONDS), (signal.SIGKILL, 1.0))
    for number, seconds in steps:
        for child in children:
            child.send(number or child.firm_signal)
        deadline = time.monotonic() + seconds
        while any(child.is_alive for child in children) and time.monotonic() < deadline:
            time.sleep(0.05)
