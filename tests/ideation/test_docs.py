"""What the docs say about the code is compared with the code."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

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


def test_the_product_imports_only_what_a_run_installs() -> None:
    locked = {name.replace("-", "_") for name in pinned("requirements.lock")}
    folders = [path for path in ROOT.iterdir() if (path / "__init__.py").exists() and path.name != "tests"]
    sources = [source for folder in folders for source in folder.rglob("*.py")]
    imported = {name for source in sources for name in top_level_imports(source)}
    # `_typeshed` is known to type checkers only and imported for them only.
    ours_or_pythons = {folder.name for folder in folders} | sys.stdlib_module_names | {"_typeshed"}
    packages = packages_distributions()
    missing = {
        name
        for name in imported - ours_or_pythons
        if not locked & {package.lower().replace("-", "_") for package in packages.get(name, [name])}
    }
    assert missing == set()
    assert len(sources) > 100


def top_level_imports(source: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def test_both_locks_agree_on_versions() -> None:
    run, dev = (pinned(f"requirements{kind}.lock") for kind in ("", "-dev"))
    assert run.items() <= dev.items()
    assert len(run) > 50


def pinned(file: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", (ROOT / file).read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("target", ["run", "demo", "test", "quick", "check", "backup", "restore", "help"])
def test_make_offers_what_the_docs_promise(target: str) -> None:
    assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
