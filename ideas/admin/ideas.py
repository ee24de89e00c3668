from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.viewers import acting, viewer_of
from activity.wording import Step
from ideas.admin.access import ForTeams
from ideas.admin.actions import IdeaActions
from ideas.admin.changelist import IdeaChangeList
from ideas.admin.export import csv_of
from ideas.admin.filters import (
    AnswerFilter,
    AssigneeFilter,
    BoardFilter,
    PlaceFilter,
    PostedFilter,
    StatusFilter,
    TagFilter,
    colleagues,
)
from ideas.admin.forms import IdeaForm
from ideas.admin.saving import save_form
from ideas.admin.search import few_with, ideas_with
from ideas.admin.timeline import comments_shown, timeline_of
from ideas.links import idea_url
from ideas.models import Board, Idea
from ideas.status import Status

STATUS_COLOURS: dict[str, str | None] = dict.fromkeys(Status.values) | {
    Status.UNDER_REVIEW.value: "info",
    Status.PLANNED.value: "primary",
    Status.IN_PROGRESS.value: "warning",
    Status.SHIPPED.value: "success",
}

# A title may be one long word, and the other columns want to be seen as well.
TITLE_STYLE = "display:block; min-width:10rem; max-width:20rem; overflow-wrap:anywhere; white-space:normal"


class IdeaAdmin(IdeaActions, ForTeams):
    """Registered by `votes`, which adds merging and the votes by day."""

    form = IdeaForm
    list_display = (
        "shown_title",
        "board",
        "shown_status",
        "shown_votes",
        "shown_comments",
        "author",
        "assignee",
        "posted",
    )
    list_display_links = ("shown_title",)
    list_select_related = ("board", "author", "assignee", "standing")
    list_filter = (
        ("board", BoardFilter),
        ("status", StatusFilter),
        AnswerFilter,
        AssigneeFilter,
        ("created_at", PostedFilter),
        TagFilter,
        PlaceFilter,
    )
    ordering = ("-pk",)
    search_fields = ("search",)
    search_help_text = _("Words, or an id")
    list_before_template = "admin/ideas/export_link.html"
    change_form_outer_before_template = "admin/ideas/idea_facts.html"
    change_form_outer_after_template = "admin/ideas/idea_story.html"
    autocomplete_fields = ("board",)
    fieldsets = (
        (_("Answer"), {"fields": (("status", "assignee"), "new_response", "note", "seen_version")}),
        (_("Idea"), {"fields": ("title", "body", "tags", ("board", "language"))}),
        (_("In the portal"), {"fields": ("is_pinned", "is_locked", "is_hidden")}),
    )

    # --- list ---

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Idea]":
        ideas: QuerySet[Idea] = super().get_queryset(request)
        return ideas.defer("search")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[IdeaChangeList]:
        return IdeaChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Idea]", search_term: str
    ) -> "tuple[QuerySet[Idea], bool]":
        if not search_term.strip():
            return queryset, False
        condition = ideas_with(search_term)
        few = few_with(condition)
        request.finds_many = few is None  # type: ignore[attr-defined]
        return queryset.filter(condition if few is None else Q(pk__in=few)), False

    @display(description=_("title"))
    def shown_title(self, idea: Idea) -> SafeString:
        marks = [label for is_so, label in ((idea.is_pinned, _("pinned")), (idea.is_locked, _("closed"))) if is_so]
        shown = f"({', '.join(map(str, marks))})" if marks else ""
        return format_html('<span style="{}">{} {}</span>', TITLE_STYLE, idea.title, shown)

    @display(description=_("status"), label=STATUS_COLOURS)
    def shown_status(self, idea: Idea) -> tuple[str, str]:
        return idea.status, idea.get_status_display()

    @display(description=_("votes"), ordering="standing__top")
    def shown_votes(self, idea: Idea) -> int:
        return idea.standing.up - idea.standing.down

    @display(description=_("comments"))
    def shown_comments(self, idea: Idea) -> int:
        return idea.standing.comments

    @display(description=_("posted"), ordering="standing__created_at")
    def posted(self, idea: Idea) -> str:
        return date_format(localtime(idea.created_at), "SHORT_DATE_FORMAT")

    # --- one idea ---

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        idea = self.get_object(request, object_id)
        story = self.story_of(request, idea) if idea else {}
        return super().change_view(request, object_id, form_url, story | (extra_context or {}))

    def story_of(self, request: HttpRequest, idea: Idea) -> dict[str, Any]:
        """What the page shows around the form. Queries: 5."""
        whole = Idea.objects.with_page_parts().select_related("merged_into").get(pk=idea.pk)
        return {
            "idea": whole,
            "portal_url": idea_url(whole),
            "timeline": timeline_of(whole),
            "comments_shown": comments_shown(whole),
        }

    def steps_of(self, obj: Idea) -> list[Step]:
        return timeline_of(obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "board":
            kwargs["queryset"] = Board.objects.moderated_by(viewer_of(request))
        if db_field.name == "assignee":
            kwargs["queryset"] = colleagues(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Idea, form: IdeaForm, change: bool) -> None:
        save_form(obj.pk, changed=form.changed_data, values=form.cleaned_data, by=acting(request))

    # --- CSV ---

    def get_urls(self) -> list[URLPattern]:
        export = path("export/", self.admin_site.admin_view(self.export_view), name="ideas_idea_export")
        return [export, *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """Download what the list's filters match."""
        try:
            return csv_of(self.get_changelist_instance(request).queryset)
        except IncorrectLookupParameters:
            return redirect("admin:ideas_idea_changelist")
