"""What the portal's templates say that plain ones cannot: icons, times and numbers in the reader's form."""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal
from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from lucide.templatetags.lucide import lucide

register = template.Library()

COMPACT_FROM = 10_000
RELATIVE_UNTIL = timedelta(days=30)


def locale() -> Locale:
    return Locale.parse(get_language() or "en", sep="-")


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, classes: str = "icon") -> SafeString:
    """Draw a line icon; the word beside it carries the meaning. How lines are drawn is up to the style sheet."""
    lines = "".join(re.findall(r"<(?!/?svg)[^>]+>", lucide(str(name))))
    shape = f'<svg class="{classes}" viewBox="0 0 24 24" aria-hidden="true">{lines}</svg>'
    return mark_safe(shape)  # noqa: S308  (the package's own drawing)


@register.filter
def number(value: int | None) -> str:
    """1,234 or 1.234; from 10,000 on shortened."""
    if value is None:
        return "–"
    shorten = format_compact_decimal if abs(value) >= COMPACT_FROM else format_decimal
    return shorten(value, locale=locale())


@register.filter
def ago(moment: datetime) -> str:
    """3 hours ago; after a month the date."""
    age = timezone.now() - moment
    if age >= RELATIVE_UNTIL:
        return day(moment)
    return format_timedelta(-age, granularity="minute", add_direction=True, locale=locale())


@register.filter
def day(moment: datetime) -> str:
    return format_date(timezone.localtime(moment), format="medium", locale=locale())


@register.filter
def moment(value: datetime) -> str:
    """Date and time in the reader's zone, for titles."""
    return format_datetime(timezone.localtime(value), format="medium", locale=locale())
