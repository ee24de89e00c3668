from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from accounts.models import Person
from common.idempotency import forget_old_answers
from common.models import FirstAnswer
from ideas.models import Board, Comment, Idea
from tests.support.api import CONTACT, Caller, problem, signed_in, with_key
from tests.support.scene import make_board, make_idea

BODY = {"board": "ideas-for-home", "title": "A softer chair", "author": CONTACT}


def age(hours: float) -> None:
    FirstAnswer.objects.update(created_at=Now() - timedelta(hours=hours))


def test_repeat_gets_the_first_answer_and_does_nothing(board: Board) -> None:
    caller = with_key()
    first = caller.post("ideas/", BODY, Idempotency_Key="k-1")
    Idea.objects.update(title="Changed since")
    second = caller.post("ideas/", BODY, Idempotency_Key="k-1")
    assert (second.status_code, second.content) == (201, first.content)
    assert [second[name] for name in ("Location", "ETag")] == [first[name] for name in ("Location", "ETag")]
    assert second["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Idea.objects.count() == 1


def test_order_of_fields_makes_no_other_body(board: Board) -> None:
    caller = with_key()
    caller.post("ideas/", BODY, Idempotency_Key="k-1")
    assert caller.post("ideas/", dict(reversed(BODY.items())), Idempotency_Key="k-1").status_code == 201
    assert Idea.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(board: Board) -> None:
    caller = with_key()
    caller.post("ideas/", BODY, Idempotency_Key="k-1")
    answer = caller.post("ideas/", BODY | {"title": "A wider table"}, Idempotency_Key="k-1")
    assert problem(answer) == (409, "idempotency_key_reused")
    assert Idea.objects.count() == 1


def test_another_address_under_the_same_key_is_refused(board: Board, member: Person) -> None:
    caller = with_key()
    one, two = make_idea(board, author=member), make_idea(board, author=member)
    body = {"body": "Me too", "author": CONTACT}
    first = caller.post(f"ideas/{one.public_id}/comments/", body, Idempotency_Key="k-1")
    again = caller.post(f"ideas/{one.public_id}/comments/", body, Idempotency_Key="k-1")
    assert (first.status_code, again.content) == (201, first.content)
    elsewhere = caller.post(f"ideas/{two.public_id}/comments/", body, Idempotency_Key="k-1")
    assert problem(elsewhere) == (409, "idempotency_key_reused")
    assert Comment.objects.count() == 1


def test_callers_do_not_share_keys_but_keys_of_one_partner_do(board: Board, member: Person) -> None:
    with_key(source="crm").post("ideas/", BODY, Idempotency_Key="k-1")
    with_key(source="crm").post("ideas/", BODY, Idempotency_Key="k-1")
    assert Idea.objects.count() == 1
    with_key(source="shop").post("ideas/", BODY, Idempotency_Key="k-1")
    signed_in(member).post("ideas/", {"board": board.slug, "title": "x"}, Idempotency_Key="k-1")
    assert Idea.objects.count() == 3


def test_repeat_whose_first_answer_is_just_cleaned_away_is_a_first_one(board: Board) -> None:
    caller = with_key()
    caller.post("ideas/", BODY, Idempotency_Key="k-1")

    def clean_before_reading(execute: Any, sql: str, *args: Any) -> Any:
        if sql.startswith("SELECT") and FirstAnswer._meta.db_table in sql:
            with connection.cursor() as cursor:
                cursor.cursor.execute("DELETE FROM common_firstanswer")
        return execute(sql, *args)

    with connection.execute_wrapper(clean_before_reading):
        again = caller.post("ideas/", BODY, Idempotency_Key="k-1")
    assert again.status_code == 201
    assert "Idempotency-Replayed" not in again
    assert (Idea.objects.count(), FirstAnswer.objects.count()) == (2, 1)


def test_refused_request_may_be_sent_again_under_its_key(board: Board) -> None:
    caller = with_key()
    assert problem(caller.post("ideas/", BODY | {"title": ""}, Idempotency_Key="k-1")) == (400, "required")
    assert caller.post("ideas/", BODY, Idempotency_Key="k-1").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ü"])
def test_key_that_cannot_be_one_is_refused(board: Board, key: str) -> None:
    assert problem(with_key().post("ideas/", BODY, Idempotency_Key=key)) == (400, "bad_idempotency_key")


def test_key_is_free_again_after_a_day(board: Board) -> None:
    caller = with_key()
    caller.post("ideas/", BODY, Idempotency_Key="k-1")
    age(hours=23.9)
    caller.post("ideas/", BODY, Idempotency_Key="k-1")
    assert Idea.objects.count() == 1
    age(hours=24.1)
    answer = caller.post("ideas/", BODY | {"title": "A wider table"}, Idempotency_Key="k-1")
    assert answer.json()["title"] == "A wider table"
    assert caller.post("ideas/", BODY | {"title": "A wider table"}, Idempotency_Key="k-1").content == answer.content


def test_old_answers_are_forgotten(board: Board) -> None:
    caller = with_key()
    caller.post("ideas/", BODY, Idempotency_Key="old")
    age(hours=25)
    caller.post("ideas/", BODY, Idempotency_Key="new")
    assert forget_old_answers() == 1
    assert FirstAnswer.objects.get().key == "new"


@pytest.fixture
def crowd() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def post_together(crowd: ThreadPoolExecutor, callers: list[Caller], **headers: str) -> list[Any]:
    """Send the same post from all callers at the same moment."""
    start = Barrier(len(callers))

    def post(caller: Caller) -> Any:
        start.wait(timeout=30)
        try:
            return caller.post("ideas/", BODY, **headers)
        finally:
            connection.close()

    return list(crowd.map(post, callers))


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_idea(crowd: ThreadPoolExecutor) -> None:
    make_board(slug="ideas-for-home")
    key = with_key()
    callers = [Caller(key.credentials) for _ in range(8)]
    answers = post_together(crowd, callers, Idempotency_Key="k-1")
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1
    assert Idea.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_without_a_key_make_eight(crowd: ThreadPoolExecutor) -> None:
    """The control: it is the key that keeps the others out."""
    make_board(slug="ideas-for-home")
    key = with_key()
    post_together(crowd, [Caller(key.credentials) for _ in range(8)])
    assert Idea.objects.count() == 8
