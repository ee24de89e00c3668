"""Words of people who look for an idea, as one query that the text index answers."""

import re

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

LANGUAGES = ("de", "en", "simple")
WORDS_USED = 8
PUBLIC_ID = re.compile(r"[0-9A-Za-z]{12,16}")


def ideas_with(text: str) -> Q:
    """Ideas that have all the words, the last one perhaps unfinished, or whose public id it is.

    A team may have German and English ideas: each configuration stems the words its way.
    """
    text = text.strip()
    words = _beginning(text)
    first, *others = (SearchQuery(words, search_type="raw", config=f"ideation_{name}") for name in LANGUAGES)
    for other in others:
        first = first | other
    return Q(search=first) | Q(public_id=text) if PUBLIC_ID.fullmatch(text) else Q(search=first)


def _beginning(text: str) -> str:
    """Return the words as a query whose last word may go on; nothing is found where there are none.

    >>> _beginning("dark mo")
    'dark & mo:*'
    """
    words = re.findall(r"\w+", text)[:WORDS_USED]
    return " & ".join(words) + ":*" if words else ""
