"""`make run` as an operator lives with it: start, look, interrupt, kill, start again."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation, Serving
from tests.support.waiting import eventually

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Have one run for all who only look at it; like every run it ends cleanly, on Ctrl-C to the whole group."""
    installation = Installation(tmp_path_factory.mktemp("serve") / "var")
    serving = installation.serve()
    yield serving
    code, left = serving.end(signal.SIGINT), installation.processes()
    installation.remove()
    assert (code, left) == (0, set())
    _, _, said_at_the_end = serving.output.partition("Ending; ")
    assert said_at_the_end.splitlines() == [f"the data stays in {installation.var_dir}."]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """Have an installation that may be started and killed."""
    installation = Installation(tmp_path / "var")
    yield installation
    installation.remove()


def test_says_what_it_does_and_answers_when_ready(serving: Serving) -> None:
    assert serving.status_of("/readyz") == 200
    assert serving.status_of("/healthz") == 200
    stages = [line for line in serving.output.splitlines() if line.endswith(" …")]
    assert [line.split()[0] for line in stages if "static" not in line] == ["Starting", "Preparing", "Starting"]


def test_offers_a_link_until_there_is_an_administrator_whom_a_command_beside_it_makes(serving: Serving) -> None:
    offered = serving.first_link().removeprefix(serving.url)
    assert serving.status_of(offered) == 200
    made = serving.installation.manage("sign_in_link", "ada@example.org", "--administrator", PORT="")
    assert made.stdout.startswith(f"{serving.url}/accounts/link/"), "it knows the port of the running server"
    assert serving.status_of(offered) == 404


def test_logs_a_line_of_json_per_request_and_no_key_that_stands_in_a_path(serving: Serving) -> None:
    serving.status_of("/nowhere-at-all")
    secret = serving.first_link().rstrip("/").rpartition("/")[2]
    serving.status_of(f"/accounts/link/{secret}/")
    eventually(lambda: "/accounts/link/" in " ".join(line["request"] for line in logged(serving)))
    (missing,) = [line for line in logged(serving) if line["request"] == "GET /nowhere-at-all"]
    assert (missing["code"], missing["level"], len(missing["request_id"])) == (404, "info", 36)
    assert not [line for line in logged(serving) if secret in line["request"] or line["request"] == "GET /readyz"]


def logged(serving: Serving) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in serving.output.splitlines() if line.startswith("{")]
    return [line for line in lines if "request" in line]


def test_brings_back_a_child_and_a_service_when_they_die(serving: Serving) -> None:
    for web in serving.pids_of("granian"):  # its workers too, for else an orphan would answer
        os.kill(web, signal.SIGKILL)
    valkey = int((serving.installation.var_dir / "services" / "valkey.process").read_text().split()[0])
    os.kill(valkey, signal.SIGKILL)
    eventually(lambda: "valkey had ended unexpectedly" in serving.output)
    eventually(lambda: serving.status_of("/readyz") == 200, timeout=60)


def test_says_one_line_when_another_one_serves(serving: Serving) -> None:
    second = serving.installation.manage("serve")
    assert second.returncode == 1
    assert second.stderr.splitlines() == [
        f"ideation: another `make run` already serves from {serving.installation.var_dir}, at {serving.url}."
    ]
    assert serving.status_of("/healthz") == 200


def test_goes_on_with_its_data_and_leaves_no_process_whatever_was_killed(installation: Installation) -> None:
    first = installation.serve()
    assert installation.manage("sign_in_link", "ada@example.org", "--administrator").returncode == 0
    first.process.kill()
    first.process.wait()
    assert installation.processes(), "its children live on"

    second = installation.serve()
    assert "Ended what an earlier run had left behind" in second.output
    installation.kill_everything()
    second.process.wait()
    eventually(lambda: not installation.processes())

    third = installation.serve()
    assert third.status_of("/readyz") == 200
    assert "first administrator" not in third.output, "Ada is one, and was not lost"
    assert len(installation.processes()) > 5
    third.process.terminate()  # itself alone, not the group
    assert third.process.wait(timeout=15) == 0
    assert installation.processes() == set()


def test_starts_and_stops_services_for_a_command_when_nothing_runs(installation: Installation) -> None:
    shown = installation.manage("showmigrations", "accounts")
    assert "[ ] 0001" in shown.stdout, shown.stderr
    assert installation.processes() == set()


def test_starts_nothing_when_a_command_needs_no_services(installation: Installation) -> None:
    assert installation.manage("check").returncode == 0
    assert not (installation.var_dir / "services").exists()


def test_says_one_line_when_the_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = Installation(tmp_path / "var", port=port).manage("serve")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert f"127.0.0.1:{port}" in line


def test_says_one_line_when_var_cannot_be_written(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    refused = Installation(in_the_way / "var").manage("serve")
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert str(in_the_way) in line
