from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Person
from accounts.services import person_of_address
from common.errors import Invalid
from customers.models import Contact
from customers.services import Named, people_for_contacts, person_for_contact
from tests.support.mail import SmtpSink

Queries = Callable[[int], AbstractContextManager[Any]]


def contact(**changes: str) -> Person:
    return person_for_contact(**{"source": "crm", "external_id": "42"} | changes)


@pytest.mark.django_db
def test_contact_becomes_a_person_when_first_named() -> None:
    person = contact(email="Ada@Example.org", name="Ada")
    assert (person.public_name, person.email) == ("Ada", None)
    row = Contact.objects.get()
    assert (row.person, row.email, row.name) == (person, "ada@example.org", "Ada")


@pytest.mark.django_db
def test_same_id_is_the_same_person_per_source() -> None:
    person = contact()
    assert contact() == person
    assert contact(external_id="43") != person
    assert contact(source="shop") != person


@pytest.mark.django_db
def test_known_contact_costs_one_query(django_assert_num_queries: Queries) -> None:
    contact(email="ada@example.org", name="Ada")
    with django_assert_num_queries(1):
        contact(email="ada@example.org", name="Ada")


@pytest.mark.django_db
def test_newer_words_replace_older_ones_and_missing_words_do_not() -> None:
    contact(email="ada@example.org", name="Ada")
    assert contact(name="Ada L.").display_name == "Ada L."
    row = Contact.objects.get()
    assert (row.email, row.name, row.person.display_name) == ("ada@example.org", "Ada L.", "Ada L.")


@pytest.mark.django_db
def test_address_of_an_account_does_not_lead_to_it() -> None:
    account, _is_new = person_of_address("ada@example.org")
    assert contact(email="ada@example.org") != account
    assert contact(external_id="43", email="ADA@example.org") != account


@pytest.mark.django_db
def test_own_name_stays_when_the_person_has_an_account() -> None:
    account, _is_new = person_of_address("ada@example.org")
    Person.objects.filter(pk=account.pk).update(display_name="Countess")
    contact(name="Ada")
    Contact.objects.update(person=account)
    assert contact(name="A. Lovelace").display_name == "Countess"
    account.refresh_from_db()
    assert (account.display_name, account.email) == ("Countess", "ada@example.org")
    assert Contact.objects.get().name == "A. Lovelace"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"external_id": ""}, "external_id", "required"),
        ({"external_id": " "}, "external_id", "required"),
        ({"external_id": "x" * 201}, "external_id", "too_long"),
        ({"external_id": "4\x002"}, "external_id", "invalid_characters"),
        ({"external_id": "4\ud8002"}, "external_id", "invalid_characters"),
        ({"name": "A\nB"}, "name", "invalid_characters"),
        ({"name": "x" * 81}, "name", "too_long"),
        ({"email": "ada"}, "email", "invalid_email"),
        ({"email": "ada@example.org\x00"}, "email", "invalid_characters"),
        ({"email": "a" * 250 + "@example.org"}, "email", "too_long"),
    ],
)
def test_nobody_is_made_when_a_word_is_wrong(changes: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        contact(**changes)
    assert (refusal.value.field, refusal.value.error_code) == (field, code)
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_longest_id_is_taken() -> None:
    contact(external_id="ü" * 200)
    assert Contact.objects.get().external_id == "ü" * 200


@pytest.mark.django_db(transaction=True)
def test_one_person_is_made_when_many_name_the_contact_at_once() -> None:
    threads, rounds = 8, 5
    barrier = Barrier(threads)

    def name_it(number: int) -> list[int]:
        found = []
        for round_ in range(rounds):
            barrier.wait(timeout=30)
            found.append(contact(external_id=str(round_), name=f"Name {number}").pk)
        connection.close()
        return found

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(name_it, range(threads)))
    assert all(answer == answers[0] for answer in answers)
    assert Person.objects.count() == Contact.objects.count() == rounds
    for row in Contact.objects.select_related("person"):
        assert row.name.startswith("Name ")
        assert row.person.display_name == row.name


def prove_address(email: str, mails: SmtpSink) -> Person:
    browser = Client()
    browser.post("/accounts/login/", {"email": email})
    code = str(mails.to(email)[-1]["Subject"]).rpartition(" ")[2]
    browser.post("/accounts/login/code/", {"code": code})
    return Person.objects.get(pk=browser.session["_auth_user_id"])


@pytest.mark.django_db
def test_contact_becomes_the_account_when_its_owner_signs_in(smtp_sink: SmtpSink) -> None:
    stranger = contact(email="ada@example.org", name="Ada at the partner")
    account = prove_address("ada@example.org", smtp_sink)
    assert account != stranger
    assert contact() == account
    later = contact(external_id="43", email="ada@example.org")
    assert later != account
    assert prove_address("ada@example.org", smtp_sink) == account
    assert contact(external_id="43") == account
    assert account.display_name == ""


@pytest.mark.django_db
def test_many_contacts_are_found_or_made_at_once(django_assert_num_queries: Queries) -> None:
    known = person_for_contact(source="crm", external_id="1", name="Ada")
    with django_assert_num_queries(5):  # three, and the ends of a savepoint
        people = people_for_contacts(
            [Named("1", name="Bea"), Named("2", email="cy@example.com", name="Cy"), Named("2")], source="crm"
        )

    assert people.keys() == {"1", "2"}
    assert people["1"] == known.pk
    assert Person.objects.get(pk=known.pk).display_name == "Ada"
    row = Contact.objects.select_related("person").get(external_id="2")
    assert (row.person_id, row.email, row.person.display_name) == (people["2"], "cy@example.com", "Cy")
    assert row.person.email is None
    assert people_for_contacts([Named("2")], source="crm") == {"2": people["2"]}
    assert people_for_contacts([Named("2")], source="other")["2"] != people["2"]
