from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Person


class Event(models.Model):
    """Something happened. Append-only: the log that people read, and the outbox that handlers work off."""

    verb = models.CharField(_("what"), max_length=40)
    actor = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, db_constraint=False, related_name="+", verbose_name=_("who")
    )
    key = models.ForeignKey(
        ApiKey, models.SET_NULL, null=True, blank=True, db_constraint=False, related_name="+", verbose_name=_("API key")
    )
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict)
    at = models.DateTimeField(_("when"), db_default=models.functions.Now())
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True)
    attempts = models.SmallIntegerField(_("attempts"), db_default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    parked_at = models.DateTimeField(_("given up"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="event_of_subject"),
            # The outbox: only what is still to be handled is in it.
            models.Index(
                fields=["id"],
                name="event_unhandled",
                condition=models.Q(handled_at__isnull=True, parked_at__isnull=True),
            ),
            models.Index(fields=["id"], name="event_parked", condition=models.Q(parked_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"
