"""Short texts from outside, checked the same way wherever they come in."""

import unicodedata

from django.utils.translation import gettext as _

from common.errors import Invalid

# Control characters (NUL among them, which PostgreSQL refuses) and halves of surrogate pairs, which no encoding takes.
UNUSABLE = {"Cc", "Cs"}


def clean_line(text: str, *, field: str, max_length: int, required: bool = False) -> str:
    """Return `text` without outer blanks, fit for a column of one line.

    Raises: Invalid with `field` and one of the codes required, too_long, invalid_characters.
    """
    line = text.strip()
    if required and not line:
        raise Invalid(_("This is missing."), field=field, code="required")
    if len(line) > max_length:
        raise Invalid(_("At most %(count)s characters.") % {"count": max_length}, field=field, code="too_long")
    if any(unicodedata.category(character) in UNUSABLE for character in line):
        raise Invalid(_("There are characters in it that cannot be kept."), field=field, code="invalid_characters")
    return line
