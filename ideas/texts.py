"""What people may write: cleaned or refused, the same for every entrance."""

import re

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from common.errors import Invalid
from common.text import without_turns, without_unseen
from ideas.models.comments import COMMENT_LENGTH
from ideas.models.ideas import BODY_LENGTH, TITLE_LENGTH

TAG_LENGTH = 40
TAGS_PER_IDEA = 10
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


def clean_line(text: str, *, field: str, longest: int, missing: StrOrPromise) -> str:
    """Return one line of text with single spaces and nothing that nobody sees.

    Raises: Invalid (`required`, `too_long`, `invalid_characters`) for `field`.

    >>> clean_line("  Dark \\n mode ", field="title", longest=20, missing="?")
    'Dark mode'
    """
    line = " ".join(without_unseen(_without_control(text, field)).split())
    if not line:
        raise Invalid(missing, field=field, code="required")
    return _at_most(line, longest, field)


def clean_title(title: str) -> str:
    return clean_line(title, field="title", longest=TITLE_LENGTH, missing=_("The title is missing."))


def clean_body(body: str) -> str:
    return _at_most(_without_control(body, "body").strip(), BODY_LENGTH, "body")


def clean_comment(body: str) -> str:
    text = _without_control(body, "body").strip()
    if not text:
        raise Invalid(_("There is no text yet."), field="body", code="required")
    return _at_most(text, COMMENT_LENGTH, "body")


def clean_response(body: str, *, field: str = "response") -> str:
    text = _without_control(body, field).strip()
    if not text:
        raise Invalid(_("There is no text yet."), field=field, code="required")
    return _at_most(text, BODY_LENGTH, field)


def clean_language(language: str) -> str:
    if not LANGUAGE.fullmatch(language):
        raise Invalid(_("A language looks like “de” or “en”."), field="language")
    return language


def clean_tags(tags: "list[str] | tuple[str, ...]") -> list[str]:
    """Return the tags as single lines, each once whatever its case, in the order given."""
    lines = [clean_line(tag, field="tags", longest=TAG_LENGTH, missing=_("A tag is empty.")) for tag in tags]
    distinct = {line.lower(): line for line in reversed(lines)}
    if len(distinct) > TAGS_PER_IDEA:
        raise Invalid(_("At most %(count)s tags.") % {"count": TAGS_PER_IDEA}, field="tags", code="too_many")
    return list(reversed(distinct.values()))


def _without_control(text: str, field: str) -> str:
    if "\x00" in text:
        raise Invalid(_("The text has characters that cannot be kept."), field=field, code="invalid_characters")
    return without_turns(text).replace("\r\n", "\n")


def _at_most(text: str, longest: int, field: str) -> str:
    if len(text) > longest:
        raise Invalid(
            _("That is %(over)s characters too long.") % {"over": len(text) - longest}, field=field, code="too_long"
        )
    return text
