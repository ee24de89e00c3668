"""`manage.py send_test_mail` says in one line what the mail server answered."""

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from tests.support.mail import SmtpSink
from tests.support.ports import free_port


def test_success_is_said_with_the_answer(smtp_sink: SmtpSink, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("send_test_mail", "you@example.com")
    assert capsys.readouterr().out == f"sent to you@example.com by {smtp_sink.host}:{smtp_sink.port}: 250 kept\n"
    assert [mail["To"] for mail in smtp_sink.messages] == ["you@example.com"]


def test_a_refused_address_is_said(smtp_sink: SmtpSink) -> None:
    smtp_sink.refuse("you@example.com")
    with pytest.raises(CommandError, match=r"not sent to you@example.com by .*: 550 5.1.1 no such mailbox here$"):
        call_command("send_test_mail", "you@example.com")


@pytest.mark.parametrize("address", ["nonsense", "a@b\nBcc: c@d", ""])
def test_a_broken_address_is_said(smtp_sink: SmtpSink, address: str) -> None:
    with pytest.raises(CommandError, match="is not a mail address") as caught:
        call_command("send_test_mail", address)
    assert len(str(caught.value).splitlines()) == 1
    assert smtp_sink.messages == []


def test_a_server_that_is_away_is_said(smtp_sink: SmtpSink, settings: Settings) -> None:
    settings.EMAIL_PORT = free_port()
    with pytest.raises(CommandError, match=f"127.0.0.1:{settings.EMAIL_PORT}: Connection refused"):
        call_command("send_test_mail", "you@example.com")


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_wrong_password_is_said(smtp_sink: SmtpSink, settings: Settings) -> None:
    controller = Controller(
        SmtpSink(),
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=lambda *_: AuthResult(success=False, handled=False),
        auth_require_tls=False,
    )
    controller.start()
    try:
        settings.EMAIL_PORT = controller.port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "mailer", "wrong"
        with pytest.raises(CommandError, match=r"535 5\.7\.8 Authentication credentials invalid"):
            call_command("send_test_mail", "you@example.com")
    finally:
        controller.stop()


def test_no_mail_server_is_said(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.EMAIL_BACKEND = "common.console_mail.EmailBackend"
    with pytest.raises(CommandError, match=r"^not sent: no mail server is set, .* Set EMAIL_URL\.$"):
        call_command("send_test_mail", "you@example.com")
    assert capsys.readouterr().out == ""
