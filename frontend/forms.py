"""What people fill in. Forms only gather: the rules are those of the services, and a refusal lands at its field."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Person
from common.errors import DomainError
from ideas.models import Board, Idea
from ideas.models.comments import COMMENT_LENGTH
from ideas.models.ideas import BODY_LENGTH, TITLE_LENGTH
from notifications.models import NewIdeas
from notifications.selectors import preferences_of

TAGS_AT_ONCE = 8
# Another board brings its own tags to hand; what is chosen stays.
TAGS_FOLLOW = {
    "hx-get": reverse_lazy("frontend:submit"),
    "hx-include": "[name=tags]",
    "hx-target": "#tag-choice",
    "hx-select": "#tag-choice",
    "hx-swap": "outerHTML",
}


class Form(forms.Form):
    """A form that shows what a service refused where it belongs; all of the input stays."""

    def refuse(self, error: DomainError) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error.message))


class IdeaForm(Form):
    board = forms.ChoiceField(label=_("Board"), required=False, widget=forms.Select(attrs=TAGS_FOLLOW))
    title = forms.CharField(
        label=_("Title"),
        max_length=TITLE_LENGTH,
        error_messages={"required": _("The title is missing.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    body = forms.CharField(
        label=_("Details"), required=False, max_length=BODY_LENGTH, widget=forms.Textarea(attrs={"rows": 7})
    )
    tags = forms.MultipleChoiceField(label=_("Tags"), required=False, widget=forms.CheckboxSelectMultiple)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        boards: Sequence[Board] = (),
        tags: Sequence[str] = (),
        common: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        """Args: `common`, the tags that are used most, best first: they stand before the others."""
        super().__init__(*args, **kwargs)
        self.common = common
        self.boards = {board.slug: board for board in boards}
        self.fields["board"].choices = [(board.slug, board.name) for board in boards]  # type: ignore[attr-defined]
        self.fields["tags"].choices = [(tag, tag) for tag in tags]  # type: ignore[attr-defined]

    @classmethod
    def for_idea(cls, idea: Idea, data: Any, *, common: Sequence[str]) -> "IdeaForm":
        vocabulary = idea.board.portal.tags.values_list("name", flat=True)
        tags = list(dict.fromkeys([*vocabulary, *idea.tags]))
        initial = {"title": idea.title, "body": idea.body, "tags": idea.tags, "version": idea.version}
        return cls(data, initial=initial, tags=tags, common=common)

    def edited(self) -> dict[str, Any]:
        """Return the arguments of `edit_idea`."""
        wanted = {name: self.cleaned_data[name] for name in ("title", "body", "tags")}
        return wanted | {"expected_version": self.cleaned_data["version"]}

    @property
    def near_tags(self) -> list[BoundWidget]:
        """The boxes to be seen at once: what is chosen, and the common ones up to TAGS_AT_ONCE."""
        boxes = {box.choice_label: box for box in self["tags"]}
        chosen = [tag for tag in self["tags"].value() or [] if tag in boxes]
        rest = [tag for tag in dict.fromkeys([*self.common, *boxes]) if tag in boxes and tag not in chosen]
        shown = {*chosen, *rest[: max(0, TAGS_AT_ONCE - len(chosen))]}
        return [box for tag, box in boxes.items() if tag in shown]

    @property
    def further_tags(self) -> list[BoundWidget]:
        near = {box.choice_label for box in self.near_tags}
        return [box for box in self["tags"] if box.choice_label not in near]

    @property
    def chosen_board(self) -> Board:
        """The board as chosen so far, whether or not the rest is right; else the first one."""
        return self.boards.get(self["board"].value()) or next(iter(self.boards.values()))


class FirstBoardForm(Form):
    """What an empty installation needs before it can take ideas."""

    portal_name = forms.CharField(
        label=_("What are the ideas for?"),
        max_length=80,
        error_messages={"required": _("The name is missing.")},
        help_text=_("Your company or product. It stands at the top of every page."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    name = forms.CharField(
        label=_("Name of the first board"),
        max_length=80,
        help_text=_("A product or one area of it, such as “App”. Everybody sees it; you can change that later."),
        error_messages={"required": _("The name is missing.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, help_text=_("Of ideas and pages."))

    def __init__(self, *args: Any, has_portal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_portal:
            del self.fields["portal_name"]


class CommentForm(Form):
    body = forms.CharField(
        label=_("Comment"),
        max_length=COMMENT_LENGTH,
        error_messages={"required": _("There is no text yet.")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ProfileForm(Form):
    display_name = forms.CharField(
        label=_("Name or pseudonym"),
        required=False,
        max_length=80,
        help_text=_("Shown beside your ideas and comments. Your mail address never is."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, help_text=_("Of mails and pages."))
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        help_text=_("Such as Europe/Berlin. Daily mails arrive in your morning."),
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
    )

    @classmethod
    def for_person(cls, person: Person, data: Any) -> "ProfileForm":
        names = ("display_name", "language", "time_zone")
        return cls(data, initial={name: getattr(person, name) for name in names})


class MailsForm(Form):
    """What a person wants to be told by mail; only the team is asked about what only the team gets."""

    TEAM_ONLY = ("new_ideas", "digest_hour", "notes", "assignments")

    changes = forms.BooleanField(label=_("Answers and decisions on ideas I wrote, backed or follow"), required=False)
    comments = forms.BooleanField(label=_("Comments on ideas I wrote or follow"), required=False)
    assignments = forms.BooleanField(label=_("Ideas assigned to me"), required=False)
    notes = forms.BooleanField(label=_("Internal notes"), required=False)
    new_ideas = forms.ChoiceField(label=_("New ideas on my team's boards"), choices=NewIdeas.choices)
    digest_hour = forms.TypedChoiceField(
        label=_("Hour of the daily mail"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )

    @classmethod
    def for_person(cls, person: Person, data: Any) -> "MailsForm":
        preferences = preferences_of(person)
        form = cls(data, initial={name: getattr(preferences, name) for name in cls.base_fields}, auto_id="mails_%s")
        if not person.is_staff:
            for name in cls.TEAM_ONLY:
                del form.fields[name]
        return form
