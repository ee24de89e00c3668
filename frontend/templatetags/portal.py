"""What the portal's templates say that plain ones cannot: icons, times and numbers in the reader's form."""

import re
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal
from django import template
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from lucide.templatetags.lucide import lucide

from common.markdown import as_html, as_line
from frontend.links import absolute, idea_path
from frontend.listing import Filters
from ideas.links import idea_url
from ideas.models import Idea

register = template.Library()

COMPACT_FROM = 1_000_000
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
    """1,234 or 1.234; from a million on shortened."""
    if value is None:
        return "–"
    if abs(value) < COMPACT_FROM:
        return format_decimal(value, locale=locale())
    return format_compact_decimal(value, locale=locale(), fraction_digits=1)


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


@register.filter
def up(value: float) -> int:
    """The next whole number."""
    return ceil(value)


@register.filter
def value(table: dict[str, int], key: str) -> int:
    """What `table` has for `key`, 0 for nothing."""
    return table.get(str(key), 0)


@register.filter
def markdown(text: str) -> SafeString:
    return as_html(text)


@register.filter
def line(text: str, longest: int = 240) -> str:
    """The beginning of a Markdown text as plain words."""
    return as_line(text, longest)


@register.filter
def canonical(request: HttpRequest) -> str:
    return absolute(request.path)


@register.simple_tag
def narrowed(filters: Filters, **changes: str) -> str:
    """The address of the same list with other filters."""
    return filters.url(**changes)


@register.filter
def idea_address(idea: Idea) -> str:
    return idea_path(idea)


@register.filter
def plain(value: float) -> str:
    """A figure as people write it: 7, 0.5."""
    return format_decimal(value, locale=locale())


@register.filter
def permanent(idea: Idea) -> str:
    return idea_url(idea)
