"""Load from the outside: wrk for HTTP, pgbench for bare statements."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ideation.embedded import postgres_client

SCRIPT = Path(__file__).with_name("replay.lua")
CONNECTIONS = 16


class LoadError(Exception):
    """A load could not be made; the message is for whoever runs it."""


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def line(self) -> str:
        headers = "|".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{self.method}\t{self.path}\t{headers}\t{self.body}\n"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a load saw: `rate` of good answers per second; `failed` were lost or not 2xx; times in ms."""

    rate: float
    requests: int
    failed: int
    p50: float
    p95: float
    p99: float
    most: float


def require_wrk() -> None:
    """Raises: LoadError with how to get it."""
    if not shutil.which("wrk"):
        raise LoadError("wrk is missing, the load tool: apt-get install wrk (macOS: brew install wrk).")


def send(
    url: str, requests: Sequence[Request], *, seconds: float, connections: int = CONNECTIONS, pause_ms: int = 0
) -> Measured:
    """Send `requests` in turn, over and over, from `connections` that each wait for the answer."""
    with sending(url, requests, seconds=seconds, connections=connections, pause_ms=pause_ms) as process:
        return read_figures(*process.communicate(timeout=seconds + 60))


@contextmanager
def sending(
    url: str, requests: Sequence[Request], *, seconds: float, connections: int = CONNECTIONS, pause_ms: int = 0
) -> Iterator["subprocess.Popen[str]"]:
    """Have a load running inside the block; it is ended with it."""
    with tempfile.NamedTemporaryFile("w", suffix=".requests", encoding="utf-8") as file:
        file.writelines(request.line for request in requests)
        file.flush()
        environment = {**os.environ, "BENCH_REQUESTS": file.name, "BENCH_PAUSE_MS": str(pause_ms)}
        length = f"{max(1, round(seconds))}s"
        command = ["wrk", "-t1", f"-c{connections}", f"-d{length}", "--timeout", "20s", "-s", str(SCRIPT), url]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def read_figures(output: str, errors: str) -> Measured:
    lines = [line for line in output.splitlines() if line.startswith("{")]
    if not lines:
        raise LoadError(f"wrk gave no figures: {output} {errors}")
    seen = json.loads(lines[-1])
    failed = seen["not_2xx"] + seen["lost"]
    good = max(0, seen["requests"] - seen["not_2xx"])
    return Measured(
        rate=good / seen["seconds"],
        requests=seen["requests"],
        failed=failed,
        p50=seen["p50"],
        p95=seen["p95"],
        p99=seen["p99"],
        most=seen["max"],
    )


def pgbench(sockets: str, scripts: Sequence[str], *, seconds: float, connections: int = CONNECTIONS) -> float:
    """Return how many of the `scripts`, drawn at random, PostgreSQL runs per second: prepared, over its socket."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, script in enumerate(scripts):
            path = Path(folder, f"{number}.sql")
            path.write_text(script, encoding="utf-8")
            files += ["-f", str(path)]
        command = [
            *(str(postgres_client("pgbench")), "-h", sockets, "-U", "ideation", "-n", "-M", "prepared"),
            *("-c", str(connections), "-j", "2", "-T", str(max(1, round(seconds))), *files, "ideation"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+) \(without", done.stdout)
    if done.returncode or not found:
        raise LoadError(f"pgbench failed: {done.stderr[-500:]}")
    return float(found.group(1))


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
