import json
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.viewers import acting
from ideas.admin import IdeaAdmin
from ideas.admin.actions import run
from ideas.admin.forms import IdeaChoiceForm
from ideas.models import Idea
from votes.selectors import votes_by_day
from votes.services.merging import merge_ideas, undo_merge

DAYS_SHOWN = 60
Ideas = QuerySet[Idea]


@admin.register(Idea)
class IdeaWithVotesAdmin(IdeaAdmin):
    """The page of an idea, with merging and its votes by day."""

    actions = (*(IdeaAdmin.actions or ()), "merge", "unmerge")

    @admin.action(description=gettext_lazy("Merge into another idea …"))
    def merge(self, request: HttpRequest, ideas: Ideas) -> HttpResponse | None:
        candidates = self.get_queryset(request).filter(merged_into=None)

        def make_form(*data: Any) -> IdeaChoiceForm:
            return IdeaChoiceForm(*data, ideas=candidates, admin_site=self.admin_site)

        form = self.ask(request, ideas, title=_("Merge into another idea"), make_form=make_form)
        if isinstance(form, HttpResponse):
            return form
        into = form.cleaned_data["into"]
        run(request, ideas, lambda idea: merge_ideas(idea, into=into, by=acting(request)))
        return None

    @admin.action(description=gettext_lazy("Undo the merge"))
    def unmerge(self, request: HttpRequest, ideas: Ideas) -> None:
        run(request, ideas, lambda idea: undo_merge(idea, by=acting(request)))

    def story_of(self, request: HttpRequest, idea: Idea) -> dict[str, Any]:
        return super().story_of(request, idea) | {"votes_chart": _chart(idea)}


def _chart(idea: Idea) -> str:
    """Return the data that unfold's line chart draws: a point for each of the last days, with or without votes."""
    today = timezone.localdate()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS_SHOWN))]
    given = votes_by_day(idea, since=days[0])
    line = {"data": [given.get(day, 0) for day in days], "borderColor": "var(--color-primary-600)", "maxTicksXLimit": 8}
    return json.dumps({"labels": [date_format(day, "SHORT_DATE_FORMAT") for day in days], "datasets": [line]})
