from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications.letters import stop_label
from notifications.services.unsubscribing import stop_idea, stop_kind, subscription_of


@csrf_exempt  # the signed token is the permission; mail programs post here without a session (RFC 8058)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing, since mail scanners open links; POST stops the idea's mails or all of the kind."""
    subscription = subscription_of(token)
    stopped = ""
    if request.method == "POST":
        stopped = "idea" if request.POST.get("stop") == "idea" else "kind"
        (stop_idea if stopped == "idea" else stop_kind)(subscription)
    with translation.override(subscription.person.language):
        context = {
            "idea": subscription.idea,
            "label": stop_label(subscription.kind),
            "stopped": stopped,
        }
        return render(request, "notifications/unsubscribe.html", context)
