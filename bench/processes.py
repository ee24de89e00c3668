"""The product, started as an operator does, and the yardsticks beside it on a web server of the same settings."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.databases import ROOT, Installation
from bench.load import LoadError

PROC = Path("/proc")
START_LIMIT_SECONDS = 180


@dataclass(frozen=True)
class Product:
    """A running `manage.py serve`; `started_in` is how many seconds it took until it said that it is ready."""

    pid: int
    port: int
    started_in: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def web(self) -> int:
        return self._child("granian")

    @property
    def scheduler(self) -> int:
        return self._child("beat")

    def _child(self, word: str) -> int:
        return next(pid for pid in children_of(self.pid) if word in command_of(pid))

    @contextmanager
    def fold_stopped(self) -> Iterator[None]:
        """Have the scheduler stand still, so that nobody asks for a fold."""
        os.kill(self.scheduler, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.scheduler, signal.SIGCONT)

    def memory(self) -> dict[str, float]:
        """Return the largest proportional set size, in MB, of a web worker and of a Celery process."""
        celery = [pid for pid in children_of(self.pid) if " worker" in command_of(pid)]
        return {
            "web": max(pss_of(pid) for pid in descendants_of(self.web)),
            "celery": max(pss_of(pid) for main in celery for pid in (main, *descendants_of(main))),
        }


@contextmanager
def serving(place: Installation) -> Iterator[Product]:
    """Have the product served inside the block."""
    port, log = free_port(), place.var_dir / "serve.log"
    begun = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "serve"],
            cwd=ROOT,
            env=place.environment(PORT=str(port)),
            stdout=output,
            stderr=output,
        )
    try:
        _wait(lambda: "Ready at" in log.read_text(), process, log)
        yield Product(process.pid, port, time.monotonic() - begun)
    finally:
        _end(process)


@dataclass(frozen=True)
class Yardsticks:
    """The web server of the bare views."""

    web: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def yardsticks(place: Installation, product: Product) -> Iterator[Yardsticks]:
    """Have the bare views served inside the block, by the product's own command line."""
    port, log = free_port(), place.var_dir / "yardsticks.log"
    command = arguments_of(product.web)
    app = next(number for number, argument in enumerate(command) if argument.endswith(":application"))
    command[app] = "bench.yardsticks.wsgi:application"
    command[command.index("--port") + 1] = str(port)
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=place.environment(), stdout=output, stderr=output)
    try:
        _wait(lambda: _answers(port, "/empty"), process, log)
        yield Yardsticks(process.pid, port)
    finally:
        _end(process)


def _wait(is_there: Callable[[], bool], process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_SECONDS
    while not is_there():
        if process.poll() is not None or time.monotonic() > deadline:
            raise LoadError(f"{log} says why this did not start: {log.read_text()[-500:]}")
        time.sleep(0.05)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def arguments_of(pid: int) -> list[str]:
    return PROC.joinpath(str(pid), "cmdline").read_text().rstrip("\0").split("\0")


def command_of(pid: int) -> str:
    return " ".join(arguments_of(pid))


def children_of(pid: int) -> list[int]:
    lists = PROC.joinpath(str(pid), "task").glob("*/children")
    try:
        return [int(child) for found in lists for child in found.read_text().split()]
    except OSError:
        return []  # ended since it was listed


def descendants_of(pid: int) -> list[int]:
    return [found for child in children_of(pid) for found in (child, *descendants_of(child))]


def cpu_of(*roots: int) -> float:
    """Return the seconds of processor time that the processes and all their descendants have used, ended ones too."""
    pids = [pid for root in roots for pid in (root, *descendants_of(root))]
    return sum(_ticks_of(pid) for pid in pids) / os.sysconf("SC_CLK_TCK")


def _ticks_of(pid: int) -> int:
    try:
        fields = PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0  # ended since it was listed
    return sum(map(int, fields[11:15]))


def pss_of(pid: int) -> float:
    """Return a process's memory in MB; what it shares with others is divided among them."""
    for line in PROC.joinpath(str(pid), "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
