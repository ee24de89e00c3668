"""Gather the strings of the source for translation, by Babel, so that nobody needs the gettext tools.

Templates are first turned into calls of gettext by Django's own reader of templates.
"""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import cast

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
STRING = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b(gettext|ngettext|pgettext|npgettext)\({STRING}(?:,\s*{STRING})?(?:,\s*{STRING})?", re.DOTALL)
LEFT_OUT = {"tests", "var", "bench", "tools", "node_modules"}

Message = tuple[str | None, str | tuple[str, str]]


def source_files(root: Path) -> Iterator[Path]:
    """Return the Python files and templates of our rooms, in a fixed order."""
    for folder in sorted(root.iterdir()):
        if folder.is_dir() and folder.name not in LEFT_OUT and not folder.name.startswith("."):
            found = (file for kind in ("*.py", "*.html", "*.txt") for file in folder.rglob(kind))
            yield from sorted(file for file in found if "migrations" not in file.parts and "static" not in file.parts)


def messages_of(file: Path) -> Iterator[Message]:
    """Return (context, string), the string a pair where it has a plural."""
    text = file.read_text()
    if file.suffix == ".py":
        yield from _of_python(text)
    elif "{%" in text:
        yield from _of_template(text)


def extract(root: Path) -> Catalog:
    """Return a catalogue of all strings, each with the files that have it."""
    catalog = Catalog(project="Ideation", charset="utf-8")
    for file in source_files(root):
        for context, string in messages_of(file):
            catalog.add(string, context=context, locations=[(str(file.relative_to(root)), 0)])
    return catalog


def update(root: Path, language: str) -> list[Path]:
    """Bring the catalogue of `language` up to the source; what is gone leaves it. Returns the file if it changed."""
    path = root / "locale" / language / "LC_MESSAGES" / "django.po"
    before = path.read_bytes() if path.exists() else b""
    catalog = read_po(BytesIO(before), locale=language)
    catalog.project, catalog.version, catalog.fuzzy = "Ideation", "1", False
    catalog.header_comment = f"# Ideation in {language}."
    catalog.update(extract(root), no_fuzzy_matching=True, update_creation_date=False)
    written = BytesIO()
    write_po(written, catalog, width=110, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    if written.getvalue() == before:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written.getvalue())
    return [path]


def _of_python(text: str) -> Iterator[Message]:
    for _line, function, found, _comments in extract_python(BytesIO(text.encode()), KEYWORDS, (), {}):
        given = cast("str | tuple[str | None, ...]", found)
        words = [given] if isinstance(given, str) else [word for word in given if word]
        yield from _message(str(function).removesuffix("_lazy"), words)


def _of_template(text: str) -> Iterator[Message]:
    for call in CALL.finditer(templatize(text)):
        function, *literals = call.groups()
        yield from _message(function, [ast.literal_eval(literal) for literal in literals if literal])


def _message(function: str, words: list[str]) -> Iterator[Message]:
    takes_context = "pgettext" in function
    context = words.pop(0) if takes_context and words else None
    if not words:
        return  # the string is computed: it is marked where it is written
    has_plural = function in ("ngettext", "npgettext") and len(words) > 1
    yield context, (words[0], words[1]) if has_plural else words[0]
