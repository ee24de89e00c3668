"""Words of people who look for an idea or a comment, as conditions that the text indexes answer."""

import re

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

LANGUAGES = ("de", "en", "simple")
WORDS_USED = 8


def ideas_with(words: str) -> Q:
    """Ideas that have the words, the last one perhaps unfinished, or whose public id it is.

    A team may have German and English ideas: each configuration stems the words its way.
    """
    found = Q(public_id=words.strip())
    for language in LANGUAGES:
        found |= Q(search=SearchQuery(words, search_type="websearch", config=f"ideation_{language}"))
        if beginning := _beginning(words):
            found |= Q(search=SearchQuery(beginning, search_type="raw", config=f"ideation_{language}"))
    return found


def _beginning(words: str) -> str:
    """Return the words as a query whose last word may go on.

    >>> _beginning("dark mo")
    'dark & mo:*'
    """
    parts = re.findall(r"\w+", words)[:WORDS_USED]
    return " & ".join(parts) + ":*" if parts else ""
