import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from threading import Barrier

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Person, Role, SignInLink
from accounts.services import (
    first_administrator_link,
    link_for,
    make_administrator,
    make_sign_in_link,
    person_of_address,
    redeem_link,
)
from common.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Person:
    return person_of_address("ada@example.org")[0]


def path_of(link: str, settings: Settings) -> str:
    assert link.startswith(f"{settings.BASE_URL}/accounts/link/")
    return link.removeprefix(settings.BASE_URL)


def signed_in(client: Client) -> Person | None:
    key = client.session.get("_auth_user_id")
    return Person.objects.get(pk=key) if key else None


def test_link_signs_in_by_a_button_and_once(client: Client, ada: Person, settings: Settings) -> None:
    path = path_of(make_sign_in_link(ada), settings)
    for _look in range(2):
        assert client.get(path).status_code == HTTPStatus.OK
    assert not signed_in(client)
    assert client.post(path).headers["Location"] == "/"
    assert signed_in(client) == ada
    other = Client()
    assert other.get(path).status_code == other.post(path).status_code == HTTPStatus.NOT_FOUND
    assert not signed_in(other)


@pytest.mark.parametrize("for_first", [True, False])
def test_second_press_of_a_double_click_signs_in_too(client: Client, settings: Settings, for_first: bool) -> None:
    link = first_administrator_link() if for_first else make_sign_in_link(person_of_address("ada@example.org")[0])
    assert link
    path, other = path_of(link, settings), Client()
    client.get(path)
    other.cookies[settings.CSRF_COOKIE_NAME] = client.cookies[settings.CSRF_COOKIE_NAME].value
    for press in (client, other):
        assert press.post(path, {"email": "ada@example.org"}).headers["Location"] == "/"
    assert signed_in(client) == signed_in(other) == Person.objects.get(email="ada@example.org")
    stranger = Client()
    stranger.get("/accounts/login/")
    answer = stranger.post(path, {"email": "ada@example.org"})
    assert (answer.status_code, signed_in(stranger)) == (HTTPStatus.NOT_FOUND, None)
    assert "sign in with your address" in answer.content.decode()


def test_nothing_kept_tells_the_link(ada: Person, settings: Settings) -> None:
    token = path_of(make_sign_in_link(ada), settings).split("/")[-2]
    assert token not in str(SignInLink.objects.values().get())


def test_link_is_used_once_when_two_saw_it_unused(ada: Person, settings: Settings) -> None:
    link = link_for(path_of(make_sign_in_link(ada), settings).split("/")[-2])
    assert link
    assert redeem_link(link) == ada
    with pytest.raises(NotFound):
        redeem_link(link)


def test_link_ends_after_a_day(client: Client, ada: Person, settings: Settings) -> None:
    path = path_of(make_sign_in_link(ada), settings)
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        assert client.get(path).status_code == client.post(path).status_code == HTTPStatus.NOT_FOUND


def test_link_replaces_whoever_was_signed_in(client: Client, ada: Person, settings: Settings) -> None:
    client.force_login(person_of_address("bea@example.org")[0])
    client.post(path_of(make_sign_in_link(ada), settings))
    assert signed_in(client) == ada


def test_link_of_a_closed_account_stays_out(client: Client, ada: Person, settings: Settings) -> None:
    path = path_of(make_sign_in_link(ada), settings)
    Person.objects.update(is_active=False)
    assert client.post(path).headers["Location"] == "/accounts/inactive/"
    assert not signed_in(client)


@pytest.mark.parametrize("token", ["x", "ü", "%00", "a" * 5000])
def test_wrong_link_is_not_found(client: Client, token: str) -> None:
    assert client.get(f"/accounts/link/{token}/").status_code == HTTPStatus.NOT_FOUND


def test_links_are_guessed_slowly(client: Client) -> None:
    answers = [client.get(f"/accounts/link/{guess}/").status_code for guess in range(61)]
    assert answers == [HTTPStatus.NOT_FOUND] * 60 + [HTTPStatus.TOO_MANY_REQUESTS]


def test_first_administrator_comes_by_link(client: Client, settings: Settings) -> None:
    link = first_administrator_link()
    assert link
    path = path_of(link, settings)
    assert 'name="email"' in client.get(path).content.decode()
    assert client.post(path, {"email": "nobody"}).status_code == HTTPStatus.BAD_REQUEST
    client.post(path, {"email": "Ada@Example.org"})
    person = signed_in(client)
    assert person
    assert (person.email, person.role) == ("ada@example.org", Role.ADMINISTRATOR)
    assert client.get("/admin/").status_code == HTTPStatus.OK
    assert first_administrator_link() is None


def test_newest_link_for_the_first_administrator_counts(client: Client, settings: Settings) -> None:
    old, new = first_administrator_link(), first_administrator_link()
    assert old
    assert new
    assert client.get(path_of(old, settings)).status_code == HTTPStatus.NOT_FOUND
    assert client.get(path_of(new, settings)).status_code == HTTPStatus.OK


def test_link_for_the_first_administrator_ends_when_there_is_one(client: Client, settings: Settings) -> None:
    link = first_administrator_link()
    assert link
    make_administrator("ada@example.org")
    answer = client.post(path_of(link, settings), {"email": "eve@example.org"})
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_first_administrator_is_made_when_many_use_the_link_at_once(settings: Settings) -> None:
    link = first_administrator_link()
    assert link
    threads = 6
    barrier = Barrier(threads)

    def use(number: int) -> int:
        barrier.wait(timeout=30)
        answer = Client().post(path_of(link, settings), {"email": f"ada{number}@example.org"})
        connection.close()
        return answer.status_code

    with ThreadPoolExecutor(threads) as pool:
        answers = sorted(pool.map(use, range(threads)))
    assert answers == [HTTPStatus.FOUND] + [HTTPStatus.NOT_FOUND] * (threads - 1)
    assert Person.objects.count() == 1


def test_command_prints_a_link_for_somebody_known(
    client: Client, ada: Person, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("sign_in_link", "Ada@Example.org")
    client.post(path_of(capsys.readouterr().out.strip(), settings))
    assert signed_in(client) == ada
    assert ada.role == Role.MEMBER


def test_command_makes_nobody_unless_told() -> None:
    with pytest.raises(CommandError, match="Nobody has signed in"):
        call_command("sign_in_link", "ada@example.org")
    assert not Person.objects.exists()


def test_command_makes_an_administrator_when_told(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("sign_in_link", "ada@example.org", "--administrator")
    assert re.fullmatch(r"http\S+/accounts/link/[\w-]{43}/\n", capsys.readouterr().out)
    assert Person.objects.get(email="ada@example.org").role == Role.ADMINISTRATOR


def test_command_opens_a_closed_account_when_it_makes_an_administrator(ada: Person) -> None:
    Person.objects.update(is_active=False)
    call_command("sign_in_link", "ada@example.org", "--administrator")
    ada.refresh_from_db()
    assert ada.is_superuser


def test_command_refuses_what_is_no_address() -> None:
    with pytest.raises(CommandError, match="not an e-mail address"):
        call_command("sign_in_link", "ada", "--administrator")
