"""German is complete, and the catalogue says what the source says."""

import re
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings

from ideation.messages import extract, messages_of

PLACEHOLDER = re.compile(r"%\(\w+\)\w|%%|<[^>]+>")


@pytest.fixture(scope="module")
def german() -> Catalog:
    with (settings.BASE_DIR / "locale/de/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale="de")


def _keys(catalog: Catalog) -> set[tuple[str | None, str]]:
    return {(message.context, str(message.id)) for message in catalog if message.id}


def test_the_catalogue_has_the_strings_of_the_source_and_no_others(german: Catalog) -> None:
    source = _keys(extract(settings.BASE_DIR))
    assert (_keys(german) - source, source - _keys(german)) == (set(), set()), "run manage.py update_translations"


def _forms(message: Message) -> list[tuple[str, str]]:
    """Pair each form of the source with its translation."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string or (), strict=True))


def test_every_string_is_translated_and_none_is_a_guess(german: Catalog) -> None:
    strings = [message for message in german if message.id]
    assert [form for message in strings for form in _forms(message) if not form[1]] == []
    assert [message.id for message in strings if message.fuzzy] == []


def test_translations_keep_the_placeholders(german: Catalog) -> None:
    for message in german:
        for source, translation in _forms(message):
            assert sorted(PLACEHOLDER.findall(source)) == sorted(PLACEHOLDER.findall(translation)), source


def test_strings_are_found_in_python_and_in_templates(tmp_path: Path) -> None:
    code, page = tmp_path / "a.py", tmp_path / "a.html"
    code.write_text(
        'a = _("One")\nb = ngettext_lazy("%(n)s idea", "%(n)s ideas", 2)\nc = pgettext_lazy("verb", "Open")\n'
    )
    page.write_text(
        '{% load i18n %}{% translate "Two" %}{% translate "Go" context "button" %}'
        "{% blocktranslate trimmed with a=b %}Three\n  {{ a }}{% endblocktranslate %}"
    )
    assert list(messages_of(code)) == [(None, "One"), (None, ("%(n)s idea", "%(n)s ideas")), ("verb", "Open")]
    assert list(messages_of(page)) == [(None, "Two"), ("button", "Go"), (None, "Three %(a)s")]
