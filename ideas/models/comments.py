from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.viewers import Viewer
from common.ids import new_public_id
from ideas.models.ideas import Idea
from ideas.visibility import boards_moderated

COMMENT_LENGTH = 5_000


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, viewer: Viewer) -> "CommentQuerySet":
        """Comments of ideas that were found through `Idea.visible_to`: internal and hidden ones are the team's."""
        shown = Q(is_internal=False, hidden_at=None, withdrawn_at=None)
        return self.filter(shown | boards_moderated(viewer, "idea__board__"))

    def in_thread_order(self) -> "CommentQuerySet":
        return self.order_by(models.functions.Coalesce("parent_id", "id"), "id")


class Comment(models.Model):
    """One level of replies; internal notes are for the team alone."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    idea = models.ForeignKey(Idea, models.CASCADE, related_name="comments", verbose_name=_("idea"))
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    author = models.ForeignKey(Person, models.PROTECT, related_name="comments", verbose_name=_("author"))
    body = models.TextField(_("comment"), max_length=COMMENT_LENGTH)
    is_internal = models.BooleanField(_("internal note"), default=False)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("written"), db_default=models.functions.Now())

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [models.CheckConstraint(condition=~models.Q(body=""), name="comment_body_given")]
        indexes = [
            GinIndex(SearchVector("body", config="ideation_simple"), name="comment_search"),
            # The team's lists of what few comments are.
            models.Index(models.F("id").desc(), name="comment_internal", condition=models.Q(is_internal=True)),
            models.Index(
                models.F("id").desc(),
                name="comment_taken_away",
                condition=models.Q(hidden_at__isnull=False) | models.Q(withdrawn_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60]

    @property
    def is_counted(self) -> bool:
        return not self.is_internal and self.hidden_at is None and self.withdrawn_at is None


class CommentRevision(models.Model):
    """A text that an edit replaced."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="revisions")
    body = models.TextField()
    replaced_at = models.DateTimeField(db_default=models.functions.Now())
