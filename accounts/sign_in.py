"""Signing in by a code sent by mail: the same steps whether the address is known or not.

allauth answers an unknown address with another mail and makes accounts before they are proven. Here nobody is looked
up when a code is asked for, and the account is found or made when the code was right. So no answer, mail or delay
tells who has an account, and nobody gets one for an address they do not own.
"""

from allauth.account import app_settings, signals
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from django.http import HttpRequest, HttpResponse

from accounts.models import Person
from accounts.services import person_of_address


class SignInCode(LoginCodeVerificationProcess):
    """A code on its way, kept in the session of the browser that asked for it."""

    @classmethod
    def send_to(cls, request: HttpRequest, email: str) -> None:
        """Send a new code; an earlier one of this browser is no longer good.

        Raises: OSError when the mail could not be handed over.
        """
        login = Login(email=email)
        stage = LoginByCodeStage(LoginStageController(request, login), request, login)
        stage.controller.set_current(stage.key)
        stage.state.update(cls.initial_state(user=None, email=email), initiated_by_user=True)
        process = cls(stage)
        get_adapter().send_mail("account/email/login_code", email, {"code": process.generate_code()})
        process.persist()
        request.session.set_expiry(app_settings.LOGIN_TIMEOUT)  # most who ask never come back

    @classmethod
    def pending(cls, request: HttpRequest) -> "SignInCode | None":
        """Return the code that this browser waits for, which may be too old: see `is_valid`."""
        stage = LoginStageController.enter(request, LoginByCodeStage.key)
        return cls(stage) if stage else None

    @property
    def email(self) -> str:
        return str(self.state["email"])

    def complete(self, next_url: str | None) -> HttpResponse:
        """Sign in whoever proved the address, and go on to `next_url`.

        Signals of allauth: user_signed_up for a new account, authentication_step_completed(user, method="code",
        email=the proven address) every time, email_confirmed the first time.
        """
        self.request.session.set_expiry(None)
        person, is_new = person_of_address(self.email)
        self._user = person
        if is_new:
            signals.user_signed_up.send(sender=Person, request=self.request, user=person)
        response: HttpResponse = self.finish(next_url)
        return response
