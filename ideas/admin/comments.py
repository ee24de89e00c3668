from typing import Any

from django.contrib import admin
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from accounts.viewers import Viewer, acting
from common.admin import ReadOnlyAdmin
from ideas.admin.access import ForTeams
from ideas.admin.actions import run
from ideas.models import Comment
from ideas.services.comments import hide_comment, restore_comment
from ideas.visibility import boards_moderated

Comments = QuerySet[Comment]


class ReadersFilter(DropdownFilter):
    title = _("readers")
    parameter_name = "readers"
    conditions = {
        "all": Q(is_internal=False, hidden_at=None, withdrawn_at=None),
        "team": Q(is_internal=True),
        "hidden": Q(hidden_at__isnull=False),
        "withdrawn": Q(withdrawn_at__isnull=False),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, Any], ...]:
        return (
            ("all", _("Everybody")),
            ("team", _("The team: internal notes")),
            ("hidden", _("The team: hidden")),
            ("withdrawn", _("Nobody: withdrawn")),
        )

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(self.conditions.get(self.value() or "", Q()))


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin, ForTeams):
    """What people said, newest first; hidden and shown again, never rewritten."""

    list_display = ("beginning", "readers", "idea", "author", "created_at")
    list_select_related = ("idea", "author")
    list_filter = (ReadersFilter,)
    search_fields = ("body",)
    search_help_text = _("Words of the comment")
    ordering = ("-pk",)
    fields = ("body", "who_reads", "idea", "who", "created_at", "edited", "hidden_at", "withdrawn_at")
    actions = ("hide", "restore")

    def owned_by(self, rows: Comments, viewer: Viewer) -> Comments:
        return rows.filter(boards_moderated(viewer, "idea__board__")).defer("idea__search", "idea__body")

    def get_search_results(self, request: HttpRequest, queryset: Comments, search_term: str) -> tuple[Comments, bool]:
        if not search_term.strip():
            return queryset, False
        words = SearchQuery(search_term, search_type="websearch", config="ideation_simple")
        text = SearchVector("body", config="ideation_simple")
        return queryset.annotate(text=text).filter(text=words), False

    @display(description=_("comment"))
    def beginning(self, comment: Comment) -> str:
        return Truncator(comment.body).chars(90)

    @display(description=_("readers"), label={"all": None, "team": "info", "hidden": "danger", "withdrawn": "warning"})
    def readers(self, comment: Comment) -> tuple[str, Any]:
        if comment.hidden_at:
            return "hidden", _("Hidden")
        if comment.withdrawn_at:
            return "withdrawn", _("Withdrawn")
        return ("team", _("Internal")) if comment.is_internal else ("all", _("Everybody"))

    @display(description=_("author"))
    def who(self, comment: Comment) -> str:
        return comment.author.public_name

    @display(description=_("edited"))
    def edited(self, comment: Comment) -> Any:
        return comment.edited_at

    @display(description=_("readers"))
    def who_reads(self, comment: Comment) -> str:
        return str(self.readers(comment)[1])

    @admin.action(description=_("Hide from everybody but the team"))
    def hide(self, request: HttpRequest, queryset: Comments) -> None:
        run(request, queryset, lambda comment: hide_comment(comment, by=acting(request)))

    @admin.action(description=_("Show again"))
    def restore(self, request: HttpRequest, queryset: Comments) -> None:
        run(request, queryset, lambda comment: restore_comment(comment, by=acting(request)))
