"""What the docs say about the code is compared with the code."""

import re
import tomllib

import pytest

from tests.support.installation import ROOT


def test_every_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=]", requirement)[0].lower() for requirement in wanted}
    lines = (ROOT / "docs" / "dependencies.md").read_text()
    first_cells = " ".join(re.findall(r"^\| ([^|]+) \|", lines, flags=re.MULTILINE))
    explained = set(re.findall(r"[a-z][a-z0-9-]+", first_cells)) | {
        f"{family}{part}" for family in ("pytest", "drf-spectacular") for part in re.findall(r"(-[a-z]+)", first_cells)
    }
    assert {name for name in names if not name.startswith("types-")} <= explained


def test_both_locks_agree_on_versions() -> None:
    run, dev = (pinned(f"requirements{kind}.lock") for kind in ("", "-dev"))
    assert run.items() <= dev.items()
    assert len(run) > 50


def pinned(file: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", (ROOT / file).read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("target", ["run", "demo", "test", "quick", "check", "backup", "restore", "help"])
def test_make_offers_what_the_docs_promise(target: str) -> None:
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
