import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import brotli
import pytest
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Person
from common.generation import generation, tallies
from frontend.page_cache import PageCacheMiddleware
from ideas.models import Idea
from ideas.services.moderation import change_status, hide_idea
from tests.frontend.conftest import SignedIn
from tests.frontend.support import page, text, titles
from tests.support.folding import fold_all
from tests.support.scene import make_idea
from tests.support.waiting import eventually
from votes.services import cast_vote, fold_and_follow

pytestmark = pytest.mark.django_db
Committed = Callable[..., AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def _kept(settings: Settings) -> None:
    settings.PAGE_KEPT_SECONDS = 600
    eventually(lambda: generation.number and tallies.number)  # by then both channels are heard


def test_second_reader_costs_no_query(
    client: Client, idea: Idea, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = client.get("/")
    with django_assert_num_queries(0):
        second = client.get("/")
    assert text(first) == text(second)
    assert second["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert titles(second) == [idea.title]


@pytest.mark.parametrize("accepts", ["br;q=0", "gzip;q=0.0, br; q=0.000", "abrupt", "identity", "*;q=0", ""])
def test_page_comes_as_it_is_where_no_coding_of_ours_is_accepted(client: Client, idea: Idea, accepts: str) -> None:
    response = client.get("/", headers={"Accept-Encoding": accepts})
    assert idea.title in text(response)
    assert "Content-Encoding" not in response


@pytest.mark.parametrize(
    ("accepts", "coding"), [("gzip;q=1.0, br;q=0", "gzip"), ("*", "br"), ("GZIP", "gzip"), ("*, br;q=0", "gzip")]
)
def test_coding_is_one_that_is_accepted(client: Client, idea: Idea, accepts: str, coding: str) -> None:
    assert client.get("/", headers={"Accept-Encoding": accepts})["Content-Encoding"] == coding


@pytest.mark.parametrize(("accepts", "read"), [("gzip", gzip.decompress), ("gzip, deflate, br", brotli.decompress)])
def test_page_comes_compressed(client: Client, idea: Idea, accepts: str, read: Callable[[bytes], bytes]) -> None:
    response = client.get("/", headers={"Accept-Encoding": accepts})
    assert idea.title in read(response.content).decode()
    assert "Accept-Encoding" in response["Vary"]
    assert int(response["Content-Length"]) == len(response.content)


def test_signed_in_people_get_their_own_page(signed_in: SignedIn, client: Client, idea: Idea, member: Person) -> None:
    client.get("/")
    shown = text(signed_in(member).get("/"))
    assert member.display_name in shown
    assert member.display_name not in text(client.get("/"))


def test_language_theme_host_and_fragment_have_pages_of_their_own(client: Client, idea: Idea) -> None:
    assert '<html lang="en"' in text(client.get("/"))
    assert '<html lang="de"' in text(client.get("/", headers={"Accept-Language": "de"}))
    assert "<html" not in text(client.get("/", headers={"HX-Request": "true"}))
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in text(client.get("/"))
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_old_page_is_made_anew(client: Client, idea: Idea, settings: Settings) -> None:
    settings.PAGE_KEPT_SECONDS = 0.000001
    client.get("/boards/web-shop/?order=new")
    newer = make_idea(idea.board)
    assert newer.title in titles(client.get("/boards/web-shop/?order=new"))


@pytest.mark.django_db(transaction=True)
def test_what_is_decided_or_hidden_shows_at_once(client: Client, idea: Idea, team_member: Person) -> None:
    lists = ("/", "/boards/web-shop/")
    assert [titles(client.get(url)) for url in lists] == [[idea.title]] * 2
    before = client.get(page(idea))
    change_status(idea, status="planned", by=team_member)
    after = client.get(page(idea), headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, "status-planned" in text(after), "status-planned" in text(before)) == (200, True, False)
    hide_idea(idea, by=team_member)
    assert [titles(client.get(url)) for url in lists] == [[]] * 2
    assert client.get(page(idea)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_vote_shows_as_soon_as_it_is_counted(client: Client, idea: Idea, member: Person) -> None:
    before = client.get(page(idea))
    cast_vote(idea, voter=member)
    fold_all(by=fold_and_follow)
    after = client.get(page(idea), headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, 'data-count="1">1</span>' in text(after)) == (200, True)


def test_pages_that_were_made_first_leave_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(request: HttpRequest) -> HttpResponse:
        made.append(request.path)
        return HttpResponse("x" * 400)

    monkeypatch.setattr("frontend.page_cache.KEPT_BYTES", 1_000)
    made: list[str] = []
    cache = PageCacheMiddleware(make)
    for number in (1, 2, 1, 3, 2, 1):
        cache(RequestFactory().get(f"/boards/{number}/"))
    assert made == ["/boards/1/", "/boards/2/", "/boards/3/", "/boards/1/"]


def test_board_that_becomes_private_is_gone_at_once(
    client: Client,
    signed_in: SignedIn,
    idea: Idea,
    administrator: Person,
    django_capture_on_commit_callbacks: Committed,
) -> None:
    assert titles(client.get("/")) == [idea.title]
    form = model_to_dict(idea.board) | {"seen_by": "team"}
    with django_capture_on_commit_callbacks(execute=True):
        saved = signed_in(administrator).post(f"/admin/ideas/board/{idea.board_id}/change/", form)
    assert saved.status_code == 302
    assert titles(client.get("/")) == []
    assert client.get(page(idea)).status_code == 404


def test_parameters_that_no_page_knows_make_no_page_of_their_own(
    client: Client, idea: Idea, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/?utm_source=first&order=new")
    with django_assert_num_queries(0):
        shown = text(client.get("/?order=new&fbclid=second"))
    assert idea.title in shown
    assert "utm_source" not in shown
    assert "fbclid" not in shown


def test_no_view_sees_what_was_taken_from_the_address() -> None:
    cache = PageCacheMiddleware(lambda request: HttpResponse(",".join(request.GET)))
    assert cache(RequestFactory().get("/?utm_source=first&order=new")).content == b"order"


@pytest.mark.parametrize("url", ["/", "/boards/web-shop/", "/ideas/{}/"])
def test_shared_page_holds_nothing_of_one_reader(client: Client, idea: Idea, url: str) -> None:
    client.cookies["csrftoken"] = secret = "x" * 32
    response = client.get(url.format(idea.public_id), follow=True)
    assert not response.cookies
    assert not any(word in text(response).lower() for word in ("csrf", "nonce", secret))
    assert "nonce" not in response["Content-Security-Policy"]


def test_page_with_a_message_or_a_token_is_not_kept() -> None:
    def make(request: HttpRequest) -> HttpResponse:
        made.append(request)
        if request.GET.get("q") == "token":
            get_token(request)
        response = HttpResponse("A page")
        CsrfViewMiddleware(lambda request: response).process_response(request, response)
        return response

    made: list[HttpRequest] = []
    cache = PageCacheMiddleware(make)
    for _time in range(2):
        cache(RequestFactory().get("/?q=token"))
        cache(RequestFactory(headers={"Cookie": "messages=x"}).get("/"))
    assert len(made) == 4
    for _time in range(2):
        cache(RequestFactory().get("/"))
    assert len(made) == 5


def test_page_is_made_once_for_all_who_ask_meanwhile() -> None:
    asked: list[int] = []
    made: list[HttpRequest] = []

    def make(request: HttpRequest) -> HttpResponse:
        made.append(request)
        eventually(lambda: len(asked) == 4)
        return HttpResponse("A page")

    def ask(number: int) -> bytes:
        asked.append(number)
        return cache(RequestFactory().get("/")).content

    cache = PageCacheMiddleware(make)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [b"A page"] * 4
    assert len(made) == 1


def test_page_that_fails_fails_for_each_alone() -> None:
    def make(request: HttpRequest) -> HttpResponse:
        raise LookupError

    cache = PageCacheMiddleware(make)
    for _time in range(2):
        with pytest.raises(LookupError):
            cache(RequestFactory().get("/"))


def test_page_made_while_something_changed_is_not_given_again() -> None:
    versions = iter("ABC")

    def make(request: HttpRequest) -> HttpResponse:
        version = next(versions)
        if version == "A":
            generation.advance()
        return HttpResponse(version)

    cache = PageCacheMiddleware(make)
    assert [cache(RequestFactory().get("/")).content for _time in range(3)] == [b"A", b"B", b"B"]


@pytest.mark.parametrize("url", ["/", "/ideas/{}/{}/"])
def test_reader_who_has_the_page_gets_no_other(client: Client, idea: Idea, url: str) -> None:
    first = client.get(url.format(idea.public_id, idea.slug), headers={"Accept-Encoding": "br"})
    for known in (first["ETag"], first["ETag"].removeprefix("W/"), '"other", ' + first["ETag"]):
        again = client.get(url.format(idea.public_id, idea.slug), headers={"If-None-Match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get("/", headers={"If-None-Match": '"other"'}).status_code == 200


def test_errors_and_forms_are_not_kept(client: Client, idea: Idea) -> None:
    assert client.get("/boards/later/").status_code == 404
    idea.board.slug = "later"
    idea.board.save(update_fields=["slug"])
    assert client.get("/boards/later/").status_code == 200
