"""Idempotency-Key: a request that is sent again is answered as the first time, and does nothing again."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import Conflict, Invalid
from common.models import FirstAnswer

KEPT = timedelta(hours=24)
HEADER = "Idempotency-Key"
KEY_FORMAT = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS = ("Location", "ETag")

# Waits for a concurrent request with the same key; then its row is there, or it failed and the key is ours.
CLAIM = """
INSERT INTO common_firstanswer AS kept (caller, key, fingerprint, body, headers) VALUES (%s, %s, %s, '', '{}')
ON CONFLICT (caller, key) DO UPDATE
    SET fingerprint = excluded.fingerprint, status = NULL, body = '', headers = '{}', created_at = now()
    WHERE kept.created_at < now() - make_interval(secs => %s)
RETURNING id
"""


class BadIdempotencyKey(Invalid):
    code = "bad_idempotency_key"
    message = _("An Idempotency-Key has 1 to 255 visible ASCII characters.")


class IdempotencyKeyReused(Conflict):
    code = "idempotency_key_reused"
    message = _("Another request was sent under this Idempotency-Key.")


def answer_once(request: Request, answer: Callable[[], Response], *, caller: str) -> Response:
    """Return `answer()`, or what it returned to the first request with the same Idempotency-Key.

    Key and writes are one transaction: when `answer` raises, nothing is kept and the request may be sent again.

    Args: `caller` keeps the keys of different callers apart.
    Raises: BadIdempotencyKey, IdempotencyKeyReused.
    """
    key = request.headers.get(HEADER)
    if key is None:
        with transaction.atomic():
            return answer()
    if not KEY_FORMAT.fullmatch(key):
        raise BadIdempotencyKey
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        while (row_id := _claim(caller, key, fingerprint)) is None:
            if first := FirstAnswer.objects.filter(caller=caller, key=key).first():
                return _replay(first, fingerprint)
            # The nightly cleaning took it between the two statements: the key is free.
        response = answer()
        _keep(row_id, response)
        return response


def forget_old_answers() -> int:
    """Delete the answers older than 24 hours and return how many there were."""
    return FirstAnswer.objects.filter(created_at__lt=Now() - KEPT).delete()[0]


def _fingerprint(request: Request) -> bytes:
    sent = json.dumps([request.method, request.path, request.data], sort_keys=True)
    return hashlib.sha256(sent.encode()).digest()


def _claim(caller: str, key: str, fingerprint: bytes) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [caller, key, fingerprint, KEPT.total_seconds()])
        row = cursor.fetchone()
    return row[0] if row else None


def _keep(row_id: int, response: Response) -> None:
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    body = json.dumps(response.data)
    FirstAnswer.objects.filter(pk=row_id).update(status=response.status_code, body=body, headers=headers)


def _replay(first: FirstAnswer, fingerprint: bytes) -> Response:
    if bytes(first.fingerprint) != fingerprint:
        raise IdempotencyKeyReused
    return Response(json.loads(first.body), first.status, headers={**first.headers, "Idempotency-Replayed": "true"})
