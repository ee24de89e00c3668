"""The least that a Django view can do for each kind of path: no sign-in, no filters, no rights, no CSRF."""

import json
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from ideas.models import Standing

VOTE = """
WITH voted AS (
    INSERT INTO votes_vote AS v (idea_id, voter_id, value, at) VALUES (%s, %s, 1, clock_timestamp())
    ON CONFLICT (idea_id, voter_id) DO UPDATE SET value = excluded.value, at = excluded.at
        WHERE v.value <> excluded.value
    RETURNING idea_id, voter_id, coalesce(old.value, 0)::smallint AS o, new.value AS n, old.at AS oat, new.at AS nat
)
INSERT INTO votes_voteevent (idea_id, voter_key, old_value, new_value, old_at, at)
SELECT v.idea_id, k.key, v.o, v.n, v.oat, v.nat FROM voted v JOIN votes_voterkey k ON k.person_id = v.voter_id
RETURNING old_value, new_value"""


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def top20() -> "QuerySet[Standing]":
    """The first page of one board, with what a card needs: one index range, one query."""
    listed = Standing.objects.filter(board=1, status="open", listed=True).order_by("-trending", "-idea")
    return listed.select_related("idea__board", "idea__author").defer("idea__search")[:20]


def ideas_json(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"results": [_plain(standing) for standing in top20()]})


def _plain(standing: Standing) -> dict[str, Any]:
    idea = standing.idea
    return {
        "id": idea.public_id,
        "board": idea.board.slug,
        "title": idea.title,
        "body": idea.body,
        "status": idea.status,
        "tags": idea.tags,
        "author": {"id": idea.author.public_id, "name": idea.author.display_name},
        "tally": {"up": standing.up, "down": standing.down, "comments": standing.comments},
        "created_at": idea.created_at,
        "updated_at": idea.updated_at,
    }


def ideas_html(request: HttpRequest) -> HttpResponse:
    return render(request, "yardsticks/ideas.html", {"standings": top20()})


def vote(request: HttpRequest) -> JsonResponse:
    sent = json.loads(request.body)
    with connection.cursor() as cursor:
        cursor.execute(VOTE, [sent["idea"], sent["voter"]])
        row = cursor.fetchone()
    return JsonResponse({"value": 1, "is_changed": row is not None})
