"""What every page of the admin has in common: who may enter, lists without counts, history in `activity`."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from common.admin_lists import UncountedChangeList, UncountedPaginator
from common.errors import DomainError

SAFE_LOOKUPS = frozenset({"exact", "isnull", "in"})


class RefusableForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form that shows what a service refused, beside the field at fault."""

    refusal: DomainError | None = None

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.refusal:
            field = self.refusal.field
            self.add_error(field if field in self.fields else None, str(self.refusal.message))
        return cleaned


class RoomAdmin(ModelAdmin):
    """A page of ours; by itself for administrators only, who may add and change."""

    form = RefusableForm
    paginator = UncountedPaginator
    actions: tuple[str, ...] | None = None
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_disable_select_all = True
    list_filter_submit = True
    warn_unsaved_form = True
    view_on_site = False

    # --- who ---

    def is_allowed(self, request: HttpRequest) -> bool:
        return bool(getattr(request.user, "is_superuser", False))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_allowed(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_allowed(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.is_allowed(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    # --- lists ---

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[UncountedChangeList]:
        return UncountedChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let query strings ask what our filters ask: no patterns, which would read whole tables."""
        field, _separator, kind = lookup.rpartition("__")
        return (not field or kind in SAFE_LOOKUPS) and super().lookup_allowed(lookup, value, request)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def response_action(self, request: HttpRequest, queryset: "QuerySet[Any]") -> HttpResponse | None:
        """Run an action on the rows that are ticked, never on all that a filter matches."""
        ticked = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        if request.POST.get("select_across", "0") not in ("", "0") or not all(pk.isdecimal() for pk in ticked):
            self.message_user(request, _("Tick the rows that are meant."), messages.WARNING)
            return None
        return super().response_action(request, queryset)

    # --- changes, and their history ---

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Leave out the buttons that edit what a field leads to: each thing has its page."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
            for may in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{may}_related", False)
        return field

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show what a service refuses as an error of the form; nothing of it has been kept."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            request.refusal = error  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", None)})

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self.tell(request, obj, "added")

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[str]:
        """Name the fields, not their labels in the editor's language."""
        return list(form.changed_data)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self.tell(request, obj, "changed", fields=message)

    def log_deletions(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        for obj in queryset:
            self.tell(request, obj, "deleted")

    def tell(self, request: HttpRequest, obj: Model, what: str, **data: Any) -> None:
        """Write down a change that no service tells of."""
        self.admin_site.record(request, obj, what, **data)

    def steps_of(self, obj: Any) -> Any:
        return self.admin_site.history_of(obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        context = self.admin_site.each_context(request) | {
            "title": _("History: %(name)s") % {"name": obj},
            "events": self.steps_of(obj),
            "opts": self.opts,
            "object": obj,
        }
        return TemplateResponse(request, "admin/history.html", context)


class ReadOnlyAdmin(RoomAdmin):
    """For reading; buttons below may act through services."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields or [field.name for field in self.opts.fields]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(self.actions_submit_line or self.actions) and self.is_allowed(request)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        buttons = {"show_save": False, "show_save_and_continue": False} if object_id else {}
        return super().changeform_view(request, object_id, form_url, buttons | (extra_context or {}))

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Run the button that was pressed; the row itself is not written."""
        for action in self.get_actions_submit_line(request, obj.pk):
            if action.action_name in request.POST:
                action.method(request, obj)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Nothing was changed here; services tell of what they do."""
