import gzip
from collections.abc import Callable

import brotli
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Person
from ideas.models import Idea
from tests.frontend.conftest import SignedIn
from tests.frontend.support import text, titles
from tests.support.scene import make_idea

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(settings: Settings) -> None:
    settings.PAGE_KEPT_SECONDS = 600


def test_second_reader_costs_no_query(
    client: Client, idea: Idea, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = client.get("/")
    with django_assert_num_queries(0):
        second = client.get("/")
    assert text(first) == text(second)
    assert second["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert titles(second) == [idea.title]


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


def test_errors_and_forms_are_not_kept(client: Client, idea: Idea) -> None:
    assert client.get("/boards/later/").status_code == 404
    idea.board.slug = "later"
    idea.board.save(update_fields=["slug"])
    assert client.get("/boards/later/").status_code == 200
