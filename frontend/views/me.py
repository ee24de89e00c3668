from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services import update_profile
from accounts.time_zones import time_zone_names
from accounts.viewers import viewer_of
from common.errors import DomainError, Invalid, NotFound
from common.limits import Limit
from customers.selectors import contacts_of
from customers.services import unlink_contact
from frontend.cards import cards
from frontend.entrances import person_of
from frontend.forms import MailsForm, ProfileForm
from ideas.selectors import board_for, ideas_in_order, ideas_of
from notifications.services.preferences import set_preferences
from votes.exports import check_exported, is_exported
from votes.exports import receipt as make_receipt
from votes.selectors import ideas_voted_on

SHOWN = 100
RECEIPTS = Limit("receipts", times=20, seconds=3600)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show what came of one's own ideas, and of those one backed."""
    person, viewer = person_of(request), viewer_of(request)
    backed = ideas_in_order(viewer, ideas_voted_on(person, limit=SHOWN))
    context = {
        "mine": cards(viewer, ideas_of(viewer, limit=SHOWN)),
        "backed": cards(viewer, backed),
        "exported": sorted({idea.board for idea in backed if is_exported(idea.board)}, key=lambda board: board.name),
    }
    return render(request, "frontend/me.html", context)


@require_safe
def receipt(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the person's receipt for a board, to be checked against the board's export."""
    person = person_of(request)
    board = board_for(viewer_of(request), slug)
    check_exported(board)
    RECEIPTS.use(by=f"person:{person.pk}")
    answer = JsonResponse(make_receipt(board, person), json_dumps_params={"indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{board.slug}-receipt.json"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    form = ProfileForm.for_person(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            update_profile(person, **form.cleaned_data)
            return _saved(request, person.language)
        except DomainError as error:
            form.refuse(error)
    context = {"form": form, "mails": MailsForm.for_person(person, None), "time_zones": time_zone_names()}
    context |= {"contacts": contacts_of(person)}
    return render(request, "frontend/profile.html", context, status=400 if form.errors else 200)


def _saved(request: HttpRequest, language: str) -> HttpResponse:
    """Show the profile in the language just chosen, which now counts in this browser too."""
    with override(language):
        messages.success(request, _("Saved."))
    response = redirect("frontend:profile")
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
    return response


@require_POST
def mails(request: HttpRequest) -> HttpResponse:
    """Keep what the person wants to be told; only choices come in, so only a forged form is refused."""
    person = person_of(request)
    form = MailsForm.for_person(person, request.POST)
    if not form.is_valid():
        raise Invalid
    set_preferences(person, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("frontend:profile")


@require_POST
def unlink(request: HttpRequest) -> HttpResponse:
    """Part from a partner, who then no longer votes and posts as this person."""
    contact = request.POST.get("contact", "")
    if not (contact.isascii() and contact.isdigit() and len(contact) < 19):
        raise NotFound
    unlink_contact(int(contact), person=person_of(request))
    messages.success(request, _("Unlinked. What you posted and voted there stays yours."))
    return redirect("frontend:profile")
