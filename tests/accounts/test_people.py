from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest
from django.test import RequestFactory
from rest_framework.request import Request

from accounts.limits import POSTS_BY_ADDRESS, POSTS_BY_PERSON, limit_posts
from accounts.models import Person
from accounts.services import create_api_key, person_of_address, update_profile
from accounts.time_zones import is_time_zone, time_zone_names
from common.errors import Invalid, TooManyRequests

GOOD = {"display_name": "Ada", "language": "de", "time_zone": "Europe/London"}


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(email="ada@example.org", display_name="Old")


def test_profile_is_kept(ada: Person) -> None:
    update_profile(ada, display_name=" Ada ", language="de", time_zone="America/New_York")
    ada.refresh_from_db()
    assert (ada.display_name, ada.language, ada.time_zone) == ("Ada", "de", "America/New_York")


def test_name_may_be_given_up(ada: Person) -> None:
    update_profile(ada, **GOOD | {"display_name": ""})
    assert ada.public_name.startswith(("Guest", "Gast"))


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("display_name", "x" * 81, "too_long"),
        ("display_name", "A\x00da", "invalid_characters"),
        ("display_name", "A\nda", "invalid_characters"),
        ("language", "fr", "invalid"),
        ("language", "", "invalid"),
        ("time_zone", "Europe/Atlantis", "invalid"),
        ("time_zone", "../../etc/passwd", "invalid"),
    ],
)
def test_profile_stays_as_it_was_when_a_word_is_wrong(ada: Person, field: str, value: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        update_profile(ada, **GOOD | {field: value})
    assert (refusal.value.field, refusal.value.error_code) == (field, code)
    assert ada.display_name == "Old"
    ada.refresh_from_db()
    assert (ada.display_name, ada.language, ada.time_zone) == ("Old", "en", "Europe/Berlin")


def test_time_zones_offered_are_the_ones_taken() -> None:
    names = time_zone_names()
    assert {"UTC", "Europe/Berlin"} <= set(names)
    assert list(names) == sorted(names)
    assert all(map(is_time_zone, names))


@pytest.mark.django_db(transaction=True)
def test_one_account_is_made_when_an_address_is_proven_twice_at_once() -> None:
    threads = 6
    barrier = Barrier(threads)

    def prove(_number: int) -> tuple[int, bool]:
        barrier.wait(timeout=30)
        person, is_new = person_of_address("ada@example.org")
        connection.close()
        return person.pk, is_new

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(prove, range(threads)))
    assert len({person for person, _is_new in answers}) == 1
    assert sum(is_new for _person, is_new in answers) == 1
    assert EmailAddress.objects.count() == 1


def posts_until_refused(request: Any, *, at_most: int) -> int:
    for count in range(at_most):
        try:
            limit_posts(request)
        except TooManyRequests:
            return count
    return at_most


def post(rf: RequestFactory, user: Any, address: str = "192.0.2.7") -> HttpRequest:
    request = rf.post("/", REMOTE_ADDR=address)
    request.user = user
    return request


def test_posts_of_a_person_are_limited_wherever_they_are(rf: RequestFactory, ada: Person) -> None:
    assert posts_until_refused(post(rf, ada), at_most=99) == POSTS_BY_PERSON.times
    assert posts_until_refused(post(rf, ada, "192.0.2.8"), at_most=99) == 0
    assert posts_until_refused(post(rf, Person.objects.create()), at_most=9) == 9


def test_posts_from_an_address_are_limited_whoever_posts(rf: RequestFactory, db: None) -> None:
    most = POSTS_BY_ADDRESS.times
    people = Person.objects.bulk_create(Person() for _number in range(most + 1))
    answers = [posts_until_refused(post(rf, person), at_most=1) for person in people]
    assert answers == [1] * most + [0]


def test_posts_by_key_are_not_limited(rf: RequestFactory, db: None) -> None:
    key, _secret = create_api_key(name="Shop", scopes=["ideas:write"])
    request = Request(post(rf, AnonymousUser()))
    request.auth = key
    assert posts_until_refused(request, at_most=150) == 150
