"""Turn a delivery into a mail: text and HTML in the receiver's language, with one-click unsubscribe (RFC 8058)."""

from collections.abc import Mapping
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from ideas.models import Idea, Portal
from notifications.letters import digest_parts, digest_subject, letter_about, stop_label
from notifications.matters import Matter
from notifications.models import Delivery
from notifications.services.unsubscribing import unsubscribe_url


def mail_about(matter: Matter, *, delivery: Delivery) -> EmailMultiAlternatives:
    with translation.override(delivery.person.language):
        letter = letter_about(matter, reason=delivery.reason)
        parts = {"letter": letter}
        return _mail(delivery, "event", letter.subject, parts, portal=matter.idea.board.portal)


def mail_with_ideas(ideas: list[Idea], *, delivery: Delivery) -> EmailMultiAlternatives:
    with translation.override(delivery.person.language):
        parts = {
            "why": _("You get this mail once a day because your team looks after these boards."),
            "boards": digest_parts(ideas),
        }
        return _mail(delivery, "digest", digest_subject(len(ideas)), parts, portal=ideas[0].board.portal)


def one_line(text: str) -> str:
    """Make text of others fit for a header: no line breaks, no control characters."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def sender_of(portal: Portal) -> str:
    """The portal by name, at its own address or the installation's."""
    address = portal.sender_email or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return formataddr((one_line(portal.sender_name or portal.name), address))


def _mail(
    delivery: Delivery, template: str, subject: str, parts: Mapping[str, Any], *, portal: Portal
) -> EmailMultiAlternatives:
    """Render `template` twice. The active language is the receiver's."""
    stop_url = unsubscribe_url(delivery)
    context = {
        "language": delivery.person.language,
        "portal": portal,
        "stop_label": stop_label(delivery.kind),
        "stop_url": stop_url,
        **parts,
    }
    mail = EmailMultiAlternatives(
        one_line(subject),
        render_to_string(f"notifications/mail/{template}.txt", context),
        sender_of(portal),
        [delivery.person.email or ""],
        headers={
            "Message-ID": delivery.message_id,
            "List-Unsubscribe": f"<{stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(render_to_string(f"notifications/mail/{template}.html", context), "text/html")
    return mail
