"""From reports of views to daily counts.

Every report is counted exactly once, whatever dies: the mark that says how far the stream is counted moves in the
transaction that counts. What a killed flush had counted and not yet cleared away is cleared by the next one.
"""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from ideas.models import Idea
from votes import ranking, readers
from votes.models import ViewsFlush
from votes.reports import Report, Sight, drop, known_sights, remember_sights, reports, sights_in
from votes.services.exposures import add_views

REPORTS_PER_FLUSH = 5_000
MOST_FLUSHES = 20

Views = dict[tuple[int, date], tuple[int, float]]
Pairs = list[tuple[Sight, int]]


def flush_views() -> int:
    """Count what was reported since the last flush; return the number of reports taken.

    Queries: 4 for up to REPORTS_PER_FLUSH reports, the last two in one transaction.
    """
    taken = 0
    for _turn in range(MOST_FLUSHES):
        count = _flush()
        taken += count
        if count < REPORTS_PER_FLUSH:
            break
    return taken


def _flush() -> int:
    mark, _made = ViewsFlush.objects.get_or_create(id=1)
    if counted := reports(until=mark.last_id, most=REPORTS_PER_FLUSH):
        _clear(_known_ideas(_sights(counted)), until=mark.last_id)
    new = reports(after=mark.last_id, most=REPORTS_PER_FLUSH)
    if not new:
        return 0
    sights = _countable(_known_ideas(_sights(new)))
    with transaction.atomic():
        # Whoever moves the mark counts; a flush that ran beside this one finds it moved.
        if not ViewsFlush.objects.filter(last_id=mark.last_id).update(last_id=new[-1].id):
            return 0
        add_views(_summed(sights))
    _clear(sights, until=new[-1].id)
    return len(new)


def _sights(taken: Iterable[Report]) -> list[Sight]:
    return [sight for report in taken for sight in sights_in(report)]


def _known_ideas(sights: list[Sight]) -> Pairs:
    """Return the sights of listed ideas, each with the idea's id, but for those by the idea's author."""
    public_ids = {sight.public_id for sight in sights}
    listed = Idea.objects.filter(public_id__in=public_ids, standing__listed=True)
    ideas = {public_id: (pk, author) for public_id, pk, author in listed.values_list("public_id", "pk", "author")}
    found = [(sight, *ideas[sight.public_id]) for sight in sights if sight.public_id in ideas]
    return [(sight, pk) for sight, pk, author in found if sight.reader != readers.signed_in(author, sight.day)]


def _countable(pairs: Pairs) -> Pairs:
    """Return the first sight of each reader, idea and day."""
    first = {(sight.day, sight.reader, pk): (sight, pk) for sight, pk in reversed(pairs)}
    once = list(first.values())
    return [pair for pair, is_known in zip(once, known_sights(once), strict=True) if not is_known]


def _summed(pairs: Pairs) -> Views:
    views: Views = {}
    for sight, pk in pairs:
        count, weight = views.get((pk, sight.day), (0, 0.0))
        views[pk, sight.day] = count + 1, weight + ranking.examination(sight.place)
    return views


def _clear(pairs: Pairs, *, until: str) -> None:
    """Remember who saw what, and drop the reports up to `until`; harmless when done again."""
    remember_sights(pairs)
    drop(until=until)
