"""Short texts from outside, checked the same way wherever they come in."""

import re
import unicodedata

from django.utils.translation import gettext as _

from common.errors import Invalid

# Control characters (NUL among them, which PostgreSQL refuses) and halves of surrogate pairs, which no encoding takes.
UNUSABLE = {"Cc", "Cs"}

TURNING = "\u202a-\u202e\u2066-\u2069"  # they turn the direction of what stands after them, beyond their own text
# What takes no place or looks empty, so that two names look like one. Tags are kept where they make a flag.
UNSEEN = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f)|"
    f"[{TURNING}\u00ad\u061c\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
# The joiners belong into words of Persian or Hindi and into emoji, never at an end.
OUTER_JOINERS = re.compile(r"(?<!\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\S)")
TURNS = re.compile(f"[{TURNING}]")


def without_unseen(line: str) -> str:
    """Return `line` without characters that nobody sees.

    >>> without_unseen("Dark\u202e mode\u200b")
    'Dark mode'
    """
    return OUTER_JOINERS.sub("", UNSEEN.sub(lambda found: found[1] or "", line))


def without_turns(text: str) -> str:
    """Return `text` without the characters that would turn the direction of whatever follows."""
    return TURNS.sub("", text)


def clean_line(text: str, *, field: str, max_length: int, required: bool = False) -> str:
    """Return `text` without outer blanks and unseen characters, fit for a column of one line.

    Raises: Invalid with `field` and one of the codes required, too_long, invalid_characters.
    """
    line = without_unseen(text).strip()
    if required and not line:
        raise Invalid(_("This is missing."), field=field, code="required")
    if len(line) > max_length:
        raise Invalid(_("At most %(count)s characters.") % {"count": max_length}, field=field, code="too_long")
    if any(unicodedata.category(character) in UNUSABLE for character in line):
        raise Invalid(_("There are characters in it that cannot be kept."), field=field, code="invalid_characters")
    return line
