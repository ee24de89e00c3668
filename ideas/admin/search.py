"""Words of people who look for an idea, as one query that the text index answers."""

import re

from django.contrib.postgres.search import SearchQuery
from django.db import connection, transaction
from django.db.models import Q

from ideas.models import Idea
from ideas.search import FEW

LANGUAGES = ("de", "en", "simple")
WORDS_USED = 8
PUBLIC_ID = re.compile(r"[0-9A-Za-z]{12,16}")


def few_with(condition: Q) -> list[int] | None:
    """Return the ids of all ideas that meet `condition`, or None if there are more than FEW.

    PostgreSQL cannot guess how many words begin in some way. Were it left to guess, it would walk a million ideas in
    order to find the one that has a rare word, or sort a third of them to show fifty.
    Queries: 1, by the index on words or tags.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        ids = list(Idea.objects.filter(condition).values_list("pk", flat=True)[: FEW + 1])
    return ids if len(ids) <= FEW else None


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
