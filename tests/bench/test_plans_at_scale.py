"""No query on a request path scans or counts a table that grows: each reads few rows, whatever there are.

What a statement read is taken from EXPLAIN ANALYZE, on a filled installation: of few ideas, and in `make test-all` of
100,000.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import count
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from accounts.models import Person, Scope
from accounts.services import create_api_key
from bench.data import SIZES, SOURCE, Data, Size
from bench.loading import load
from frontend.portals import forget
from ideas.models import Idea
from votes.folding import fold

GROWING = {
    *("accounts_person", "activity_event", "customers_contact", "ideas_comment", "ideas_follow", "ideas_idea"),
    *("ideas_officialresponse", "ideas_standing", "votes_dailyexposure", "votes_vote", "votes_voteevent"),
    "votes_voterkey",
}
FEW, MANY = Size("few", ideas=2_500, people=2_500), SIZES["100k"]
# Rows of one scan. Figures beside a list say "1,000+" of each status, a search looks at some thousand ideas, a part of
# the sitemap at 2,000 and what else lies on their pages. Of few ideas: fewer than there are.
MOST_ROWS = {FEW: 2_450, MANY: 10_000}
# Let the planner believe in forty times as many ideas as there are.
INFLATED = """
SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text, 'reltuples', (reltuples * 40)::real,
    'relpages', relpages, 'relallvisible', relallvisible)
FROM pg_class WHERE relname = ANY(%s)"""


def fill(size: Size) -> None:
    settings = connection.settings_dict
    with psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"], autocommit=True) as own:
        load(own, Data(size, until=date(2026, 1, 1)))
    fold()
    if size == FEW:
        with connection.cursor() as cursor:
            cursor.execute(INFLATED, [[table for table in GROWING if table.startswith("ideas_")]])


class Asking:
    """Requests of every kind, and what each read more of than `most` rows."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.wide: list[str] = []
        self.idea = Idea.objects.filter(board__slug="app", standing__listed=True, status="open").order_by("pk")[0]
        _row, key = create_api_key(name="Bench", source=SOURCE, scopes=list(Scope.values))
        self.partner = Client(headers={"Authorization": f"Bearer {key}"})
        self.member = Client()
        self.member.force_login(Person.objects.get(pk=100))

    def portal(self, path: str) -> None:
        self.ask(f"anonymous {path}", lambda: Client().get(path, follow=True))
        self.mine(path)

    def mine(self, path: str) -> None:
        self.ask(f"member {path}", lambda: self.member.get(path, follow=True))

    def api(self, path: str) -> Any:
        return self.ask(path, lambda: self.partner.get(f"/api/v1/{path}"))

    def ask(self, name: str, send: Callable[[], Any]) -> Any:
        cache.clear()
        forget()
        statements: list[tuple[str, Any, bool]] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            statements.append((sql, params, type(context["cursor"].cursor) is psycopg.Cursor))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            answer = send()
        assert answer.status_code < 300, f"{name}: {answer.status_code} {answer.content[:300]!r}"
        for sql, params, is_prepared in statements:
            explained = explain_prepared(sql, params) if is_prepared else explain(sql, params)
            self.wide += [f"{name}: {read}: {sql[:300]}" for read in read_widely(explained, most=self.most)]
        return answer

    def vote(self) -> None:
        path = f"/ideas/{self.idea.public_id}/do/vote/"
        self.ask("vote, session", lambda: self.member.post(path, {"value": "1"}, headers={"HX-Request": "true"}))
        sent = {"value": 1, "voter": {"external_id": "c200"}}
        path_of_api = f"/api/v1/ideas/{self.idea.public_id}/vote/"
        self.ask("vote, key", lambda: self.partner.put(path_of_api, sent, "application/json"))

    def post(self) -> None:
        sent = {"board": "app", "title": "A filter for the list", "author": {"external_id": "c200"}}
        self.ask("submit", lambda: self.partner.post("/api/v1/ideas/", sent, "application/json"))


def explain(statement: str, parameters: Any = None) -> list[Any]:
    """Return the plan as it ran; nothing for what is planned without choices. What was written is undone."""
    if not statement.lstrip().upper().startswith(("SELECT", "WITH", "UPDATE", "DELETE", "EXECUTE")):
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        found = cursor.fetchone()[0]
        transaction.set_rollback(True)
    plans: list[Any] = json.loads(found) if isinstance(found, str) else found
    return plans


def explain_prepared(statement: str, parameters: dict[str, Any] | Sequence[Any]) -> list[Any]:
    """As `explain`, planned without knowledge of the values, as `common.prepared` has it."""
    numbered, values = with_numbers(statement, parameters)
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE asked AS {numbered}")
    try:
        arguments = ", ".join(["%s"] * len(values))
        return explain(f"EXECUTE asked ({arguments})" if values else "EXECUTE asked", values)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE asked")


def with_numbers(statement: str, parameters: dict[str, Any] | Sequence[Any]) -> tuple[str, list[Any]]:
    """Return the statement with its places as PostgreSQL numbers them, and their values in that order."""
    if not isinstance(parameters, dict):
        number = count(1)
        return re.sub("%s", lambda _place: f"${next(number)}", statement), list(parameters)
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    numbered = re.sub(r"%\((\w+)\)s", lambda place: f"${names.index(place[1]) + 1}", statement)
    return numbered, [parameters[name] for name in names]


def read_widely(plans: list[Any], *, most: int) -> Iterator[str]:
    """Yield what of the growing tables a statement read more of than `most` rows."""
    for node in [node for plan in plans for node in nodes_of(plan["Plan"])]:
        rows = rows_of(node)
        if node.get("Relation Name") in GROWING and rows > most:
            yield f"{rows:,} rows of {node['Relation Name']} by {node['Node Type']}"


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes_of(below)


def rows_of(node: dict[str, Any]) -> int:
    """Return how many rows a scan looked at, those among them that it left out."""
    left_out = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int((node["Actual Rows"] + left_out) * node["Actual Loops"])


def ask_everything(asking: Asking) -> None:
    idea = asking.idea
    for path in ("/", "/boards/app/", "/boards/app/?order=best"):
        asking.portal(path)
    for query in ("?order=top", "?order=new", "?status=planned", "?tag=maps", "?q=calendar+export"):
        asking.mine(f"/{query}")
        asking.mine(f"/boards/app/{query}")
    asking.portal(f"/ideas/{idea.public_id}/{idea.slug}/")
    asking.portal("/similar/?title=Calendar+list+for+the+train")
    asking.portal("/sitemap.xml")
    asking.portal("/sitemap-1.xml")
    for path in ("/me/", "/profile/", "/new/", "/api/v1/votes/mine/"):
        asking.mine(path)
    for query in ("", "?sort=top", "?sort=new", "?board=app&sort=best", "?status=planned", "?tag=maps"):
        page = asking.api(f"ideas/{query}").json()
        if page["next"]:
            asking.api(page["next"].partition("/api/v1/")[2])
    for path in ("", "comments/", "voters/"):
        asking.api(f"ideas/{idea.public_id}/{path}")
    asking.api("ideas/?q=calendar+export")
    asking.api("ideas/similar/?title=Calendar+list+for+the+train")
    asking.vote()
    asking.post()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "size",
    [FEW, pytest.param(SIZES["100k"], marks=[pytest.mark.slow, pytest.mark.timeout(1_800)])],
    ids=lambda s: s.name,
)
def test_no_request_reads_more_rows_than_it_shows(size: Size) -> None:
    fill(size)
    asking = Asking(MOST_ROWS[size])
    ask_everything(asking)
    assert not asking.wide, "\n".join(asking.wide)
    # The control: what counts a table is found.
    assert list(read_widely(explain("SELECT count(*) FROM ideas_idea WHERE board_id > 0"), most=asking.most))
