"""From reports of views to daily counts.

Every report is counted exactly once, whatever dies: the mark that says how far the stream is counted moves in the
transaction that counts. What a killed flush had counted and not yet cleared away is cleared by the next one.
"""

from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction

from ideas.models import Idea
from votes import ranking, readers
from votes.models import ViewsFlush
from votes.reports import Report, drop, known_among, remember, reports, sights_in
from votes.services.exposures import add_views

REPORTS_PER_FLUSH = 5_000
MOST_FLUSHES = 20

Views = dict[tuple[int, date], tuple[int, float]]
Seen = dict[tuple[date, str], dict[int, int]]  # by the reader of a day: idea to place


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
        _clear(_seen_in(counted), until=mark.last_id)
    new = reports(after=mark.last_id, most=REPORTS_PER_FLUSH)
    if not new:
        return 0
    seen = _without_known(_seen_in(new))
    with transaction.atomic():
        # Whoever moves the mark counts; a flush that ran beside this one finds it moved.
        if not ViewsFlush.objects.filter(last_id=mark.last_id).update(last_id=new[-1].id):
            return 0
        add_views(_summed(seen))
    _clear(seen, until=new[-1].id)
    return len(new)


def _seen_in(taken: Iterable[Report]) -> Seen:
    """Return what each reader of a day saw first, of listed ideas but their own."""
    sights = [sight for report in taken for sight in sights_in(report)]
    ideas = _listed({sight.public_id for sight in sights})
    authors = {
        (author, day): readers.signed_in(author, day)
        for day in {sight.day for sight in sights}
        for author in {author for _pk, author in ideas.values()}
    }
    seen: Seen = {}
    for public_id, place, reader, day in sights:
        pk, author = ideas.get(public_id, (0, 0))
        if pk and authors[author, day] != reader:
            seen.setdefault((day, reader), {}).setdefault(pk, place)
    return seen


def _listed(public_ids: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return of each listed idea its id and its author's."""
    listed = Idea.objects.filter(public_id__in=public_ids, standing__listed=True)
    return {public_id: (pk, author) for public_id, pk, author in listed.values_list("public_id", "pk", "author")}


def _without_known(seen: Seen) -> Seen:
    """Leave out what a reader saw in an earlier report of that day."""
    for day, reader, idea in known_among({whose: list(places) for whose, places in seen.items()}):
        del seen[day, reader][idea]
    return {whose: places for whose, places in seen.items() if places}


def _summed(seen: Seen) -> Views:
    views: Views = {}
    for (day, _reader), places in seen.items():
        for idea, place in places.items():
            count, weight = views.get((idea, day), (0, 0.0))
            views[idea, day] = count + 1, weight + ranking.examination(place)
    return views


def _clear(seen: Seen, *, until: str) -> None:
    """Remember who saw what, and drop the reports up to `until`; harmless when done again."""
    remember({whose: list(places) for whose, places in seen.items()})
    drop(until=until)
