from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common.admin import RefusableForm
from common.generation import generation
from frontend.colour import LIGHT_GROUND, contrast, from_hex, light_roles
from ideas.admin import PortalAdmin
from ideas.models import Portal

RECOGNISABLE = 1.15  # contrast to the page; below, what readers see would no longer be the brand's colour
SHOWN_AS_IT_IS = 3.0  # WCAG 2.2, 1.4.11


class PortalForm(RefusableForm):
    def clean_accent_colour(self) -> str:
        colour: str = self.cleaned_data["accent_colour"]
        Portal._meta.get_field("accent_colour").run_validators(colour)
        if contrast(from_hex(colour), LIGHT_GROUND) < RECOGNISABLE:
            text = _("%(colour)s cannot be told from the page. The lightest shade that can be read is %(other)s.")
            raise forms.ValidationError(text, params={"colour": colour, "other": light_roles(colour).accent})
        return colour


@admin.register(Portal)
class PortalWithBrandAdmin(PortalAdmin):
    form = PortalForm

    def save_model(self, request: HttpRequest, obj: Portal, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(generation.advance, robust=True)
        shown = light_roles(obj.accent_colour).accent
        if contrast(from_hex(obj.accent_colour), LIGHT_GROUND) < SHOWN_AS_IT_IS:
            text = _("On light pages the brand colour is shown as %(colour)s, so that everybody can see it.")
            messages.info(request, text % {"colour": shown})
