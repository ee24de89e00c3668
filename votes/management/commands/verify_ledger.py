from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from votes.ledger import broken_batch
from votes.models import LedgerBatch


class Command(BaseCommand):
    help = "Read the whole ledger of votes and prove that no line was changed, taken out or forged."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = broken_batch()
        if broken:
            raise CommandError(
                _("Batch %(id)s of %(at)s is not what it was.") % {"id": broken.pk, "at": broken.at.isoformat()}
            )
        last = LedgerBatch.objects.order_by("id").last()
        digest = bytes(last.digest).hex() if last else _("no batch yet")
        self.stdout.write(_("The ledger is whole. Newest digest: %(digest)s") % {"digest": digest})
