from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum
from django.utils.translation import gettext as _
from tqdm import tqdm

from votes.auditing import Difference, differing_ideas, prove_chain
from votes.models import LedgerBatch


class Command(BaseCommand):
    help = (
        "Recount everything: prove that no line of the ledger was changed, taken out or forged, and that every "
        "idea's tally, votes and lines say the same. Nobody waits for it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        faults = [*self._chain(), *self._counts()]
        if faults:
            raise CommandError(_("The audit found what must not be: %(faults)s.") % {"faults": ", ".join(faults)})
        last = LedgerBatch.objects.order_by("id").last()
        digest = bytes(last.digest).hex() if last else _("no batch yet")
        self.stdout.write(_("The ledger is whole and all counts agree. Newest digest: %(digest)s") % {"digest": digest})

    def _chain(self) -> list[str]:
        lines = LedgerBatch.objects.aggregate(lines=Sum("count"))["lines"] or 0
        with tqdm(desc=_("ledger"), total=lines, unit_scale=True, disable=None) as bar:
            broken = prove_chain(bar.update)
        if broken is None:
            return []
        words = _("Batch %(id)s of %(at)s is not what it was.")
        self.stderr.write(words % {"id": broken.pk, "at": broken.at.isoformat()})
        return [_("a broken batch")]

    def _counts(self) -> list[str]:
        found = 0
        for difference in tqdm(differing_ideas(), desc=_("ideas that differ"), disable=None):
            self.stderr.write(_said(difference))
            found += 1
        return [_("ideas whose counts differ: %(count)s") % {"count": f"{found:,}"}] if found else []


def _said(difference: Difference) -> str:
    if difference.tally == difference.votes == difference.ledger:
        return _("Idea %(id)s: its votes are not by those whom the ledger names.") % {"id": difference.public_id}
    words = _("Idea %(id)s: shown %(tally)s, votes %(votes)s, ledger %(ledger)s.")
    pairs = {name: "+{} −{}".format(*getattr(difference, name)) for name in ("tally", "votes", "ledger")}
    return words % {"id": difference.public_id, **pairs}
