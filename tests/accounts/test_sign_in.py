"""Signing in as a browser without script does it: pages, forms, cookies, and the mail from a real server."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.account.signals import authentication_step_completed, email_confirmed, user_signed_up
from django.contrib.sessions.models import Session
from django.db import connection
from django.dispatch import Signal
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Language, Person, Role, SignInLink
from accounts.services import make_sign_in_link, person_of_address
from accounts.tasks import forget_old_sessions
from tests.support.mail import SmtpSink

pytestmark = pytest.mark.django_db

LOGIN, CODE, LOGOUT = "/accounts/login/", "/accounts/login/code/", "/accounts/logout/"
CODE_PATTERN = re.compile(r"[B-Z]{4}-[B-Z]{4}")


@pytest.fixture(autouse=True)
def mails(smtp_sink: SmtpSink) -> SmtpSink:
    return smtp_sink


def code_in(mail: EmailMessage) -> str:
    found = CODE_PATTERN.search(str(mail["Subject"]))
    assert found, mail["Subject"]
    return found[0]


def body_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part
    return str(part.get_content())


def ask(client: Client, email: str, **data: str) -> HttpResponse:
    return cast("HttpResponse", client.post(LOGIN, {"email": email} | data))


def enter(client: Client, code: str, **data: str) -> HttpResponse:
    return cast("HttpResponse", client.post(CODE, {"code": code} | data))


def sign_in(client: Client, mails: SmtpSink, email: str, **data: str) -> HttpResponse:
    assert ask(client, email, **data).status_code == HTTPStatus.FOUND
    return enter(client, code_in(mails.to(email.lower())[-1]), **data)


def signed_in(client: Client) -> Person | None:
    key = client.session.get("_auth_user_id")
    return Person.objects.get(pk=key) if key else None


@contextmanager
def heard(signal: Signal) -> Iterator[list[dict[str, Any]]]:
    calls: list[dict[str, Any]] = []

    def listen(**arguments: Any) -> None:
        calls.append(arguments)

    signal.connect(listen)
    yield calls
    signal.disconnect(listen)


def test_account_is_made_when_the_code_is_right(client: Client, mails: SmtpSink) -> None:
    assert client.get(LOGIN).status_code == HTTPStatus.OK
    assert ask(client, "Ada@Example.org").headers["Location"] == CODE
    assert "ada@example.org" in client.get(CODE).content.decode()
    assert not Person.objects.exists()
    answer = enter(client, code_in(mails.to("ada@example.org")[0]))
    assert (answer.status_code, answer.headers["Location"]) == (HTTPStatus.FOUND, "/")
    person = Person.objects.get()
    assert (person.email, person.role, person.language) == ("ada@example.org", Role.MEMBER, Language.ENGLISH)
    assert signed_in(client) == person
    address = EmailAddress.objects.get()
    assert (address.user, address.verified, address.primary) == (person, True, True)


def test_same_account_is_found_when_somebody_comes_again(client: Client, mails: SmtpSink) -> None:
    sign_in(client, mails, "ada@example.org")
    again = Client()
    sign_in(again, mails, "ADA@example.org")
    assert signed_in(again) == signed_in(client) == Person.objects.get()
    assert EmailAddress.objects.count() == 1


def test_known_and_unknown_address_are_answered_alike(mails: SmtpSink) -> None:
    person_of_address("known1@example.org")
    seen = []
    for email in ("known1@example.org", "unknown@example.org"):
        client = Client()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            first = ask(client, email)
        page = client.get(CODE)
        mail = mails.to(email)[0]
        text = "|".join([page.content.decode(), str(mail["Subject"]), body_of(mail, "plain"), body_of(mail, "html")])
        text = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", text).replace(email, "EMAIL")
        statements = [re.sub(r"'[^']*'", "?", query["sql"]) for query in queries.captured_queries]
        seen.append((first.status_code, first.headers["Location"], CODE_PATTERN.sub("CODE", text), statements))
    assert seen[0] == seen[1]
    assert "known1" not in str(seen[0][3])


def test_mail_says_the_code_in_text_and_html_in_the_language_of_the_page(mails: SmtpSink, settings: Settings) -> None:
    ask(Client(headers={"Accept-Language": "en"}), "ada@example.org")
    [mail] = mails.to("ada@example.org")
    code = code_in(mail)
    assert mail["Subject"] == f"Your code: {code}"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert code in body_of(mail, "plain")
    assert code in body_of(mail, "html")
    assert '<html lang="en">' in body_of(mail, "html")
    ask(Client(headers={"Accept-Language": "de"}), "bea@example.org")
    assert '<html lang="de">' in body_of(mails.to("bea@example.org")[0], "html")


def test_new_account_speaks_the_language_of_the_page(mails: SmtpSink) -> None:
    client = Client(headers={"Accept-Language": "de"})
    sign_in(client, mails, "ada@example.org")
    assert Person.objects.get().language == Language.GERMAN


def test_code_is_forgiving_about_case_blanks_and_hyphens(client: Client, mails: SmtpSink) -> None:
    ask(client, "ada@example.org")
    enter(client, f" {code_in(mails.messages[0]).replace('-', ' ').lower()} ")
    assert signed_in(client)


def test_wrong_code_is_told_and_the_right_one_still_works(client: Client, mails: SmtpSink) -> None:
    ask(client, "ada@example.org")
    answer = enter(client, "BBBB-BBBB")
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert 'role="alert"' in answer.content.decode()
    assert not Person.objects.exists()
    enter(client, code_in(mails.messages[0]))
    assert signed_in(client)


@pytest.mark.parametrize("code", ["", "\x00", "ü" * 500])
def test_odd_code_is_refused(client: Client, code: str) -> None:
    ask(client, "ada@example.org")
    assert enter(client, code).status_code == HTTPStatus.BAD_REQUEST


def test_code_ends_after_five_wrong_tries(client: Client, mails: SmtpSink) -> None:
    ask(client, "ada@example.org")
    for _try in range(4):
        assert "account/confirm_login_code.html" in names(enter(client, "BBBB-BBBB"))
    assert "account/login.html" in names(enter(client, "BBBB-BBBB"))
    enter(client, code_in(mails.messages[0]))
    assert not signed_in(client)
    assert not Person.objects.exists()


def names(response: HttpResponse) -> set[str | None]:
    return {template.name for template in response.templates}  # type: ignore[attr-defined]


def test_code_ends_after_fifteen_minutes(client: Client, mails: SmtpSink) -> None:
    ask(client, "ada@example.org")
    code = code_in(mails.messages[0])
    with time_machine.travel(timezone.now() + timedelta(seconds=901)):
        answer = enter(client, code)
        assert "too old" in answer.content.decode()
        assert client.get(CODE).headers["Location"] == LOGIN
    assert not Person.objects.exists()


def test_code_opens_nothing_in_another_browser(client: Client, mails: SmtpSink) -> None:
    ask(client, "ada@example.org")
    other = Client()
    assert enter(other, code_in(mails.messages[0])).status_code == HTTPStatus.BAD_REQUEST
    assert not signed_in(other)


def test_code_works_once(client: Client, mails: SmtpSink) -> None:
    sign_in(client, mails, "ada@example.org")
    client.post(LOGOUT)
    assert enter(client, code_in(mails.messages[0])).status_code == HTTPStatus.BAD_REQUEST
    assert not signed_in(client)


def test_newest_code_counts(client: Client, mails: SmtpSink) -> None:
    ask(client, "ada@example.org")
    ask(client, "ada@example.org")
    old, new = (code_in(mail) for mail in mails.messages)
    enter(client, old)
    assert not signed_in(client)
    enter(client, new)
    assert signed_in(client)


def test_codes_to_one_receiver_are_limited(mails: SmtpSink) -> None:
    answers = [ask(Client(), "ada@example.org") for _time in range(6)]
    assert [answer.status_code for answer in answers] == [HTTPStatus.FOUND] * 5 + [HTTPStatus.TOO_MANY_REQUESTS]
    assert int(answers[-1].headers["Retry-After"]) in range(1, 601)
    assert len(mails.messages) == 5
    assert ask(Client(), "bea@example.org").status_code == HTTPStatus.FOUND


def test_codes_from_one_address_are_limited(mails: SmtpSink) -> None:
    answers = [ask(Client(), f"person{number}@example.org").status_code for number in range(31)]
    assert answers == [HTTPStatus.FOUND] * 30 + [HTTPStatus.TOO_MANY_REQUESTS]
    assert ask(Client(REMOTE_ADDR="192.0.2.7"), "ada@example.org").status_code == HTTPStatus.FOUND


def test_tries_for_one_receiver_are_limited_over_all_browsers(mails: SmtpSink) -> None:
    answers = []
    for _code in range(5):
        client = Client()
        ask(client, "ada@example.org")
        answers += [enter(client, "BBBB-BBBB").status_code for _try in range(4)]
    assert set(answers) == {HTTPStatus.BAD_REQUEST}
    answer = enter(client, code_in(mails.messages[-1]))
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert not signed_in(client)


def test_way_goes_on_to_where_the_person_was_going(client: Client, mails: SmtpSink) -> None:
    assert 'value="/ideas/new/?a=1&amp;b=2"' in client.get(LOGIN, {"next": "/ideas/new/?a=1&b=2"}).content.decode()
    answer = ask(client, "ada@example.org", next="/ideas/new/?a=1&b=2")
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"next": ["/ideas/new/?a=1&b=2"]}
    page = client.get(answer.headers["Location"])
    assert 'value="/ideas/new/?a=1&amp;b=2"' in page.content.decode()
    answer = enter(client, code_in(mails.messages[0]), next="/ideas/new/?a=1&b=2")
    assert answer.headers["Location"] == "/ideas/new/?a=1&b=2"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil", "http://[",
     "http://localhost/"],
)  # fmt: skip
def test_way_never_leads_to_another_site(client: Client, mails: SmtpSink, elsewhere: str) -> None:
    assert sign_in(client, mails, "ada@example.org", next=elsewhere).headers["Location"] == "/"
    assert client.get(LOGIN, {"next": elsewhere}).headers["Location"] == "/"


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a" * 250 + "@example.org", "ada@example.org\x00"])
def test_wrong_address_is_told(client: Client, mails: SmtpSink, email: str) -> None:
    answer = ask(client, email)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert 'role="alert"' in answer.content.decode()
    assert not mails.messages


@pytest.mark.parametrize("known", [True, False])
def test_refused_mail_is_told(client: Client, mails: SmtpSink, known: bool) -> None:
    if known:
        person_of_address("gone@example.org")
    mails.refuse("gone@example.org")
    answer = ask(client, "gone@example.org")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "could not be sent" in answer.content.decode()
    assert client.get(CODE).headers["Location"] == LOGIN


def test_closed_account_stays_out(client: Client, mails: SmtpSink) -> None:
    person, _is_new = person_of_address("ada@example.org")
    Person.objects.filter(pk=person.pk).update(is_active=False)
    answer = sign_in(client, mails, "ada@example.org")
    assert answer.headers["Location"] == "/accounts/inactive/"
    assert client.get("/accounts/inactive/").status_code == HTTPStatus.FORBIDDEN
    assert not signed_in(client)


def test_account_that_is_closed_loses_its_session(client: Client, mails: SmtpSink) -> None:
    sign_in(client, mails, "ada@example.org")
    Person.objects.update(is_active=False)
    assert client.get(LOGIN).status_code == HTTPStatus.OK


def test_session_gets_a_new_key_when_somebody_signs_in(client: Client, mails: SmtpSink) -> None:
    ask(client, "ada@example.org")
    before = client.session.session_key
    enter(client, code_in(mails.messages[0]))
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_session_of_a_code_ends_soon_and_one_of_a_person_lasts(client: Client, mails: SmtpSink) -> None:
    ask(client, "ada@example.org")
    assert client.session.get_expiry_age() == 3600
    enter(client, code_in(mails.messages[0]))
    assert client.session.get_expiry_age() == 60 * 86_400


def test_what_is_over_is_deleted(client: Client, mails: SmtpSink) -> None:
    ask(client, "ada@example.org")
    make_sign_in_link(person_of_address("bea@example.org")[0])
    forget_old_sessions()
    assert (Session.objects.count(), SignInLink.objects.count()) == (1, 1)
    Session.objects.update(expire_date=timezone.now())
    SignInLink.objects.update(expires_at=timezone.now())
    forget_old_sessions()
    assert (Session.objects.count(), SignInLink.objects.count()) == (0, 0)


def test_signing_out_takes_a_post(client: Client, mails: SmtpSink) -> None:
    sign_in(client, mails, "ada@example.org")
    session = client.session.session_key
    assert client.get(LOGOUT).status_code == HTTPStatus.OK
    assert signed_in(client)
    assert client.post(LOGOUT).headers["Location"] == "/"
    assert not signed_in(client)
    assert not Session.objects.filter(session_key=session).exists()
    assert client.get(LOGOUT).headers["Location"] == "/"


@pytest.mark.parametrize("path", [LOGIN, CODE, LOGOUT])
def test_forms_need_their_csrf_token(path: str) -> None:
    assert Client(enforce_csrf_checks=True).post(path, {"email": "ada@example.org"}).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "path",
    ["signup/", "password/reset/", "password/change/", "password/set/", "email/", "confirm-email/", "login/x/", ""],
)
def test_other_pages_of_the_library_do_not_exist(client: Client, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == HTTPStatus.NOT_FOUND


def test_proof_of_the_address_is_told_each_time(client: Client, mails: SmtpSink) -> None:
    with heard(authentication_step_completed) as proofs, heard(email_confirmed) as firsts, heard(user_signed_up) as new:
        sign_in(client, mails, "ada@example.org")
        sign_in(Client(), mails, "ada@example.org")
    person = Person.objects.get()
    assert [(call["user"], call["method"], call["email"]) for call in proofs] == [(person, "code", person.email)] * 2
    assert [call["email_address"].email for call in firsts] == [person.email]
    assert [call["user"] for call in new] == [person]


def test_proof_takes_the_address_from_an_account_that_only_claimed_it(client: Client, mails: SmtpSink) -> None:
    claimer, _is_new = person_of_address("eve@example.org")
    EmailAddress.objects.create(user=claimer, email="ada@example.org", verified=True)
    sign_in(client, mails, "ada@example.org")
    assert signed_in(client) != claimer
    assert EmailAddress.objects.get(email="ada@example.org").user == signed_in(client)


def test_admin_sends_strangers_to_sign_in_and_members_away(client: Client, mails: SmtpSink) -> None:
    to_login = client.get("/admin/", follow=True)
    address = urlsplit(to_login.redirect_chain[-1][0])
    assert (address.path, parse_qs(address.query)) == (LOGIN, {"next": ["/admin/"]})
    sign_in(client, mails, "ada@example.org", next="/admin/")
    assert client.get("/admin/", follow=True).status_code == HTTPStatus.FORBIDDEN
    Person.objects.update(role=Role.ADMINISTRATOR)
    assert client.get("/admin/").status_code == HTTPStatus.OK


def test_sign_in_works_while_the_cache_is_down(client: Client, mails: SmtpSink, settings: Settings) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/valkey.sock"}}
    sign_in(client, mails, "ada@example.org")
    assert signed_in(client)


def test_pages_are_in_the_language_of_the_person(client: Client, mails: SmtpSink) -> None:
    sign_in(client, mails, "ada@example.org")
    Person.objects.update(language=Language.GERMAN)
    assert client.get(LOGOUT).headers["Content-Language"] == "de"
