from functools import lru_cache

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Person
from accounts.viewers import Viewer
from common.ids import new_public_id
from ideas.models.boards import Board
from ideas.status import Status
from ideas.visibility import boards_moderated, boards_seen

TITLE_LENGTH = 140
BODY_LENGTH = 20_000

# The configurations are made by migration 0001: the language's stemmer after unaccent.
SEARCH_VECTOR_SQL = """
setweight(to_tsvector(
    CASE language WHEN 'de' THEN 'ideation_de'::regconfig WHEN 'en' THEN 'ideation_en'::regconfig
    ELSE 'ideation_simple'::regconfig END, title), 'A')
|| setweight(to_tsvector(
    CASE language WHEN 'de' THEN 'ideation_de'::regconfig WHEN 'en' THEN 'ideation_en'::regconfig
    ELSE 'ideation_simple'::regconfig END, body), 'B')
"""


@lru_cache(maxsize=4096)
def slug_of(title: str) -> str:
    """Return what stands for the title in an idea's address."""
    return slugify(title)[:60].strip("-") or "idea"


class IdeaQuerySet(models.QuerySet["Idea"]):
    def visible_to(self, viewer: Viewer) -> "IdeaQuerySet":
        """Ideas that `viewer` may open: hidden ones are the team's, withdrawn ones the team's and the author's."""
        shown = Q(hidden_at=None, withdrawn_at=None)
        if viewer.person_id and not viewer.is_key:
            shown |= Q(hidden_at=None, author=viewer.person_id)
        return self.filter(boards_seen(viewer, "board__")).filter(shown | boards_moderated(viewer, "board__"))

    def moderated_by(self, viewer: Viewer) -> "IdeaQuerySet":
        return self.filter(boards_moderated(viewer, "board__"))

    def with_page_parts(self) -> "IdeaQuerySet":
        """Join what a card or a page of an idea shows, in one query."""
        return self.select_related("board", "author", "standing", "response__author", "merged_into").defer("search")


class Idea(models.Model):
    """What somebody wants. This wide row is never rewritten by voting: tallies and scores are in `Standing`."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    board = models.ForeignKey(Board, models.PROTECT, related_name="ideas", verbose_name=_("board"))
    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    body = models.TextField(_("details"), blank=True, max_length=BODY_LENGTH)
    language = models.CharField(_("language"), max_length=8, default=Language.ENGLISH)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("tags"))
    author = models.ForeignKey(Person, models.PROTECT, related_name="ideas", verbose_name=_("author"))
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.OPEN)
    response = models.OneToOneField(
        "OfficialResponse", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="duplicates")
    assignee = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="assigned_ideas", verbose_name=_("assigned to")
    )
    is_locked = models.BooleanField(_("locked"), default=False, help_text=_("No votes, comments or edits."))
    is_pinned = models.BooleanField(_("pinned"), default=False)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    votes_elsewhere = models.PositiveIntegerField(
        _("votes elsewhere"), null=True, blank=True, help_text=_("A total from another system; no order counts it.")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("posted"), db_default=models.functions.Now())
    updated_at = models.DateTimeField(_("changed"), db_default=models.functions.Now(), editable=False)
    search = models.GeneratedField(
        expression=RawSQL(SEARCH_VECTOR_SQL, ()),
        output_field=SearchVectorField(),
        db_persist=True,
        editable=False,
    )

    objects = IdeaQuerySet.as_manager()

    class Meta:
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")
        constraints = [
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="idea_status_known"),
            models.CheckConstraint(condition=~models.Q(title=""), name="idea_title_given"),
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("id")), name="idea_not_merged_into_itself"),
        ]
        indexes = [
            GinIndex(fields=["search"], name="idea_search"),
            GistIndex(OpClass("title", name="gist_trgm_ops(siglen=256)"), name="idea_title_trigram"),
            GinIndex(fields=["tags"], name="idea_tags"),
            # What is not in the portal, and so in no order of standings: the team's lists of it.
            models.Index(
                F("id").desc(),
                name="idea_unlisted",
                condition=Q(hidden_at__isnull=False) | Q(withdrawn_at__isnull=False) | Q(merged_into__isnull=False),
            ),
            models.Index(fields=["board"], name="idea_pinned", condition=Q(is_pinned=True)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        return slug_of(self.title)

    @property
    def is_listed(self) -> bool:
        return self.hidden_at is None and self.withdrawn_at is None and self.merged_into_id is None


class IdeaRevision(models.Model):
    """A title and body that an edit replaced."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="revisions")
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.TextField(blank=True)
    editor = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    replaced_at = models.DateTimeField(db_default=models.functions.Now())


class OfficialResponse(models.Model):
    """What the company says to an idea; the newest one counts, earlier ones stay in the timeline."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="responses")
    body = models.TextField(_("response"), max_length=BODY_LENGTH)
    # Nobody, where a partner's key answered: the team's name stands under it then.
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        verbose_name = _("official response")
        verbose_name_plural = _("official responses")

    def __str__(self) -> str:
        return self.body[:60]


class Origin(models.Model):
    """Where an imported idea came from: unique per source, so that an import can be repeated."""

    idea = models.OneToOneField(Idea, models.CASCADE, related_name="origin")
    source = models.CharField(max_length=120)
    external_id = models.CharField(max_length=200)
    url = models.URLField(max_length=500, blank=True)
    imported_at = models.DateTimeField(null=True)  # empty where a service posted it, as for the demo

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="origin_external_id_unique")]


class Follow(models.Model):
    """Somebody wants to hear of an idea (`muted` false), or wants it to be quiet (true).

    No row is kept per vote: voters hear of status changes by their vote.
    """

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="follows")
    person = models.ForeignKey(Person, models.CASCADE, related_name="follows")
    muted = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "person"], name="follow_once")]
