"""People, teams and keys: for administrators."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.models import ApiKey, Person, Role, Scope, Team
from accounts.services import create_api_key, revoke_api_key
from accounts.viewers import acting
from common.admin import ReadOnlyAdmin, RefusableForm, RoomAdmin

ROLE_COLOURS = {Role.MEMBER.value: None, Role.TEAM_MEMBER.value: "info", Role.ADMINISTRATOR.value: "warning"}


@admin.register(Team)
class TeamAdmin(RoomAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.is_allowed(request)


class PersonForm(RefusableForm):
    """Keeps an installation from losing its administrators by one careless click."""

    editor: Person | None = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if self.editor and self.instance.pk == self.editor.pk:
            if cleaned.get("role") != Role.ADMINISTRATOR:
                self.add_error("role", _("You cannot take this role from yourself."))
            if not cleaned.get("is_active"):
                self.add_error("is_active", _("You cannot lock yourself out."))
        return cleaned


class PersonAdmin(RoomAdmin):
    """Registered by `customers`, which adds the contacts."""

    form = PersonForm
    list_display = ("name", "email", "role_label", "is_active", "created_at")
    list_filter = ("role", "is_active")
    search_fields = ("email", "display_name")
    search_help_text = _("E-mail address or name")
    ordering = ("-id",)
    autocomplete_fields = ("teams",)
    readonly_fields = ("created_at", "last_login")
    fieldsets = (
        (None, {"fields": ("display_name", "email", "language", "time_zone")}),
        (_("What this person may do"), {"fields": ("role", "teams", "is_active")}),
        (_("Times"), {"fields": ("created_at", "last_login")}),
    )
    actions = ("deactivate", "activate")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People come by signing in, or through a partner's key."""
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.editor = request.user
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """An address that was proven is the person's own to change."""
        return (*self.readonly_fields, "email")

    @display(description=_("name"), header=False)
    def name(self, person: Person) -> str:
        return person.public_name

    @display(description=_("role"), label=ROLE_COLOURS)
    def role_label(self, person: Person) -> tuple[str, str]:
        return person.role, person.get_role_display()

    @admin.action(description=_("Deactivate: no signing in, no keys made, nothing deleted"))
    def deactivate(self, request: HttpRequest, queryset: "QuerySet[Person]") -> None:
        self._set_active(request, queryset.exclude(pk=acting(request).pk), active=False)

    @admin.action(description=_("Let in again"))
    def activate(self, request: HttpRequest, queryset: "QuerySet[Person]") -> None:
        self._set_active(request, queryset.filter(united_into=None), active=True)

    def _set_active(self, request: HttpRequest, people: "QuerySet[Person]", *, active: bool) -> None:
        changed = list(people.exclude(is_active=active))
        Person.objects.filter(pk__in=[person.pk for person in changed]).update(is_active=active)
        for person in changed:
            self.tell(request, person, "changed", fields=["is_active"])
        self.message_user(request, _("People changed: %(count)s.") % {"count": len(changed)})


class ApiKeyForm(RefusableForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """A key is made, shown once, and revoked; it is never changed."""

    form = ApiKeyForm
    list_display = ("name", "source", "prefix", "scope_list", "last_used_at", "state")
    search_fields = ("name", "source", "prefix")
    ordering = ("-id",)
    fields = ("name", "source", "prefix", "scope_list", "created_by", "created_at", "last_used_at", "revoked_at")
    add_fieldsets = ((None, {"fields": ("name", "source", "scopes")}),)
    actions = ("revoke",)
    actions_submit_line = ("revoke_this",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request)

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        return self.fields if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            return super().save_model(request, obj, form, change)
        wanted = {name: form.cleaned_data[name] for name in ("name", "source", "scopes")}
        key, secret = create_api_key(**wanted, created_by=acting(request))
        obj.__dict__.update(key.__dict__)
        request.secret = secret  # type: ignore[attr-defined]
        return None

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        """Show the key on the answer itself: it is kept nowhere, so that nobody can come back to it."""
        context = self.admin_site.each_context(request) | {
            "title": _("The new key"),
            "key": obj,
            "secret": request.secret,  # type: ignore[attr-defined]
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/accounts/new_key.html", context, headers={"Cache-Control": "no-store"})

    @display(description=_("scopes"))
    def scope_list(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @display(description=_("state"), label={"valid": "success", "revoked": "danger"})
    def state(self, key: ApiKey) -> tuple[str, Any]:
        return ("revoked", _("Revoked")) if key.revoked_at else ("valid", _("Valid"))

    @admin.action(description=_("Revoke: ends at once and for good"))
    def revoke(self, request: HttpRequest, queryset: "QuerySet[ApiKey]") -> None:
        for key in queryset.filter(revoked_at=None):
            self._revoke(request, key)

    @action(description=_("Revoke"))
    def revoke_this(self, request: HttpRequest, obj: ApiKey) -> None:
        self._revoke(request, obj)

    def _revoke(self, request: HttpRequest, key: ApiKey) -> None:
        if key.revoked_at is None:
            revoke_api_key(key)
            self.tell(request, key, "changed", fields=["revoked_at"])
