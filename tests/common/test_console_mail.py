from io import StringIO

from django.core.mail import EmailMultiAlternatives

from common.console_mail import EmailBackend


def test_a_mail_on_the_console_reads_as_it_was_written() -> None:
    text = "Dein Code für die Anmeldung – gültig für fünfzehn Minuten, und nur in diesem Browser:\n\n    K7PQ-2M9X\n"
    mail = EmailMultiAlternatives("Grüße", text, "Müller <ideas@example.org>", ["zoë@example.org"])
    mail.attach_alternative("<p>Dein Code</p>", "text/html")
    console = StringIO()

    EmailBackend(stream=console).send_messages([mail])

    _rule, *printed, _end = console.getvalue().splitlines()
    assert printed == [
        *("From: Müller <ideas@example.org>", "To: zoë@example.org", "Subject: Grüße", ""),
        *text.splitlines(),
    ]
