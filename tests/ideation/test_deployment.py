"""The container image and the compose file, as far as they can be tried without a container."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.installation import ROOT, Installation, Serving
from tests.support.mail import SmtpSink
from tests.support.waiting import eventually
from tests.support.worker import environment


def test_compose_file_follows_the_specification_and_has_no_default_password() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, "docker-compose.yml"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    text = (ROOT / "docker-compose.yml").read_text()
    asked_for = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    assert {"POSTGRES_PASSWORD", "SECRET_KEY", "BASE_URL", "EMAIL_URL"} == asked_for
    assert "PASSWORD:-" not in text


def test_every_process_of_compose_has_a_health_check_and_cannot_write_its_image() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"web", "worker", "scheduler", "migrate", "database", "valkey"}
    for name in ("web", "worker", "scheduler", "migrate"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    for name in ("worker", "scheduler", "database", "valkey"):
        assert "test" in services[name]["healthcheck"]
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(), "the web's stands in the image"


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_image_s_own_start_command_serves(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    found = re.search(r"^CMD (\[.*\])$", dockerfile, flags=re.MULTILINE)
    assert found
    assert re.search(r"^USER (?!root)", dockerfile, flags=re.MULTILINE)
    installation = Installation(tmp_path / "var")
    settings = {"VAR_DIR": str(installation.var_dir), "PORT": str(installation.port), "HOST": "127.0.0.1"}
    in_venv = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    log = tmp_path / "web.log"
    with log.open("wb") as output:
        web = subprocess.Popen(
            json.loads(found.group(1)),
            cwd=ROOT,
            env={**environment(smtp_sink), **settings, "PATH": in_venv},
            stdout=output,
            stderr=output,
        )
    try:
        serving = Serving(installation, web, log)
        assert eventually(lambda: web.poll() is not None or serving.status_of("/readyz") == 200, timeout=60)
        assert web.poll() is None, log.read_text()
    finally:
        web.terminate()
        assert web.wait(timeout=15) == 0


def test_a_single_process_refuses_the_embedded_services(tmp_path: Path) -> None:
    refused = Installation(tmp_path / "var").manage("process", "worker")
    assert refused.returncode == 1
    assert "DATABASE_URL" in refused.stderr
