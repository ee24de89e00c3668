"""What is collected for the web, and when."""

from pathlib import Path

from django.contrib.staticfiles.finders import get_finders
from pytest_django import Settings

from ideation.serving.preparation import collect_static_files
from ideation.static_app import IdeationStaticFilesConfig


def test_nothing_is_collected_again_when_nothing_changed(tmp_path: Path, settings: Settings) -> None:
    def collected_at(var_dir: Path) -> int:
        settings.VAR_DIR = var_dir
        settings.STATIC_ROOT = tmp_path / "static"  # Django then makes its finders anew
        collect_static_files(lambda _line: None)
        return (tmp_path / "static" / ".collected").stat().st_mtime_ns

    assert collected_at(tmp_path / "here") == collected_at(tmp_path / "there")


def test_what_is_shown_nowhere_is_left_out() -> None:
    ignored = IdeationStaticFilesConfig.ignore_patterns
    found = [path for finder in get_finders() for path, _storage in finder.list(ignored)]
    assert "frontend/portal.css" in found
    assert [path for path in found if path.startswith(("rest_framework/", "drf_spectacular_sidecar/redoc/"))] == []
