"""Ideas with certain words or a tag, in time that does not grow with how many ideas have them.

Few matches are looked up by the text index and sorted. Where there are more than FEW, any order soon meets enough of
them: it is walked, and each idea on the way is tested (docs/adr/0008-searches-look-up-or-walk.md).
"""

from collections.abc import Mapping
from typing import Any

from common.prepared import fetch_all

FEW = 4_000
WALKED = 8_000

# A reader may search German and English ideas at once: each configuration stems the words its way.
WORDS = " || ".join(f"websearch_to_tsquery('ideation_{name}', %(q)s)" for name in ("de", "en", "simple"))
HAS_WORDS = f"i.search @@ ({WORDS})"
HAS_TAG = "i.tags @> ARRAY[%(tag)s]::varchar[]"


def condition_on(*, q: str, tag: str) -> str:
    """Return the condition on an idea `i`, with `q` and `tag` as its parameters; at least one of them is asked for."""
    return " AND ".join([HAS_WORDS] * bool(q) + [HAS_TAG] * bool(tag))


def few_matches(condition: str, parameters: Mapping[str, Any]) -> list[int] | None:
    """Return the ids of all ideas that meet `condition`, or None if there are more than FEW.

    Queries: 1, by the indexes on words and tags; what it reads of the table is bounded.
    """
    found = fetch_all(_first, f"SELECT i.id FROM ideas_idea i WHERE {condition} LIMIT {FEW + 1}", parameters)
    return found if len(found) <= FEW else None


def _first(values: Any) -> int:
    return int(values[0])
