"""What people want to be told, what they are told, and how far each mail got."""

from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from activity.models import Event
from ideas.models import Idea


class NewIdeas(models.TextChoices):
    """When a team member hears of new ideas on the team's boards."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day, in one mail")
    NEVER = "never", _("Never")


class Kind(models.TextChoices):
    """What a mail is about; each can be turned off (`Preference`)."""

    NEW_IDEA = "new_idea", _("New idea")
    DIGEST = "digest", _("New ideas of a day")
    COMMENT = "comment", _("Comment")
    NOTE = "note", _("Internal note")
    CHANGE = "change", _("Status, answer or merge")
    ASSIGNMENT = "assignment", _("Assignment")


class Reason(models.TextChoices):
    """Why a person is told; the first that applies counts."""

    ASSIGNEE = "assignee", _("The idea is assigned to you")
    REPLY = "reply", _("You wrote the comment this answers")
    AUTHOR = "author", _("It is your idea")
    FOLLOWER = "follower", _("You follow the idea")
    VOTER = "voter", _("You voted for the idea")
    TEAM = "team", _("You are on the team of the board")


class Channel(models.TextChoices):
    MAIL = "mail", _("Mail")


class State(models.TextChoices):
    PENDING = "pending", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed, will be tried again")
    PARKED = "parked", _("Given up")
    SKIPPED = "skipped", _("No longer wanted or allowed")


DUE_STATES = (State.PENDING, State.FAILED)


class Preference(models.Model):
    """What one person wants to be told by mail; without a row, the defaults hold."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="preference")
    new_ideas = models.CharField(
        _("new ideas on my team's boards"), max_length=8, choices=NewIdeas, default=NewIdeas.AT_ONCE
    )
    digest_hour = models.PositiveSmallIntegerField(
        _("hour of the daily mail"), default=7, validators=[MaxValueValidator(23)], help_text=_("In your time zone.")
    )
    comments = models.BooleanField(_("comments on ideas I wrote or follow"), default=True)
    notes = models.BooleanField(_("internal notes"), default=True)
    changes = models.BooleanField(_("status, answers and merges of ideas I backed"), default=True)
    assignments = models.BooleanField(_("ideas assigned to me"), default=True)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")
        constraints = [
            models.CheckConstraint(condition=Q(new_ideas__in=NewIdeas.values), name="preference_new_ideas_known"),
            models.CheckConstraint(condition=Q(digest_hour__lte=23), name="preference_digest_hour_of_day"),
        ]


class Digest(models.Model):
    """The one daily mail of a person and local day."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        verbose_name = _("daily mail")
        verbose_name_plural = _("daily mails")
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="digest_once_a_day")]


class DigestEntry(models.Model):
    """A new idea that waits for (`digest` null) or stands in a person's daily mail."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    idea = models.ForeignKey(Idea, models.CASCADE, related_name="+")
    digest = models.ForeignKey(Digest, models.CASCADE, null=True, blank=True, related_name="entries")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "event"], name="digest_entry_once")]
        indexes = [models.Index(fields=["person"], name="digest_entry_waiting", condition=Q(digest__isnull=True))]


class Delivery(models.Model):
    """One event, or one digest, on its way to one person.

    `next_attempt_at` is also the lease of whoever sends it: a sender puts it into the future, and when the sender dies
    the mail is due again by itself, with the same Message-ID.
    """

    event = models.ForeignKey(
        Event,
        models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="deliveries",
        verbose_name=_("event"),
    )
    digest = models.OneToOneField(Digest, models.CASCADE, null=True, blank=True, related_name="delivery")
    person = models.ForeignKey(Person, models.CASCADE, related_name="deliveries", verbose_name=_("to"))
    idea = models.ForeignKey(Idea, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("idea"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    reason = models.CharField(_("why"), max_length=10, choices=Reason)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.MAIL)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), db_default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=models.functions.Now())
    last_error = models.CharField(_("what the mail server said"), max_length=500, blank=True, db_default="")
    message_key = models.UUIDField(default=uuid4, editable=False)
    created_at = models.DateTimeField(_("since"), db_default=models.functions.Now(), editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["event", "person", "channel"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(event__isnull=True, digest__isnull=False) | Q(event__isnull=False, digest__isnull=True),
                name="delivery_of_event_or_digest",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="delivery_state_known"),
        ]
        indexes = [
            # What is due; sent ones, by far the most, are not in it.
            models.Index(fields=["next_attempt_at", "id"], name="delivery_due", condition=Q(state__in=DUE_STATES)),
            models.Index(F("id").desc(), name="delivery_failed", condition=Q(state__in=[State.FAILED, State.PARKED])),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.person}"

    @property
    def message_id(self) -> str:
        """The same at every attempt, so that a mail that went twice is shown once."""
        host = settings.BASE_URL.split("://", 1)[-1].split("/")[0].split(":")[0]
        return f"<{self.message_key}@{host}>"
