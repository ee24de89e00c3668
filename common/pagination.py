"""Keyset pages: a cursor names the row at the edge of a page, so that a page costs the same wherever it lies."""

import base64
import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from common.errors import Invalid

VERSION = "1"
MAX_ID = 2**63 - 1
MAX_LENGTH = 200
NONCE_BYTES = 16

SortValue = float | int | datetime


class BadCursor(Invalid):
    code = "bad_cursor"
    message = _("This cursor does not belong here. Start at the first page.")


def _read_float(text: str) -> float:
    value = float(text)
    if math.isnan(value) or value == math.inf:
        raise ValueError(text)
    return value


def _read_int(text: str) -> int:
    value = int(text)
    if abs(value) > MAX_ID:
        raise ValueError(text)
    return value


def _read_time(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(text)
    return value.astimezone(UTC)


READERS: dict[type, Callable[[str], SortValue]] = {float: _read_float, int: _read_int, datetime: _read_time}


def _seal(text: str) -> str:
    """Return `text` unreadable: it names scores, which a board may hide. The same text always gives the same seal."""
    plain = text.encode()
    nonce = _nonce(plain)
    return base64.urlsafe_b64encode(nonce + _mask(plain, nonce)).decode().rstrip("=")


def _unseal(text: str) -> str:
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    nonce, masked = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
    plain = _mask(masked, nonce)
    if not constant_time_compare(nonce, _nonce(plain)):
        raise ValueError(text)
    return plain.decode()


def _nonce(plain: bytes) -> bytes:
    return salted_hmac("cursor", plain, algorithm="sha256").digest()[:NONCE_BYTES]


def _mask(data: bytes, nonce: bytes) -> bytes:
    stream = hashlib.shake_256(salted_hmac("cursor-mask", nonce, algorithm="sha256").digest()).digest(len(data))
    return bytes(a ^ b for a, b in zip(data, stream, strict=True))


def _write(value: SortValue) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else repr(value)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of the page before, as (value it is sorted by, id).

    `backwards` asks for the rows before it. `order` names the list; a cursor of another is refused.

    >>> cursor = Cursor("trending", float("-inf"), 7)
    >>> Cursor.decode(cursor.encode(), order="trending", kind=float) == cursor
    True
    """

    order: str
    value: SortValue
    id: int
    backwards: bool = False

    def encode(self) -> str:
        """Return the cursor as text that fits a URL as it is."""
        parts = (VERSION, self.order, "b" if self.backwards else "f", _write(self.value), str(self.id))
        return _seal("|".join(parts))

    @classmethod
    def decode(cls, text: str, *, order: str, kind: type) -> "Cursor":
        """Read what `encode` wrote for `order`, whose values are of `kind` (float, int or datetime).

        Raises: BadCursor for anything else.
        """
        try:
            cursor = cls._read(text, order, kind)
        except (ValueError, OverflowError):
            raise BadCursor(field="cursor") from None
        if cursor.encode() != text:
            raise BadCursor(field="cursor")
        return cursor

    @classmethod
    def _read(cls, text: str, order: str, kind: type) -> "Cursor":
        if len(text) > MAX_LENGTH:
            raise ValueError(text)
        _version, _order, direction, value, row_id = _unseal(text).split("|")
        cursor = cls(order, READERS[kind](value), _read_int(row_id), backwards=direction == "b")
        if cursor.id < 1:
            raise ValueError(text)
        return cursor


def page_url(request: Request | HttpRequest, cursor: Cursor | None) -> str | None:
    """Return the absolute URL of the same list at `cursor`; None without one."""
    if cursor is None:
        return None
    query = request.GET.copy()
    query["cursor"] = cursor.encode()
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
