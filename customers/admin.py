from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from accounts.admin import PersonAdmin
from accounts.models import Person
from common.admin import ReadOnlyAdmin
from customers.models import Contact

CONTACTS_SHOWN = 20


class ContactInline(TabularInline):
    """Under which names partners know a person; they keep them, we show them."""

    model = Contact
    fk_name = "person"
    extra = 0
    max_num = 0
    can_delete = False
    fields = readonly_fields = ("source", "external_id", "email", "name", "created_at")
    show_change_link = True
    per_page = CONTACTS_SHOWN
    ordering = ("pk",)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Person)
class PersonWithContactsAdmin(PersonAdmin):
    inlines = (ContactInline,)


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    list_display = ("external_id", "source", "name", "email", "person", "created_at")
    list_select_related = ("person",)
    search_fields = ("external_id",)
    search_help_text = _("Id at the partner, or the whole e-mail address")
    ordering = ("-id",)
    fields = ("source", "external_id", "name", "email", "person", "unlinked_by", "created_at")

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Contact]", search_term: str
    ) -> "tuple[QuerySet[Contact], bool]":
        term = search_term.strip()
        if not term:
            return queryset, False
        # The unique index begins with the source: PostgreSQL skips from source to source, of which there are few.
        return queryset.filter(Q(external_id=term) | ~Q(email="") & Q(email=term.lower())), False
