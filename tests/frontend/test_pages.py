import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.templatetags.static import static
from django.test import Client, RequestFactory
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from accounts.models import Person
from frontend.views.errors import server_error
from ideas.models import Board, Idea, Portal
from ideas.services.moderation import hide_idea
from tests.frontend.support import page, text
from tests.support.scene import make_idea, make_portal

PLACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def places(response: object) -> list[str]:
    return [str(place.text) for place in ElementTree.fromstring(text(response)).iter(PLACE)]  # noqa: S314  (our own)


@pytest.mark.django_db
def test_how_ranking_works_names_the_half_life(client: Client) -> None:
    shown = text(client.get("/how-ranking-works/"))
    assert "counts half after 7 days" in shown


@pytest.mark.django_db
def test_footer_links_imprint_and_privacy(client: Client) -> None:
    make_portal(imprint_url="https://example.org/imprint", privacy_url="https://example.org/privacy")
    shown = text(client.get("/how-ranking-works/"))
    assert "https://example.org/imprint" in shown
    assert "https://example.org/privacy" in shown


def test_an_icon_is_found_at_its_old_place(client: Client) -> None:
    assert client.get("/favicon.ico").headers["Location"] == static("frontend/mark.svg")


def test_robots_keep_out_of_what_is_private(client: Client) -> None:
    shown = text(client.get("/robots.txt"))
    assert "Disallow: /accounts/" in shown
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in shown


@pytest.mark.django_db
def test_sitemap_names_public_listed_ideas_only(
    client: Client, idea: Idea, board: Board, private_board: Board, team_member: Person
) -> None:
    hidden = make_idea(board)
    make_idea(private_board)
    hide_idea(hidden, by=team_member)
    named = {place for part in places(client.get("/sitemap.xml")) for place in places(client.get(part))}
    assert named == {f"{settings.BASE_URL}{path}" for path in ("/", "/boards/web-shop/", page(idea))}


@pytest.mark.django_db
def test_sitemap_parts_end_with_the_last_idea(
    client: Client, idea: Idea, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert client.get("/sitemap-999999.xml").status_code == 404
    with django_assert_num_queries(2):
        client.get("/sitemap-0.xml")


@pytest.mark.django_db
def test_brand_sheet_is_made_of_the_colour(client: Client) -> None:
    response = client.get("/brand/2456a6.css")
    assert response["Content-Type"] == "text/css"
    assert "max-age" in response["Cache-Control"]
    assert len(re.findall(r"light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\)", text(response))) == 5
    assert client.get("/brand/red;}.css").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chosen_theme_is_kept_in_a_cookie(client: Client, theme: str) -> None:
    response = client.post("/view-settings/", {"theme": theme, "next": "/how-ranking-works/"})
    assert response["Location"] == "/how-ranking-works/"
    assert f'data-theme="{theme}"' in text(client.get("/how-ranking-works/"))
    client.post("/view-settings/", {"theme": ""})
    assert "data-theme=" not in text(client.get("/how-ranking-works/"))


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [{"theme": 'x"><script>'}, {"language": "xx"}, {"language": "fr"}, {}])
def test_unknown_choices_change_nothing(client: Client, asked: dict[str, str]) -> None:
    response = client.post("/view-settings/", {**asked, "next": "//evil.example/"})
    assert response["Location"] == "/"
    assert "<script>" not in text(client.get("/how-ranking-works/"))


@pytest.mark.django_db
def test_language_is_chosen_without_signing_in(client: Client) -> None:
    client.post("/view-settings/", {"language": "de"})
    assert "So entsteht die Reihenfolge" in text(client.get("/how-ranking-works/"))


@pytest.mark.django_db
def test_browser_language_counts_otherwise(client: Client) -> None:
    response = client.get("/how-ranking-works/", headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert "So entsteht die Reihenfolge" in text(response)


@pytest.mark.django_db
def test_unknown_page_says_so(client: Client) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "There is nothing here." in text(response)


def test_server_error_needs_no_database(rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert "Something went wrong on our side." in text(response)


@pytest.mark.django_db
def test_pages_carry_a_strict_policy_and_nothing_inline(client: Client, idea: Idea) -> None:
    for url in ("/", "/boards/web-shop/", page(idea), "/how-ranking-works/", "/nothing/"):
        response = client.get(url)
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text(response)), url


@pytest.mark.django_db
def test_portal_without_a_row_still_answers(client: Client) -> None:
    assert not Portal.objects.exists()
    assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_logo_is_shown_and_nothing_else_of_the_storage(client: Client) -> None:
    picture = BytesIO()
    Image.new("RGB", (4, 4), "red").save(picture, "PNG")
    portal = make_portal(logo=SimpleUploadedFile("mark.png", picture.getvalue()))
    default_storage.save("logos/page.html", ContentFile(b"<script>alert(1)</script>"))
    response = client.get(portal.logo.url)
    assert response["Content-Type"] == "image/png"
    assert b"".join(response.streaming_content) == picture.getvalue()  # type: ignore[attr-defined]
    assert portal.logo.url in text(client.get("/"))
    for path in ("/media/logos/page.html", "/media/logos/none.png", "/media/logos/..%2fsecret_key", "/media/"):
        assert client.get(path).status_code == 404
