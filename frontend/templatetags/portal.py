"""What the portal's templates say that plain ones cannot: icons, times and numbers in the reader's form."""

import re
from functools import lru_cache
from math import ceil

from django import template
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from lucide.templatetags.lucide import lucide

from common.markdown import as_html, as_line
from frontend import formats
from frontend.cards import Row, VoteControl
from frontend.links import absolute, idea_path
from frontend.listing import Filters
from frontend.selectors import COUNTED_TO
from ideas.links import idea_url
from ideas.models import Idea

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, classes: str = "icon") -> SafeString:
    """Draw a line icon; the word beside it carries the meaning. How lines are drawn is up to the style sheet."""
    lines = "".join(re.findall(r"<(?!/?svg)[^>]+>", lucide(str(name))))
    shape = f'<svg class="{classes}" viewBox="0 0 24 24" aria-hidden="true">{lines}</svg>'
    return mark_safe(shape)  # noqa: S308  (the package's own drawing)


register.filter("number", formats.number)
register.filter("ago", formats.ago)
register.filter("day", formats.day)
register.filter("moment", formats.date_and_time)


@register.simple_tag
def vote_control(control: VoteControl) -> SafeString:
    return _vote_control(control, get_language() or "en")


@lru_cache(maxsize=4096)
def _vote_control(control: VoteControl, language: str) -> SafeString:
    """Draw the same control once: whatever it shows is in the key."""
    return SafeString(get_template("frontend/components/vote.html").render({"vote": control}))


@register.simple_tag
def idea_row(row: Row) -> SafeString:
    return _idea_row(row, get_language() or "en")


@lru_cache(maxsize=2048)
def _idea_row(row: Row, language: str) -> SafeString:
    """Draw the same row once: whatever it shows is in the key."""
    return SafeString(get_template("frontend/components/row.html").render({"row": row}))


@register.filter
def up(value: float) -> int:
    """The next whole number."""
    return ceil(value)


@register.filter
def counted(table: dict[str, int], key: str) -> str:
    """What `table` has for `key`, 0 for nothing; "1,000+" where nobody counted on."""
    found = table.get(str(key), 0)
    return formats.number(found) if found <= COUNTED_TO else f"{formats.number(COUNTED_TO)}+"


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
def permanent(idea: Idea) -> str:
    return idea_url(idea)
