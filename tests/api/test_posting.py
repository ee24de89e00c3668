from accounts.models import Person, Scope
from customers.models import Contact
from ideas.models import Audience, Board, Idea, Tag
from tests.support.api import CONTACT, fields_at_fault, nobody, problem, signed_in, with_key
from tests.support.scene import make_board


def test_key_posts_for_a_contact(board: Board) -> None:
    caller = with_key(Scope.IDEAS_WRITE)
    answer = caller.post(
        "ideas/",
        {
            "board": board.slug,
            "title": "Ein weicherer Stuhl",
            "body": "Vom *langen* Sitzen.",
            "tags": ["Comfort"],
            "language": "de",
            "author": CONTACT | {"email": "cara@example.com"},
        },
    )
    assert answer.status_code == 201
    idea = Idea.objects.get()
    shown = answer.json()
    assert shown["id"] == idea.public_id
    assert answer["Location"] == f"http://testserver/api/v1/ideas/{idea.public_id}/"
    assert shown["author"] == {"id": idea.author.public_id, "name": "Cara Customer"}
    assert (shown["tags"], shown["language"], shown["body"]) == (["comfort"], "de", "Vom *langen* Sitzen.")
    assert shown["tally"] == {"votes": 0, "up": 0, "down": 0, "comments": 0}
    assert "cara@example.com" not in answer.content.decode()
    again = caller.get(answer["Location"])
    assert (again.json(), again["ETag"]) == (shown, answer["ETag"])


def test_same_contact_is_the_same_author(board: Board) -> None:
    caller = with_key(Scope.IDEAS_WRITE)
    authors = {
        caller.post("ideas/", {"board": board.slug, "title": title, "author": CONTACT}).json()["author"]["id"]
        for title in ("A softer chair", "A wider table")
    }
    assert len(authors) == 1
    assert Contact.objects.get().source == "crm"


def test_address_in_a_call_never_leads_to_the_account_that_has_it(board: Board, member: Person) -> None:
    author = {"external_id": "c-9", "email": member.email}
    answer = with_key().post("ideas/", {"board": board.slug, "title": "A softer chair", "author": author})
    assert answer.json()["author"]["id"] != member.public_id


def test_signed_in_person_posts_for_themselves(board: Board, member: Person) -> None:
    answer = signed_in(member).post("ideas/", {"board": board.slug, "title": "A softer chair"})
    assert answer.status_code == 201
    assert answer.json()["author"] == {"id": member.public_id, "name": "Mia Member"}
    other = signed_in(member).post("ideas/", {"board": board.slug, "title": "Another", "author": CONTACT})
    assert problem(other) == (400, "not_for_others")
    assert fields_at_fault(other) == {"author": "not_for_others"}


def test_nobody_and_keys_without_the_scope_are_refused(board: Board) -> None:
    body = {"board": board.slug, "title": "A softer chair", "author": CONTACT}
    assert problem(nobody().post("ideas/", body)) == (401, "not_authenticated")
    refused = with_key(Scope.IDEAS_READ, Scope.VOTES_WRITE).post("ideas/", body)
    assert problem(refused) == (403, "missing_scope")
    assert "ideas:write" in refused.json()["detail"]
    assert not Idea.objects.exists()


def test_boards_say_who_may_post(board: Board, private_board: Board, member: Person, colleague: Person) -> None:
    Board.objects.filter(pk=board.pk).update(posting_by=Audience.TEAM)
    body = {"board": board.slug, "title": "A softer chair"}
    assert problem(signed_in(member).post("ideas/", body)) == (403, "permission_denied")
    assert signed_in(colleague).post("ideas/", body).status_code == 201
    elsewhere = {"board": private_board.slug, "title": "A softer chair", "author": CONTACT}
    assert problem(with_key(Scope.IDEAS_WRITE).post("ideas/", elsewhere)) == (404, "unknown_board")


def test_closed_board_takes_no_ideas(member: Person) -> None:
    closed = make_board(is_open=False)
    answer = signed_in(member).post("ideas/", {"board": closed.slug, "title": "A softer chair"})
    assert problem(answer) == (409, "board_closed")


def test_unknown_tags_are_made_by_those_who_moderate(board: Board, colleague: Person) -> None:
    body = {"board": board.slug, "title": "A softer chair", "tags": ["Sitting"], "author": CONTACT}
    assert problem(with_key(Scope.IDEAS_WRITE).post("ideas/", body)) == (400, "unknown_tag")
    assert not Tag.objects.filter(name="Sitting").exists()
    answer = with_key(Scope.IDEAS_WRITE, Scope.MODERATION_WRITE).post("ideas/", body)
    assert answer.json()["tags"] == ["Sitting"]
    del body["author"]
    assert signed_in(colleague).post("ideas/", body | {"tags": ["Lying"]}).json()["tags"] == ["Lying"]
