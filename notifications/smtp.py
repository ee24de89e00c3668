"""Hand mails to the mail server and keep its own words, for people who look for what went wrong."""

import smtplib
from contextlib import suppress
from typing import NoReturn

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address


class MailServerDown(Exception):
    """No mail can be sent: no connection, or the server does not let us in. The text is the server's."""


def connect(connection: BaseEmailBackend) -> None:
    """Raises: MailServerDown."""
    try:
        connection.open()
    except Exception as error:
        with suppress(OSError):
            connection.close()  # a greeting may have gone well before the refusal
        raise MailServerDown(words_of(error)) from error


def hand_over(connection: BaseEmailBackend, message: EmailMessage) -> str:
    """Send one mail over an open connection, which stays usable when the mail is refused.

    Returns: what the server answered, or "" where the way of sending does not tell.
    Raises: whatever the server's refusal is; MailServerDown if the connection was lost and cannot be had again.
    """
    if not isinstance(connection, EmailBackend):
        connection.send_messages([message])
        return ""
    if connection.connection is None:
        connect(connection)
    try:
        return _converse(connection, message)
    except smtplib.SMTPServerDisconnected:
        connection.close()
        raise


def words_of(error: BaseException) -> str:
    """Say in one line what went wrong, in the server's words where there are any.

    >>> words_of(smtplib.SMTPAuthenticationError(535, b"5.7.8 wrong password"))
    '535 5.7.8 wrong password'
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(_words(*answer) for answer in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return " ".join(text.split())


def _converse(connection: EmailBackend, message: EmailMessage) -> str:
    """The commands of one mail (RFC 5321), with the answer to the last, which smtplib's own `sendmail` keeps back."""
    smtp = connection.connection
    if smtp is None:
        raise MailServerDown(f"no connection to {connection.host}")
    sender = sanitize_address(message.from_email, message.encoding or "utf-8")
    [receiver] = [sanitize_address(address, message.encoding or "utf-8") for address in message.recipients()]
    smtp.ehlo_or_helo_if_needed()
    code, words = smtp.mail(sender)
    if code != 250:
        _refused(smtp, smtplib.SMTPSenderRefused(code, words, sender))
    code, words = smtp.rcpt(receiver)
    if code not in (250, 251):
        _refused(smtp, smtplib.SMTPRecipientsRefused({receiver: (code, words)}))
    code, words = smtp.data(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]
    if code != 250:
        _refused(smtp, smtplib.SMTPDataError(code, words))
    return _words(code, words)


def _refused(smtp: smtplib.SMTP, error: smtplib.SMTPException) -> NoReturn:
    """Make the connection ready for the next mail, then raise."""
    with suppress(smtplib.SMTPServerDisconnected):
        smtp.rset()
    raise error


def _words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"
