"""Places for ideas, where nobody has made any yet."""

from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Person, Team
from activity.services import record
from common.errors import NotFound
from common.text import clean_line
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


@transaction.atomic
def make_first_board(*, name: str, portal_name: str, language: str, by: Person) -> Board:
    """Make the board that an empty installation begins with, its portal, and a team with `by` in it.

    Where there is a board already, as after a double click, that one is returned.
    Raises: Invalid (`name`, `portal_name`).
    """
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    if board := Board.objects.first():
        return board
    name = clean_line(name, field="name", max_length=80, required=True)
    if not Portal.objects.exists():
        portal_name = clean_line(portal_name, field="portal_name", max_length=80, required=True)
        Portal.objects.create(name=portal_name, slug=_slug(portal_name, 40), language=language)
    board = make_public_board(_slug(name, 60), name=name, language=language)
    if not board.team.people.exists():
        by.teams.add(board.team)
    record("board.added", subject_type="board", subject_id=board.pk, actor=by, data={"name": board.name})
    return board


def _slug(name: str, max_length: int) -> str:
    return slugify(name)[:max_length] or "ideas"


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
