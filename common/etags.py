"""ETags that say two things: the version of what people wrote, and a digest of all that is shown.

`If-None-Match` compares the whole, so that new counts are seen. `If-Match` compares the version alone, so that a vote
does not get in the way of an edit.
"""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import Stale

DIGEST_LENGTH = 16


def etag_of(version: int, shown: Any) -> str:
    digest = hashlib.sha256(json.dumps(shown, cls=DjangoJSONEncoder).encode()).hexdigest()
    return f'"{version}.{digest[:DIGEST_LENGTH]}"'


def is_known(request: Request, etag: str) -> bool:
    """Return whether the caller has this already (If-None-Match)."""
    known = {_strong(each) for each in parse_etags(request.headers.get("If-None-Match", ""))}
    return bool(known & {etag, "*"})


def expected_version(request: Request, version: int) -> int | None:
    """Return `version` if the caller insists on it (If-Match); None without the header or for `*`.

    Raises: Stale for another version.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    named = {_strong(each).strip('"').partition(".")[0] for each in parse_etags(header)}
    if str(version) not in named:
        raise Stale
    return version


def with_etag(request: Request, response: Response) -> Response:
    """Have `response` carry a digest of what it says, and be a 304 for a caller who has that already."""

    def tag(rendered: Response) -> HttpResponseBase | None:
        digest = hashlib.sha256(rendered.content).hexdigest()[:DIGEST_LENGTH]
        rendered.headers["ETag"] = etag = f'"{digest}"'
        return get_conditional_response(request._request, etag=etag, response=rendered)

    response.add_post_render_callback(tag)
    return response


def _strong(etag: str) -> str:
    """Return an ETag without the W/ that proxies put before it when they compress."""
    return etag.removeprefix("W/")
