from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Team
from accounts.viewers import Viewer
from ideas.visibility import boards_moderated, boards_seen


class Audience(models.TextChoices):
    """Who; each includes the next."""

    PUBLIC = "public", _("Everybody")
    MEMBERS = "members", _("Whoever is signed in")
    TEAM = "team", _("The owning team")


class CountsShown(models.TextChoices):
    ALWAYS = "always", _("Always")
    AFTER_VOTE = "after_vote", _("To those who voted")


SIGNED_IN_AUDIENCES = [(Audience.MEMBERS.value, Audience.MEMBERS.label), (Audience.TEAM.value, Audience.TEAM.label)]


class Portal(models.Model):
    """The face towards one target group: brand, language, sender, and the boards under it."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)
    accent_colour = models.CharField(
        _("brand colour"),
        max_length=7,
        default="#2456a6",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour looks like #2456a6."))],
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ENGLISH)
    sender_name = models.CharField(_("sender of mails"), max_length=80, blank=True)
    sender_email = models.EmailField(_("sender's address"), blank=True)
    welcome = models.TextField(_("welcome"), blank=True, help_text=_("Markdown, shown above the boards."))
    imprint_url = models.URLField(_("imprint"), blank=True)
    privacy_url = models.URLField(_("privacy policy"), blank=True)

    class Meta:
        verbose_name = _("portal")
        verbose_name_plural = _("portals")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class BoardQuerySet(models.QuerySet["Board"]):
    def visible_to(self, viewer: Viewer) -> "BoardQuerySet":
        return self.filter(boards_seen(viewer))

    def moderated_by(self, viewer: Viewer) -> "BoardQuerySet":
        return self.filter(boards_moderated(viewer))


class Board(models.Model):
    """A product area that takes ideas, owned by a team."""

    portal = models.ForeignKey(Portal, models.PROTECT, related_name="boards", verbose_name=_("portal"))
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.TextField(_("what belongs here"), blank=True, max_length=2000)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ENGLISH)
    team = models.ForeignKey(Team, models.PROTECT, related_name="boards", verbose_name=_("owning team"))
    seen_by = models.CharField(_("who may see it"), max_length=8, choices=Audience, default=Audience.PUBLIC)
    posting_by = models.CharField(
        _("who may post"), max_length=8, choices=SIGNED_IN_AUDIENCES, default=Audience.MEMBERS
    )
    voting_by = models.CharField(_("who may vote"), max_length=8, choices=SIGNED_IN_AUDIENCES, default=Audience.MEMBERS)
    commenting_by = models.CharField(
        _("who may comment"), max_length=8, choices=SIGNED_IN_AUDIENCES, default=Audience.MEMBERS
    )
    is_open = models.BooleanField(_("open"), default=True, help_text=_("A closed board can be read only."))
    allows_down_votes = models.BooleanField(_("votes against allowed"), default=False)
    counts_shown = models.CharField(_("counts shown"), max_length=10, choices=CountsShown, default=CountsShown.ALWAYS)
    publishes_votes = models.BooleanField(
        _("votes published"),
        default=False,
        db_default=False,
        help_text=_(
            "Each night a list of all votes, under pseudonyms, can be fetched by everybody, so that voters can check "
            "that theirs count; also of votes from before. Needs a board that everybody sees with its counts. Where "
            "few vote in a night, rows of that night on several ideas may be guessed to be one person’s."
        ),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = BoardQuerySet.as_manager()

    class Meta:
        verbose_name = _("board")
        verbose_name_plural = _("boards")
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(condition=models.Q(seen_by__in=Audience.values), name="board_seen_by_known"),
            models.CheckConstraint(
                condition=models.Q(posting_by__in=["members", "team"])
                & models.Q(voting_by__in=["members", "team"])
                & models.Q(commenting_by__in=["members", "team"]),
                name="board_audiences_known",
            ),
            models.CheckConstraint(condition=models.Q(counts_shown__in=CountsShown.values), name="board_counts_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word of a portal's vocabulary; ideas hold their tags as plain words (`Idea.tags`)."""

    portal = models.ForeignKey(Portal, models.CASCADE, related_name="tags", verbose_name=_("portal"))
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("name",)
        constraints = [models.UniqueConstraint("portal", Lower("name"), name="tag_name_unique")]

    def __str__(self) -> str:
        return self.name
