"""Compile translations with Babel, so that nobody needs the gettext tools."""

import os
from collections.abc import Iterable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_translations(locale_dirs: Iterable[Path]) -> list[Path]:
    """Compile every catalogue that is newer than its compiled form; return the compiled files."""
    sources = [source for folder in locale_dirs for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))]
    return [_compile(source) for source in sources if _is_stale(source)]


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def _compile(source: Path) -> Path:
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name)
    # Whole or not at all: other processes may be reading it.
    draft = source.with_suffix(f".mo.{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    return draft.replace(source.with_suffix(".mo"))
