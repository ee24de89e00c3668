"""The words of mails, in the language that is active. Texts only: no database, no addresses of people."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ideas.links import idea_url
from ideas.models import Idea
from ideas.status import Status
from notifications.matters import Matter
from notifications.models import Kind, Reason

QUOTE_LENGTH = 600


@dataclass(frozen=True, slots=True)
class Letter:
    """Attributes: `why` the receiver gets it; `said`, what happened; `quote`, somebody's own words, and their
    `language` where it is known.
    """

    subject: str
    why: str
    said: str
    url: str
    link_label: str
    quote: str = ""
    language: str = ""


def letter_about(matter: Matter, *, reason: str) -> Letter:
    subject, said, quote = _TOLD[matter.event.verb](matter)
    return Letter(
        subject=subject,
        why=_why(matter, Reason(reason)),
        said=said,
        quote=Truncator(quote.strip()).chars(QUOTE_LENGTH),
        language="" if matter.words else matter.idea.language,
        url=idea_url(matter.leads_to),
        link_label=_("Open the idea"),
    )


def stop_label(kind: str) -> str:
    return {
        Kind.NEW_IDEA: _("Stop mails about new ideas"),
        Kind.DIGEST: _("Stop mails about new ideas"),
        Kind.COMMENT: _("Stop mails about comments"),
        Kind.NOTE: _("Stop mails about internal notes"),
        Kind.CHANGE: _("Stop mails about ideas you backed"),
        Kind.ASSIGNMENT: _("Stop mails about assignments"),
    }[Kind(kind)]


def _why(matter: Matter, reason: Reason) -> str:
    because = {
        Reason.ASSIGNEE: _("You get this mail because “%(title)s” is assigned to you."),
        Reason.REPLY: _("You get this mail because somebody answered your comment on “%(title)s”."),
        Reason.AUTHOR: _("You get this mail because “%(title)s” is your idea."),
        Reason.FOLLOWER: _("You get this mail because you follow “%(title)s”."),
        Reason.VOTER: _("You get this mail because you voted on “%(title)s”."),
        Reason.TEAM: _("You get this mail because your team looks after “%(board)s”."),
    }
    return because[reason] % {"title": matter.idea.title, "board": matter.idea.board.name}


# Each returns the subject, what happened, and the words to quote.
Told = tuple[str, str, str]


def _new_idea(matter: Matter) -> Told:
    idea = matter.idea
    names = {"title": idea.title, "board": idea.board.name, "name": idea.author.public_name}
    return (
        _("New idea: %(title)s") % names,
        _("%(name)s shared an idea on “%(board)s”:") % names,
        f"{idea.title}\n\n{idea.body}",
    )


def _assigned(matter: Matter) -> Told:
    names = {"title": matter.idea.title, "name": _actor(matter)}
    return (
        _("Assigned to you: %(title)s") % names,
        _("%(name)s asks you to look after this idea:") % names,
        names["title"],
    )


def _commented(matter: Matter) -> Told:
    names = {"title": matter.idea.title, "name": _actor(matter)}
    if matter.kind == Kind.NOTE:
        return _("Internal note: %(title)s") % names, _("%(name)s noted for the team:") % names, matter.words
    return _("New comment: %(title)s") % names, _("%(name)s wrote:") % names, matter.words


def _status_changed(matter: Matter) -> Told:
    data = matter.event.data
    names = {
        "title": matter.idea.title,
        "old": Status(data["old"]).label,
        "new": Status(data["new"]).label,
    }
    if matter.words:
        said = _("“%(title)s” is now “%(new)s”; it was “%(old)s”. The team says:") % names
    else:
        said = _("“%(title)s” is now “%(new)s”; it was “%(old)s”.") % names
    return f"{names['new']}: {names['title']}", said, matter.words


def _responded(matter: Matter) -> Told:
    names = {"title": matter.idea.title}
    return _("Answered: %(title)s") % names, _("The team answers “%(title)s”:") % names, matter.words


def _merged(matter: Matter) -> Told:
    names = {"title": matter.idea.title, "into": matter.leads_to.title}
    return (
        _("Merged: %(title)s") % names,
        _("“%(title)s” asks for the same as “%(into)s” and goes on there, with all its votes.") % names,
        "",
    )


def _unmerged(matter: Matter) -> Told:
    names = {"title": matter.idea.title}
    return (
        _("On its own again: %(title)s") % names,
        _("“%(title)s” is an idea of its own again, with the votes it had.") % names,
        "",
    )


def _actor(matter: Matter) -> str:
    return matter.actor.public_name if matter.actor else _("The team")


_TOLD: dict[str, Callable[[Matter], Told]] = {
    "idea.posted": _new_idea,
    "idea.assigned": _assigned,
    "idea.status_changed": _status_changed,
    "idea.responded": _responded,
    "idea.merged": _merged,
    "idea.unmerged": _unmerged,
    "comment.posted": _commented,
}


@dataclass(frozen=True, slots=True)
class DigestLine:
    title: str
    votes: int
    url: str
    language: str


@dataclass(frozen=True, slots=True)
class DigestPart:
    board: str
    lines: list[DigestLine]


def digest_parts(ideas: list[Idea]) -> list[DigestPart]:
    """Group ideas by board, boards by name, each board's ideas by votes, then as given.

    Args: `ideas` with `board` and `standing` loaded.
    """
    boards: dict[tuple[str, int], list[Idea]] = {}
    for idea in ideas:
        boards.setdefault((idea.board.name, idea.board_id), []).append(idea)
    return [
        DigestPart(name, [_line(idea) for idea in sorted(listed, key=_votes, reverse=True)])
        for (name, _id), listed in sorted(boards.items(), key=lambda item: item[0])
    ]


def digest_subject(count: int) -> str:
    return ngettext("%(count)s new idea", "%(count)s new ideas", count) % {"count": count}


def _votes(idea: Idea) -> int:
    return max(0, idea.standing.up) - max(0, idea.standing.down)


def _line(idea: Idea) -> DigestLine:
    return DigestLine(idea.title, _votes(idea), idea_url(idea), idea.language)
