"""Many small style and script files in the source, one of each on the wire; no Node, no build step.

`css/portal.css` and `js/portal.js` are made from their folders whenever static files are looked for or collected.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from threading import get_ident
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

SOURCE = Path(__file__).parent / "static" / "frontend"
STYLES = "frontend/portal.css"
SCRIPTS = "frontend/portal.js"


def style_files() -> list[Path]:
    """Tokens, then the base, then the components by name."""
    return [SOURCE / "css/tokens.css", SOURCE / "css/base.css", *sorted((SOURCE / "css/components").glob("*.css"))]


def script_files() -> list[Path]:
    return sorted((SOURCE / "js").glob("*.js"))


def styles() -> str:
    return "\n".join(file.read_text() for file in style_files())


def scripts() -> str:
    """Each behaviour in a block of its own: in a module, its names stay inside."""
    return "\n".join(f"{{\n{file.read_text()}}}" for file in script_files())


class BundleFinder(BaseFinder):
    """Finds the two joined files, kept under `VAR_DIR/joined`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.folder = Path(settings.VAR_DIR) / "joined"
        self.storage = FileSystemStorage(self.folder)

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in (STYLES, SCRIPTS):
            return []
        found = str(self._write(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        for path in (STYLES, SCRIPTS):
            self._write(path)
            yield path, self.storage

    def _write(self, path: str) -> Path:
        """Replace the file in one step, so that a reader never sees half of it.

        It is as old as its newest source: made again elsewhere it is no change, and nothing is collected anew.
        """
        text, files = (styles(), style_files()) if path == STYLES else (scripts(), script_files())
        target = self.folder / path
        if not target.exists() or target.read_text() != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = target.with_suffix(f".{os.getpid()}-{get_ident()}")
            draft.write_text(text)
            changed_at = max(file.stat().st_mtime_ns for file in files)
            os.utime(draft, ns=(changed_at, changed_at))
            draft.replace(target)
        return target
