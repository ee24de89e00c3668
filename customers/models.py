from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person


class Contact(models.Model):
    """A partner's name for a person: `external_id` in the system `source`.

    The e-mail address is the partner's word only: it joins an account when its owner proves it by signing in.
    """

    source = models.SlugField(_("source"), max_length=40)
    external_id = models.CharField(_("id at the partner"), max_length=200)
    person = models.ForeignKey(Person, models.CASCADE, related_name="contacts", verbose_name=_("person"))
    email = models.EmailField(_("e-mail address"), blank=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    # Whoever parted from this name by themselves: their address no longer joins them with contacts of this source.
    unlinked_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("unlinked by")
    )
    created_at = models.DateTimeField(_("since"), db_default=models.functions.Now(), editable=False)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="contact_external_id_unique")]
        indexes = [models.Index(fields=["email"], name="contact_email", condition=~models.Q(email=""))]

    def __str__(self) -> str:
        return f"{self.name or self.external_id} ({self.source})"
