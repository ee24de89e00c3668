"""What an operator may set, and what is said when it is wrong."""

import re
from pathlib import Path

import pytest

from tests.support.installation import ROOT, Installation

SERVICES = {
    "DATABASE_URL": "postgres://ideation@127.0.0.1/ideation",
    "REDIS_URL": "redis://127.0.0.1/0",
    "SECRET_KEY": "s" * 60,
    "BASE_URL": "https://ideas.example.org",
}


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "DATABASE_URL"])
def test_says_in_one_line_which_setting_is_missing(tmp_path: Path, name: str) -> None:
    refused = Installation(tmp_path / "var").manage("check", **{**SERVICES, name: ""})
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert name in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "ideas.example.org"),
        ("DATABASE_URL", "mysql://somewhere/ideation"),
        ("EMAIL_URL", "pigeon://somewhere"),
        ("HALF_LIFE_DAYS", "-1"),
        ("PORT", "abc"),
        ("SECRET_KEY_FILE", "/nowhere/to/be/found"),
    ],
)
def test_says_in_one_line_which_setting_is_bad(tmp_path: Path, name: str, value: str) -> None:
    refused = Installation(tmp_path / "var").manage("check", **{name: value})
    assert refused.returncode == 1
    (line,) = refused.stderr.splitlines()
    assert name in line


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s" * 60)
    settings = {**SERVICES, "SECRET_KEY_FILE": str(file)}
    del settings["SECRET_KEY"]
    assert Installation(tmp_path / "var").manage("check", **settings).returncode == 0


def test_the_example_names_every_setting_and_no_other() -> None:
    source = "".join((ROOT / "ideation" / name).read_text() for name in ("settings.py", "wsgi.py"))
    read = set(re.findall(r'(?:env\.\w+|setdefault|required_unless)\((?:\w+, )?\s*"([A-Z_]+)"', source))
    named = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    compose_only = {"POSTGRES_PASSWORD", "PUBLISHED_PORT"}
    assert read - {"DJANGO_SETTINGS_MODULE"} == named - compose_only
