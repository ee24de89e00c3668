import gettext
import os
from pathlib import Path

import pytest

from ideation.translations import compile_translations

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    source = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(f'{HEAD}msgid "Idea"\nmsgstr "Idee"\n\nmsgid "Vote"\nmsgstr ""\n', encoding="utf-8")
    return source


def german(folder: Path, text: str) -> str:
    with (folder / "de" / "LC_MESSAGES" / "django.mo").open("rb") as compiled:
        return gettext.GNUTranslations(compiled).gettext(text)


def test_a_catalogue_is_compiled_so_that_gettext_reads_it(tmp_path: Path, catalogue: Path) -> None:
    assert compile_translations([tmp_path]) == [catalogue.with_suffix(".mo")]
    assert german(tmp_path, "Idea") == "Idee"
    assert german(tmp_path, "Vote") == "Vote", "what is not translated stays as it is"


def test_only_what_changed_is_compiled_again(tmp_path: Path, catalogue: Path) -> None:
    compile_translations([tmp_path])
    assert compile_translations([tmp_path]) == []
    catalogue.write_text(f'{HEAD}msgid "Idea"\nmsgstr "Einfall"\n', encoding="utf-8")
    later = catalogue.with_suffix(".mo").stat().st_mtime + 5
    os.utime(catalogue, (later, later))
    assert compile_translations([tmp_path]) == [catalogue.with_suffix(".mo")]
    assert german(tmp_path, "Idea") == "Einfall"
