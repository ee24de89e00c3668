from contextlib import suppress
from typing import Any

from allauth.account.utils import get_next_redirect_url, passthrough_next_redirect_url, perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django_stubs_ext import StrOrPromise

from accounts.forms import CodeForm, EmailForm
from accounts.limits import limit_codes, limit_links, limit_tries
from accounts.models import Person, SignInLink
from accounts.services import link_for, person_of_used_link, redeem_link
from accounts.sign_in import SignInCode
from common.errors import NotFound


@method_decorator(never_cache, name="dispatch")
class EntranceView(View):
    """A page on the way in: who is signed in already goes on."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(next_url(request) or settings.LOGIN_REDIRECT_URL)
        return super().dispatch(request, *args, **kwargs)


class LoginView(EntranceView):
    """Ask for the address and send a code to it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return ask_for_address(request, EmailForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = EmailForm(request.POST)
        if not form.is_valid():
            return ask_for_address(request, form, status=400)
        limit_codes(request, form.cleaned_data["email"])
        try:
            SignInCode.send_to(request, form.cleaned_data["email"])
        except OSError:
            form.add_error(None, _("The mail could not be sent. Try again in a while."))
            return ask_for_address(request, form, status=503)
        return redirect(passthrough_next_redirect_url(request, reverse("account_confirm_login_code"), "next"))


class ConfirmCodeView(EntranceView):
    """Ask for the code and sign in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        code = SignInCode.pending(request)
        if code is None or not code.is_valid():
            return redirect(passthrough_next_redirect_url(request, reverse("account_login"), "next"))
        return ask_for_code(request, CodeForm(), email=code.email)

    def post(self, request: HttpRequest) -> HttpResponse:
        code = SignInCode.pending(request)
        if code is None or not code.is_valid():
            return start_again(request, _("This code is too old. Ask for a new one."))
        limit_tries(request, code.email)
        form = CodeForm(request.POST, code=code.code)
        if form.is_valid():
            return code.complete(next_url(request))
        if not code.record_invalid_attempt():
            return start_again(request, _("That was not the code, too many times. Ask for a new one."))
        return ask_for_code(request, form, email=code.email, status=400)


@method_decorator(never_cache, name="dispatch")
class SignInLinkView(View):
    """Sign in by a link: opening it changes nothing, since mail programs and chats open links by themselves."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        limit_links(request)
        link = link_for(token)
        if link is None:
            return link_is_used(request)
        return offer_sign_in(request, link, EmailForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        limit_links(request)
        link, form = link_for(token), EmailForm(request.POST)
        if link and link.person is None and not form.is_valid():
            return offer_sign_in(request, link, form, status=400)
        person = _redeemed(request, token, link, email=form.data.get("email", ""))
        if person is None:
            return link_is_used(request)
        response: HttpResponse = perform_login(request, person)
        return response


def _redeemed(request: HttpRequest, token: str, link: SignInLink | None, *, email: str) -> Person | None:
    """Return who signs in by the link, also at the second press of a double click."""
    browser = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    if link:
        with suppress(NotFound):
            return redeem_link(link, email=email, browser=browser)
    return person_of_used_link(token, browser=browser)


@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out by POST; a link to this page shows the button."""
    if request.method == "POST" or not request.user.is_authenticated:
        logout(request)
        return redirect(settings.LOGOUT_REDIRECT_URL)
    return render(request, "account/logout.html")


@never_cache
def inactive(request: HttpRequest) -> HttpResponse:
    return render(request, "account/account_inactive.html", status=403)


def next_url(request: HttpRequest) -> str | None:
    """Return where the person was going, if it is a page of ours."""
    url: str | None = get_next_redirect_url(request)
    return url


def ask_for_address(request: HttpRequest, form: EmailForm, *, status: int = 200) -> HttpResponse:
    return render(request, "account/login.html", {"form": form, "next": next_url(request)}, status=status)


def ask_for_code(request: HttpRequest, form: CodeForm, *, email: str, status: int = 200) -> HttpResponse:
    context = {"form": form, "email": email, "next": next_url(request)}
    return render(request, "account/confirm_login_code.html", context, status=status)


def start_again(request: HttpRequest, reason: StrOrPromise) -> HttpResponse:
    context = {"form": EmailForm(), "reason": reason, "next": next_url(request)}
    return render(request, "account/login.html", context, status=400)


def offer_sign_in(request: HttpRequest, link: SignInLink, form: EmailForm, *, status: int = 200) -> HttpResponse:
    return render(request, "account/sign_in_link.html", {"link": link, "form": form}, status=status)


def link_is_used(request: HttpRequest) -> HttpResponse:
    return render(request, "account/sign_in_link_used.html", status=404)
