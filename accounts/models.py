from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.time_zones import is_time_zone
from common.ids import new_public_id


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    TEAM_MEMBER = "team_member", _("Team member")
    ADMINISTRATOR = "administrator", _("Administrator")


class Language(models.TextChoices):
    GERMAN = "de", _("German")
    ENGLISH = "en", _("English")


class Scope(models.TextChoices):
    """What an API key may do."""

    IDEAS_READ = "ideas:read", _("Read ideas of boards that are not public")
    IDEAS_WRITE = "ideas:write", _("Post and edit ideas")
    VOTES_WRITE = "votes:write", _("Vote for named people")
    COMMENTS_WRITE = "comments:write", _("Comment for named people")
    MODERATION_WRITE = "moderation:write", _("Act as a product team")


def check_time_zone(name: str) -> None:
    if not is_time_zone(name):
        raise ValidationError(_("“%(name)s” is not a time zone."), code="invalid", params={"name": name})


def pseudonym_of(public_id: str) -> str:
    """Return the name of somebody who gave none: stable, and telling nothing."""
    return gettext("Guest %(id)s") % {"id": public_id[:4]}


class Team(models.Model):
    """A department that owns boards."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("short name"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email=(email or "").lower())


class Person(AbstractBaseUser):
    """Whoever posts, votes or comments; with a proven e-mail address, somebody who can sign in.

    Contacts of partners have no address here until the person proves it (`customers.Contact` keeps theirs).
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True, null=True, blank=True)
    display_name = models.CharField(
        _("name or pseudonym"), max_length=80, blank=True, help_text=_("Shown beside your ideas and comments.")
    )
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ENGLISH)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Berlin", validators=[check_time_zone])
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.MEMBER)
    teams = models.ManyToManyField(Team, verbose_name=_("teams"), related_name="people", blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    united_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="+")
    created_at = models.DateTimeField(_("since"), db_default=models.functions.Now(), editable=False)

    objects = PersonManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="person_role_known"),
            models.CheckConstraint(condition=models.Q(language__in=Language.values), name="person_language_known"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="person_email_lower"),
        ]
        indexes = [
            # Any part of a name or an address finds a person.
            GinIndex(OpClass(Upper("display_name"), name="gin_trgm_ops"), name="person_name_search"),
            GinIndex(OpClass(Upper("email"), name="gin_trgm_ops"), name="person_email_search"),
            models.Index(models.F("id").desc(), name="person_staff", condition=~models.Q(role="member")),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email or self.pseudonym

    @property
    def pseudonym(self) -> str:
        return pseudonym_of(self.public_id)

    @property
    def public_name(self) -> str:
        """What everybody may read; never the e-mail address."""
        return self.display_name or self.pseudonym

    def get_full_name(self) -> str:
        """The same, by the name that Django's and its packages' pages call for."""
        return self.public_name

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def is_staff(self) -> bool:
        """May enter the admin."""
        return self.role != Role.MEMBER

    @property
    def is_superuser(self) -> bool:
        return self.is_active and self.is_administrator

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Administrators may do all; what team members may do is up to each admin page."""
        return self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_staff


class ApiKey(models.Model):
    """A partner's way in. Only the SHA-256 of the key is kept; `source` survives a change of key."""

    name = models.CharField(_("name"), max_length=80)
    source = models.SlugField(
        _("source"), max_length=40, help_text=_("Names the partner system; keep it when you replace the key.")
    )
    prefix = models.CharField(_("begins with"), max_length=12, editable=False)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope), verbose_name=_("scopes"))
    created_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("made"), db_default=models.functions.Now(), editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=Scope.values, scopes__len__gt=0), name="apikey_scopes_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class SignInLink(models.Model):
    """A link that signs one person in, once, without a mail. Only the SHA-256 of its token is kept.

    Without a `person` its user becomes the first administrator.
    """

    digest = models.BinaryField(max_length=32, unique=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True)
    expires_at = models.DateTimeField()
