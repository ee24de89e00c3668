"""What a team does with several ideas at once: a service for each idea, and a report of those that refused."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from accounts.viewers import acting
from common.errors import DomainError
from ideas.admin.filters import colleagues
from ideas.admin.forms import AssignForm, StatusForm
from ideas.models import Idea
from ideas.services import moderation

Ideas = QuerySet[Idea]
REFUSALS_SHOWN = 5


def run(request: HttpRequest, rows: "QuerySet[Any]", service: Callable[[Any], object]) -> None:
    """Call `service` for each row, in a transaction of its own, and say how it went."""
    refused, done = [], 0
    for row in rows:
        try:
            service(row)
        except DomainError as error:
            refused.append(f"{row}: {error.message}")
        else:
            done += 1
    if done:
        messages.success(request, _("Done: %(count)s.") % {"count": done})
    for text in refused[:REFUSALS_SHOWN]:
        messages.warning(request, text)
    if len(refused) > REFUSALS_SHOWN:
        messages.warning(request, _("And %(count)s more.") % {"count": len(refused) - REFUSALS_SHOWN})


class AsksFirst:
    """Actions that need an answer before they run."""

    def ask(
        self, request: HttpRequest, rows: "QuerySet[Any]", *, title: StrOrPromise, make_form: Callable[..., forms.Form]
    ) -> forms.Form | HttpResponse:
        """Return the answered form, or the page that asks."""
        is_answered = "answered" in request.POST
        form = make_form(request.POST) if is_answered else make_form()
        if is_answered and form.is_valid():
            return form
        context = self.admin_site.each_context(request) | {  # type: ignore[attr-defined]
            "title": title,
            "form": form,
            "rows": rows,
            "action": request.POST.get("action", ""),
            "opts": self.opts,  # type: ignore[attr-defined]
            "media": self.media + form.media,  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "admin/ideas/ask.html", context)


class IdeaActions(AsksFirst):
    actions: tuple[str, ...] | None = ("set_status", "assign", "hide", "restore", "lock", "unlock", "pin", "unpin")

    @admin.action(description=gettext_lazy("Change the status …"))
    def set_status(self, request: HttpRequest, ideas: Ideas) -> HttpResponse | None:
        form = self.ask(request, ideas, title=_("Change the status"), make_form=StatusForm)
        if isinstance(form, HttpResponse):
            return form
        run(request, ideas, lambda idea: moderation.change_status(idea, by=acting(request), **form.cleaned_data))
        return None

    @admin.action(description=gettext_lazy("Assign …"))
    def assign(self, request: HttpRequest, ideas: Ideas) -> HttpResponse | None:
        def make_form(*data: Any) -> AssignForm:
            return AssignForm(*data, people=colleagues(request))

        form = self.ask(request, ideas, title=_("Assign"), make_form=make_form)
        if isinstance(form, HttpResponse):
            return form
        run(request, ideas, lambda idea: moderation.assign_idea(idea, by=acting(request), **form.cleaned_data))
        return None

    @admin.action(description=gettext_lazy("Hide from everybody but the team"))
    def hide(self, request: HttpRequest, ideas: Ideas) -> None:
        run(request, ideas, lambda idea: moderation.hide_idea(idea, by=acting(request)))

    @admin.action(description=gettext_lazy("Show again"))
    def restore(self, request: HttpRequest, ideas: Ideas) -> None:
        run(request, ideas, lambda idea: moderation.restore_idea(idea, by=acting(request)))

    @admin.action(description=gettext_lazy("Close the discussion"))
    def lock(self, request: HttpRequest, ideas: Ideas) -> None:
        run(request, ideas, lambda idea: moderation.lock_idea(idea, by=acting(request)))

    @admin.action(description=gettext_lazy("Open the discussion"))
    def unlock(self, request: HttpRequest, ideas: Ideas) -> None:
        run(request, ideas, lambda idea: moderation.unlock_idea(idea, by=acting(request)))

    @admin.action(description=gettext_lazy("Pin"))
    def pin(self, request: HttpRequest, ideas: Ideas) -> None:
        run(request, ideas, lambda idea: moderation.pin_idea(idea, by=acting(request)))

    @admin.action(description=gettext_lazy("Unpin"))
    def unpin(self, request: HttpRequest, ideas: Ideas) -> None:
        run(request, ideas, lambda idea: moderation.unpin_idea(idea, by=acting(request)))
