"""Texts and times of other systems, as ours."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.utils import timezone
from django.utils.text import slugify
from markdownify import markdownify

from ideas.models.ideas import TITLE_LENGTH
from votes.imports.reading import LineError

HTML_TAG = re.compile(
    r"</?(a|abbr|b|blockquote|br|code|del|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|s|section|small|span|strong|sub|sup|"
    r"table|tbody|td|th|thead|tr|u|ul)(\s[^<>]*)?/?>",
    re.IGNORECASE,
)
FIRST_YEAR = 1990
SOURCE_LENGTH = 40  # of a contact's source

# The day comes before the month; zones other than ISO's are not known, so it is UTC.
DATE_FORMATS = (
    *(f"%d{sign}%m{sign}%Y{clock}" for sign in "/." for clock in ("", " %H", " %H:%M", " %H:%M:%S")),
    *(f"%d/%b/%{year} %H:%M" for year in "yY"),
)


def title_and_body(text: str, body: str = "") -> tuple[str, str]:
    """Return a title that fits; one that does not is cut at a word, and stands whole before the body.

    >>> title_and_body("  More   bicycle racks ", "At the station.")
    ('More bicycle racks', 'At the station.')
    >>> title, body = title_and_body("word " * 40)
    >>> title[-6:], len(title) <= TITLE_LENGTH, len(body)
    ('word …', True, 199)
    """
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line, body
    room = line[: TITLE_LENGTH - 2]
    cut = room.rsplit(" ", 1)[0] if " " in room and line[len(room)] != " " else room
    return f"{cut.rstrip(' ,;:.–-')} …", "\n\n".join(part for part in (line, body) if part)


def short_slug(name: str) -> str:
    """Return a slug that fits a contact's source; a long name is told from its likes by a digest.

    >>> short_slug("csv-my board"), short_slug("a" * 50)
    ('csv-my-board', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-160b4e43')
    """
    slug = slugify(name)
    if len(slug) <= SOURCE_LENGTH:
        return slug
    return f"{slug[: SOURCE_LENGTH - 9].rstrip('-')}-{sha256(slug.encode()).hexdigest()[:8]}"


def as_markdown(text: str) -> str:
    """Turn HTML into Markdown; text without a tag of HTML stays as it is.

    >>> as_markdown("<p>Two <strong>lifts</strong>,</p><ul><li>one up</li></ul>")
    'Two **lifts**,\\n\\n* one up'
    >>> as_markdown("5 < 7, and <none> is a tag")
    '5 < 7, and <none> is a tag'
    """
    if not HTML_TAG.search(text):
        return text
    converted: str = markdownify(text, heading_style="ATX", strip=["img", "script", "style"])
    lines = (line.rstrip() for line in converted.replace("\xa0", " ").splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def moment(text: str, *, latest: datetime | None = None) -> datetime:
    """Read a time: ISO 8601, or with the day first; without a zone it is UTC.

    >>> moment("2025-03-01T08:00:00+02:00").isoformat(), moment("01/03/2025 17").isoformat()
    ('2025-03-01T06:00:00+00:00', '2025-03-01T17:00:00+00:00')

    Raises: LineError for what is no time, before FIRST_YEAR, or more than a day ahead.
    """
    text = text.strip()
    found = _iso(text) or _day_first(text)
    if found is None:
        raise LineError(f"“{text[:40]}” is not a date")
    return plausible(found if found.tzinfo else found.replace(tzinfo=UTC), latest=latest)


def moment_of_milliseconds(text: str) -> datetime:
    """Read milliseconds since 1970.

    >>> moment_of_milliseconds("1651071094558").isoformat()
    '2022-04-27T14:51:34.558000+00:00'
    """
    try:
        return plausible(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text)))
    except (ValueError, OverflowError):
        raise LineError(f"“{text[:40]}” is not a number of milliseconds") from None


def plausible(at: datetime, *, latest: datetime | None = None) -> datetime:
    """Return `at` in UTC.

    Raises: LineError.
    """
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        raise LineError(f"{at} is not a time we can keep") from None
    if at.year < FIRST_YEAR:
        raise LineError(f"{at.date()} is too long ago")
    if at > (latest or timezone.now() + timedelta(days=1)):
        raise LineError(f"{at.date()} lies in the future")
    return at


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _day_first(text: str) -> datetime | None:
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the caller sets the zone
        except ValueError:
            continue
    return None
