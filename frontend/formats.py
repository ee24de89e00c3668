"""Times and numbers in the reader's form. Babel takes its time, so what was written once is remembered."""

from datetime import datetime, timedelta
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_compact_decimal, format_decimal
from django.utils import timezone
from django.utils.translation import get_language, gettext

COMPACT_FROM = 1_000_000
RELATIVE_UNTIL = timedelta(days=30)
UNITS = (timedelta(days=7), timedelta(days=1), timedelta(hours=1))
MINUTE = timedelta(minutes=1)


def number(value: float | None) -> str:
    """1,234 or 1.234; from a million on shortened."""
    return "–" if value is None else _number(value, _language())


def ago(moment: datetime) -> str:
    """3 hours ago; within the first minute just now, after a month the date."""
    age = timezone.now() - moment
    if age < MINUTE:
        return gettext("just now")
    if age >= RELATIVE_UNTIL:
        return day(moment)
    unit = next((unit for unit in UNITS if age >= unit), MINUTE)
    return _ago(unit * round(age / unit), _language())


def day(moment: datetime) -> str:
    return _day(timezone.localtime(moment).replace(hour=0, minute=0, second=0, microsecond=0), _language())


def date_and_time(moment: datetime) -> str:
    """To the minute, in the reader's zone."""
    return _date_and_time(timezone.localtime(moment).replace(second=0, microsecond=0), _language())


def _language() -> str:
    return get_language() or "en"


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")


@lru_cache(maxsize=4096)
def _number(value: float, language: str) -> str:
    if abs(value) < COMPACT_FROM:
        return format_decimal(value, locale=_locale(language))
    return format_compact_decimal(value, locale=_locale(language), fraction_digits=1)


@lru_cache(maxsize=512)
def _ago(age: timedelta, language: str) -> str:
    return format_timedelta(-age, granularity="minute", threshold=1, add_direction=True, locale=_locale(language))


@lru_cache(maxsize=2048)
def _day(moment: datetime, language: str) -> str:
    return format_date(moment, format="medium", locale=_locale(language))


@lru_cache(maxsize=4096)
def _date_and_time(moment: datetime, language: str) -> str:
    spoken = _locale(language)
    return f"{format_date(moment, 'medium', spoken)}, {format_time(moment, 'short', locale=spoken)}"
