from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminColorInputWidget, UnfoldAdminSelect2Widget

from accounts.models import Team
from accounts.viewers import Viewer, acting, viewer_of
from common.admin import RoomAdmin
from common.generation import generation
from ideas.admin.access import ForTeams
from ideas.models import Board, Portal, Tag
from ideas.services.tags import remove_tag, rename_tag


class PortalAdmin(RoomAdmin):
    """Registered by `frontend`, which knows how its brand colour will look."""

    list_display = ("name", "slug", "language")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    fieldsets = (
        (None, {"fields": ("name", "slug", "welcome", "language")}),
        (_("Brand"), {"fields": ("logo", "accent_colour")}),
        (_("Mails"), {"fields": ("sender_name", "sender_email")}),
        (_("Legal pages"), {"fields": ("imprint_url", "privacy_url")}),
    )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "accent_colour":
            kwargs["widget"] = UnfoldAdminColorInputWidget
        if isinstance(db_field, models.URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def _only(rows: "QuerySet[Any]") -> Any:
    """Return the id of the one row there is; None where there is a choice."""
    ids = rows.values_list("pk", flat=True)[:2]
    return ids[0] if len(ids) == 1 else None


@admin.register(Board)
class BoardAdmin(ForTeams):
    """Teams keep their boards in order; administrators also make them, and say whose they are."""

    list_display = ("name", "portal", "team", "seen_by", "is_open", "position")
    list_select_related = ("portal", "team")
    list_filter = ("is_open",)
    search_fields = ("name__istartswith", "slug__istartswith")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("portal", "team")
    fieldsets = (
        (None, {"fields": ("name", "slug", "description", "language", "position")}),
        (_("Whose it is"), {"fields": ("portal", "team")}),
        (_("Who may"), {"fields": ("seen_by", "posting_by", "voting_by", "commenting_by")}),
        (_("Votes"), {"fields": ("is_open", "allows_down_votes", "counts_shown", "publishes_votes")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return viewer_of(request).moderates_all

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Lead to the page that makes portal and team too, where there are none to choose from."""
        if self.has_add_permission(request) and not (Portal.objects.exists() and Team.objects.exists()):
            return redirect("frontend:first_board")
        return super().add_view(request, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the only portal, and with the person's only team or else the only one."""
        team = _only(acting(request).teams.all()) or _only(Team.objects.all())
        return {"portal": _only(Portal.objects.all()), "team": team, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Board, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(generation.advance, robust=True)

    def get_readonly_fields(self, request: HttpRequest, obj: Board | None = None) -> tuple[str, ...]:
        """The portal holds the tags' vocabulary, so a board stays where it is; ideas can be moved."""
        if obj is None:
            return ()
        return ("portal",) if viewer_of(request).moderates_all else ("portal_name", "team_name", "slug")

    def get_fieldsets(self, request: HttpRequest, obj: Board | None = None) -> Any:
        """Teams read whose their board is, without links to pages that are not theirs."""
        if viewer_of(request).moderates_all:
            return self.fieldsets
        fields = {"fields": ("portal_name", "team_name")}
        return [(title, fields if "team" in options["fields"] else options) for title, options in self.fieldsets]

    @display(description=_("portal"))
    def portal_name(self, board: Board) -> str:
        return board.portal.name

    @display(description=_("owning team"))
    def team_name(self, board: Board) -> str:
        return board.team.name

    def get_prepopulated_fields(self, request: HttpRequest, obj: Board | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def tell(self, request: HttpRequest, obj: Any, what: str, **data: Any) -> None:
        RoomAdmin.tell(self, request, obj, what, **data)


@admin.register(Tag)
class TagAdmin(ForTeams):
    """The words of a portal, kept by the teams that have boards in it. A change reaches the ideas."""

    list_display = ("name", "portal", "ideas_link")
    list_select_related = ("portal",)
    search_fields = ("name__istartswith",)
    ordering = ("name", "pk")

    def owned_by(self, rows: "QuerySet[Tag]", viewer: Viewer) -> "QuerySet[Tag]":
        return rows.filter(portal__in=self._portals(viewer))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_allowed(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Tag | None = None) -> tuple[str, ...]:
        return ("portal_name",) if obj else ()

    def get_fields(self, request: HttpRequest, obj: Tag | None = None) -> tuple[str, ...]:
        return ("portal_name" if obj else "portal", "name")

    @display(description=_("portal"))
    def portal_name(self, tag: Tag) -> str:
        return tag.portal.name

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = self._portals(viewer_of(request))
        kwargs["widget"] = UnfoldAdminSelect2Widget()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        if change:
            rename_tag(obj, name=form.cleaned_data["name"], by=acting(request))
        else:
            super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        remove_tag(obj, by=acting(request))

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        RoomAdmin.tell(self, request, obj, "added")

    @display(description=_("ideas"))
    def ideas_link(self, tag: Tag) -> Any:
        address = f"{reverse('admin:ideas_idea_changelist')}?{urlencode({'tag': tag.name})}"
        return format_html('<a href="{}">{}</a>', address, _("Show"))

    def _portals(self, viewer: Viewer) -> "QuerySet[Portal]":
        if viewer.moderates_all:
            return Portal.objects.all()
        return Portal.objects.filter(pk__in=Board.objects.moderated_by(viewer).values("portal"))
