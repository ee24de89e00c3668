"""The form of one idea, and those that bulk actions ask."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from accounts.models import Person
from common.admin import RefusableForm
from common.errors import Stale
from ideas.models import Idea
from ideas.models.comments import COMMENT_LENGTH
from ideas.models.ideas import BODY_LENGTH
from ideas.status import TRANSITIONS, Status

DECISIONS = ("status", "assignee", "board", "is_pinned", "is_locked", "is_hidden")
STALE = _(
    "A colleague changed this idea in the meantime, so nothing was saved. This is how it stands now; "
    "what you wrote is still here."
)


class ResponseField(forms.CharField):
    """What the company says; empty: nothing new."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("The team’s answer"),
            required=False,
            max_length=BODY_LENGTH,
            widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
            help_text=_("Markdown. Everybody who follows or backs the idea is told."),
            **kwargs,
        )


class IdeaForm(RefusableForm):
    """What a product manager changes; `ideas.admin.saving` hands each change to its service."""

    tags = forms.CharField(
        label=_("Tags"), required=False, widget=UnfoldAdminTextInputWidget, help_text=_("Separated by commas.")
    )
    new_response = ResponseField()
    note = forms.CharField(
        label=_("Internal note"),
        required=False,
        max_length=COMMENT_LENGTH,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("Only the team reads it."),
    )
    is_hidden = forms.BooleanField(
        label=_("Hidden"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("Only the team sees it."),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Idea
        fields = ("status", "assignee", "title", "body", "language", "board", "is_pinned", "is_locked")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        idea: Idea = self.instance
        self.initial["tags"] = ", ".join(idea.tags)
        self.initial["is_hidden"] = idea.hidden_at is not None
        self.initial["seen_version"] = idea.version
        self.is_stale = self.is_bound and self.data.get("seen_version", str(idea.version)) != str(idea.version)
        if self.is_stale:
            self.data = self._as_it_stands_now()
        if status := self.fields.get("status"):
            reachable = {Status(idea.status), *TRANSITIONS[Status(idea.status)]}
            status.choices = [choice for choice in Status.choices if choice[0] in reachable]  # type: ignore[attr-defined]

    def _as_it_stands_now(self) -> Any:
        """Return what was sent, with the texts as typed and the decisions as a colleague has made them meanwhile."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name in (*DECISIONS, "seen_version"):
            value = self.get_initial_for_field(self.fields[name], name) if name in self.fields else None
            data.pop(name, None)
            if value not in (None, False):
                data[name] = str(value)
        return data

    def clean(self) -> dict[str, Any] | None:
        if self.is_stale:
            self.refusal = Stale(STALE)
        return super().clean()

    def clean_tags(self) -> list[str]:
        return [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]


class StatusForm(forms.Form):
    status = forms.ChoiceField(label=_("Status"), choices=Status.choices, widget=UnfoldAdminSelectWidget)
    response = ResponseField()


class AssignForm(forms.Form):
    """Queries: one, for the people to choose from."""

    assignee = forms.ModelChoiceField(
        label=_("Assigned to"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Nobody"),
        widget=UnfoldAdminSelect2Widget,
    )

    def __init__(self, *args: Any, people: "QuerySet[Person]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].queryset = people  # type: ignore[attr-defined]


class IdeaChoiceForm(forms.Form):
    """One idea, found by words of its title."""

    into = forms.ModelChoiceField(label=_("The idea that stays"), queryset=Idea.objects.none())

    def __init__(self, *args: Any, ideas: "QuerySet[Idea]", admin_site: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        field.queryset = ideas  # type: ignore[attr-defined]
        field.widget = AutocompleteSelect(Idea._meta.get_field("merged_into"), admin_site)
        field.widget.choices = field.choices  # type: ignore[attr-defined]
