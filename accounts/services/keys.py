from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import ApiKey, Person, Scope
from accounts.secrets import digest_of, new_secret
from common.errors import Invalid
from common.prepared import PreparedQuery, given
from common.text import clean_line

KEY_PREFIX = "idk_"  # lets scanners of leaked secrets recognise ours
PREFIX_SHOWN = 12
USE_NOTED_EVERY = timedelta(hours=1)

VALID_KEY = PreparedQuery(lambda: ApiKey.objects.filter(digest=given("digest"), revoked_at=None))


def create_api_key(
    *, name: str, scopes: Iterable[str], source: str = "", created_by: Person | None = None
) -> tuple[ApiKey, str]:
    """Make a key for a partner; `source` is made from `name` when empty.

    Returns: the row and the key itself, which nobody can read again.
    Raises: Invalid for `name`, `source` or `scopes`.
    """
    name = clean_line(name, field="name", max_length=80, required=True)
    secret = KEY_PREFIX + new_secret()
    key = ApiKey.objects.create(
        name=name,
        source=_clean_source(source or slugify(name)[:40]),
        scopes=_clean_scopes(scopes),
        created_by=created_by,
        prefix=secret[:PREFIX_SHOWN],
        digest=digest_of(secret),
    )
    return key, secret


def revoke_api_key(key: ApiKey) -> None:
    """End a key at once and for good; safe to repeat."""
    now = timezone.now()
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        key.revoked_at = now


def find_api_key(secret: str) -> ApiKey | None:
    """Return the key that `secret` opens, unless it is revoked.

    Queries: one, by unique index.
    """
    return VALID_KEY.first(digest=digest_of(secret))


def note_use(key: ApiKey) -> None:
    """Keep `last_used_at` true to the hour.

    Queries: none within an hour of the last note; of several processes one writes.
    """
    now = timezone.now()
    long_ago = now - USE_NOTED_EVERY
    if key.last_used_at and key.last_used_at > long_ago:
        return
    unnoted = Q(last_used_at=None) | Q(last_used_at__lte=long_ago)
    ApiKey.objects.filter(unnoted, pk=key.pk).update(last_used_at=now)


def _clean_source(source: str) -> str:
    source = clean_line(source, field="source", max_length=40, required=True)
    try:
        validate_slug(source)
    except ValidationError as error:
        raise Invalid(_("Letters, digits, hyphens and underscores only."), field="source") from error
    return source


def _clean_scopes(scopes: Iterable[str]) -> list[str]:
    wanted = set(scopes)
    if not wanted:
        raise Invalid(_("Name at least one scope."), field="scopes", code="required")
    if unknown := wanted - set(Scope.values):
        text = _("Unknown scope: %(unknown)s. There are: %(known)s.")
        values = {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(Scope.values)}
        raise Invalid(text % values, field="scopes", code="unknown_scope")
    return [scope for scope in Scope.values if scope in wanted]
