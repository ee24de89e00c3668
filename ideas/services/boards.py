"""Places for ideas that come from a command, where nobody has made any yet."""

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Team
from common.errors import NotFound
from ideas.models import Board, Portal


@transaction.atomic
def make_public_board(
    slug: str, *, name: str, language: str, portal: str = "", team: str = "", allows_down_votes: bool = False
) -> Board:
    """Make a board that everybody sees, behind the others.

    Args: `portal` and `team` by their slugs; by default the first ones, which are made where there are none.
    Raises: NotFound for a portal or team that is named and not there.
    """
    position = Board.objects.aggregate(last=Max("position"))["last"]
    with translation.override(language):
        return Board.objects.create(
            slug=slug,
            name=name[:80],
            language=language,
            portal=_portal(portal, language),
            team=_team(team),
            allows_down_votes=allows_down_votes,
            position=0 if position is None else position + 1,
        )


def _portal(slug: str, language: str) -> Portal:
    found = Portal.objects.filter(slug=slug).first() if slug else Portal.objects.first()
    if slug and not found:
        raise NotFound(_("There is no portal “%(name)s”.") % {"name": slug})
    return found or Portal.objects.create(name=_("Ideas"), slug="ideas", language=language)


def _team(slug: str) -> Team:
    found = Team.objects.filter(slug=slug).first() if slug else Team.objects.order_by("pk").first()
    if slug and not found:
        raise NotFound(_("There is no team “%(name)s”.") % {"name": slug})
    return found or Team.objects.create(name=_("Product"), slug="product")
