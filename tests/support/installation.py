"""An installation of its own: a var/ folder, a port, and the commands that an operator gives."""

import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from ideation.embedded.paths import layout_of
from tests.support.ports import free_port
from tests.support.waiting import eventually

ROOT = Path(__file__).resolve().parent.parent.parent
# Collected by the first start of a test process, found in order by the others.
STATIC_ROOT = ROOT / "var" / "test" / f"static-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
OURS = {"DATABASE_URL", "REDIS_URL", "BASE_URL", "EMAIL_URL", "MEDIA_ROOT", "CACHE_PREFIX", "SECRET_KEY"}


@dataclass
class Installation:
    var_dir: Path
    port: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in OURS}
        here = {"VAR_DIR": str(self.var_dir), "PORT": str(self.port), "WEB_WORKERS": "1", "WORKER_PROCESSES": "1"}
        here["STATIC_ROOT"] = str(STATIC_ROOT)
        return {**inherited, **here, "DJANGO_SETTINGS_MODULE": "ideation.settings"}

    def manage(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end; an empty value takes a variable of the environment away."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={name: value for name, value in {**self.environment, **environment}.items() if value},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def serve(self) -> "Serving":
        """Start serving in a process group of its own, as a shell does, and wait for the ready line."""
        log = self.var_dir.with_suffix(".log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        serving = Serving(self, process, log)
        try:
            eventually(lambda: "Ready at" in serving.output or process.poll() is not None, timeout=150)
            assert process.poll() is None, serving.output
        except AssertionError:
            self.kill_everything()
            process.wait()
            raise
        return serving

    def processes(self) -> set[int]:
        """Return every process that names this installation in its command line or its environment."""
        return {pid for pid in _pids() if str(self.var_dir).encode() in _about(pid)} - {os.getpid()}

    def remove(self) -> None:
        """Kill what runs and delete what root's servers may have outside var/."""
        self.kill_everything()
        for place in (layout_of(self.var_dir).home, layout_of(self.var_dir).sockets):
            shutil.rmtree(place, ignore_errors=True)

    def kill_everything(self) -> None:
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)


@dataclass
class Serving:
    installation: Installation
    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.installation.port}"

    def status_of(self, path: str) -> int:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:  # noqa: S310 - our own address
                status: int = answer.status
        except OSError as error:
            return getattr(error, "code", 0)
        return status

    def pids_of(self, program: str) -> list[int]:
        """Return our processes whose command line names `program`."""
        return [pid for pid in self.installation.processes() if program in Path(f"/proc/{pid}/cmdline").read_text()]

    def first_link(self) -> str:
        found = re.search(r"http\S+/link/\S+", self.output)
        assert found, self.output
        return found.group()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal to the whole process group and return the exit code."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        return self.process.wait(timeout=15)


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _about(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() + b"\0" + Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""
