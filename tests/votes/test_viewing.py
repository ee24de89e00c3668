"""From a report of views to daily counts, on a real Valkey and PostgreSQL."""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec, module_from_spec
from types import SimpleNamespace

import pytest

from accounts.models import Person
from ideas.models import Board, Idea, Standing
from ideas.services.moderation import hide_idea
from tests.support.scene import make_board, make_idea, make_person
from votes import ranking, readers, reports
from votes.models import DailyExposure
from votes.services import viewing
from votes.services.viewing import flush_views

pytestmark = pytest.mark.django_db

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/144.0"


@pytest.fixture
def board(db: None) -> Board:
    return make_board()


@pytest.fixture(autouse=True)
def empty_stream() -> None:
    for key in reports.valkey().scan_iter(match=f"{reports.stream()}*"):
        reports.valkey().delete(key)


def today() -> datetime:
    return datetime.now(UTC)


def see(*ideas: Idea, person: Person | None = None, address: str = "192.0.2.1", place: int = 1) -> None:
    code = readers.code_of(person.pk, today().date()) if person else ""
    seen = [[idea.public_id, place + number] for number, idea in enumerate(ideas)]
    report({"reader": code, "list": "trending", "seen": seen}, address=address)


def report(said: object, *, address: str = "192.0.2.1") -> None:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    reports.take(body, address=address, browser=BROWSER)


def views(idea: Idea) -> tuple[int, float]:
    days = DailyExposure.objects.filter(idea=idea)
    return sum(day.count for day in days), sum(day.weight for day in days)


def test_views_are_counted_by_day_weighed_by_place_and_scored(board: Board) -> None:
    first, second = make_idea(board), make_idea(board)
    see(first, second)
    see(second, first, address="192.0.2.2")
    assert flush_views() == 2
    weight = ranking.examination(1) + ranking.examination(2)
    for idea in (first, second):
        assert views(idea)[0] == 2
        assert views(idea)[1] == pytest.approx(weight)
        now = Standing.objects.get(pk=idea.pk)
        assert now.seen == pytest.approx(weight)
        expected = ranking.best_by_views(0, up_seen=0, seen=weight, rate=ranking.RATE_BEFORE_DATA)
        assert now.best == pytest.approx(expected, abs=1e-9)
    assert flush_views() == 0


def test_reader_counts_once_a_day(board: Board, member: Person) -> None:
    idea = make_idea(board)
    for _time in range(3):
        see(idea, person=member)
        see(idea, idea, address="192.0.2.9")
    flush_views()
    see(idea, person=member, address="198.51.100.7")
    see(idea, address="192.0.2.9")
    flush_views()
    assert views(idea)[0] == 2
    see(idea, address="192.0.2.10")
    flush_views()
    assert views(idea)[0] == 3, "somebody else still counts"


def test_one_address_is_at_most_sixteen_readers(board: Board) -> None:
    idea = make_idea(board)
    for number in range(200):
        body = json.dumps({"list": "new", "seen": [[idea.public_id, 1]]}).encode()
        reports.take(body, address="192.0.2.1", browser=f"{BROWSER} {number}")
    flush_views()
    assert 10 <= views(idea)[0] <= readers.READERS_PER_ADDRESS


def test_made_up_readers_count_as_their_address(board: Board, member: Person) -> None:
    idea = make_idea(board)
    code = readers.code_of(member.pk, today().date())
    for forged in (
        "x" * 24,
        code[:-1] + ("A" if code[-1] != "A" else "B"),
        readers.code_of(1, date(2020, 1, 1)),
    ):
        report({"reader": forged, "list": "new", "seen": [[idea.public_id, 1]]})
    flush_views()
    assert views(idea)[0] == 1


def test_authors_do_not_count_at_their_own_ideas(board: Board, author: Person, member: Person) -> None:
    own, other = make_idea(board, author=author), make_idea(board)
    see(own, other, person=author)
    flush_views()
    assert (views(own)[0], views(other)[0]) == (0, 1)
    see(own, person=member)
    flush_views()
    assert views(own)[0] == 1


def test_page_from_before_midnight_is_seen_on_its_own_day(board: Board, author: Person, member: Person) -> None:
    own, other = make_idea(board, author=author), make_idea(board)
    yesterday = today().date() - timedelta(days=1)
    for person in (author, member, member):
        code = readers.code_of(person.pk, yesterday)
        report({"reader": code, "list": "new", "seen": [[own.public_id, 1], [other.public_id, 2]]})
    flush_views()
    counted = DailyExposure.objects.values_list("idea", "day", "count")
    assert sorted(counted) == [(own.pk, yesterday, 1), (other.pk, yesterday, 2)]


@pytest.mark.parametrize(
    "said",
    [b"", b"\xff\xfe", b"[]", b"{}", b'"seen"', b"[" * 1400, {"list": "trending", "seen": 5},
     {"list": "nonsense", "seen": [["IDEA", 1]]}, {"list": "new", "seen": {"a": 1}},
     {"list": "new", "seen": [["IDEA", 0], ["IDEA", 1001], ["IDEA", "1"], ["IDEA"], [7, 1], ["'; --", 1], None]},
     {"list": ["new"], "seen": [["IDEA", 1]]}, {"list": "new", "reader": {"a": 1}, "seen": [["nobody", 1]]},
     {"list": "new", "reader": "x" * 12 + "\ud800", "seen": []}],
)  # fmt: skip
def test_nonsense_is_passed_over(board: Board, said: object) -> None:
    idea = make_idea(board)
    report(said if isinstance(said, bytes) else json.dumps(said).replace("IDEA", idea.public_id).encode())
    see(idea, address="192.0.2.3", place=1)
    assert flush_views() == 2
    assert views(idea) == (1, 1.0)


def test_hidden_ideas_and_more_cards_than_a_page_has_do_not_count(board: Board, team_member: Person) -> None:
    hidden, last = make_idea(board), make_idea(board)
    hide_idea(hidden, by=team_member)
    see(hidden, *[hidden] * reports.CARDS_PER_REPORT, last)
    flush_views()
    assert (views(hidden)[0], views(last)[0]) == (0, 0)


@pytest.mark.parametrize("killed_at", ["add_views", "_clear", "drop"])
def test_flush_that_is_killed_counts_everything_once(
    board: Board, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    idea = make_idea(board)
    see(idea)

    def die(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(viewing, killed_at, die)
        with pytest.raises(KeyboardInterrupt):
            flush_views()
    see(idea)  # the same reader again, which the killed flush could not remember
    see(idea, address="192.0.2.2")
    flush_views()
    flush_views()
    assert views(idea)[0] == 2
    assert Standing.objects.get(pk=idea.pk).seen == pytest.approx(2.0)
    assert reports.reports(most=10) == []


def test_flush_beside_another_counts_nothing_twice(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    idea = make_idea(board)
    see(idea)
    real = viewing._without_known

    def beside(seen: viewing.Seen) -> viewing.Seen:
        monkeypatch.setattr(viewing, "_without_known", real)
        assert flush_views() == 1
        return real(seen)

    monkeypatch.setattr(viewing, "_without_known", beside)
    flush_views()
    assert views(idea)[0] == 1


def test_what_valkey_keeps_is_bounded_in_size_and_time(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "REPORTS_KEPT", 300)
    monkeypatch.setattr(reports, "_renewed_at", 0.0 - reports.RENEW_SECONDS)
    idea = make_idea(board)
    for number in range(900):
        see(idea, address=f"192.0.2.{number}")
    assert 0 < reports.valkey().ttl(reports.stream()) <= reports.KEPT_SECONDS
    assert 300 <= len(reports.reports(most=900)) < 600  # whole blocks of the stream go
    flush_views()
    keys = list(reports.valkey().scan_iter(match=f"{reports.stream()}:*"))
    assert keys
    assert all(0 < reports.valkey().ttl(key) <= reports.KEPT_SECONDS for key in keys)


def test_stream_ends_also_where_the_machine_has_just_started(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = find_spec(reports.__name__)
    assert spec
    assert spec.loader
    started = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "votes.reports", started)  # where its dataclasses look themselves up
    spec.loader.exec_module(started)
    monkeypatch.setattr(started, "time", SimpleNamespace(monotonic=lambda: 60.0))
    started.take(b"{}", address="192.0.2.1", browser=BROWSER)
    assert 0 < reports.valkey().ttl(reports.stream()) <= reports.KEPT_SECONDS


def test_code_is_good_until_the_next_day_ends() -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC).date()
    code = readers.code_of(make_person().pk, day)
    assert readers.reader_of(code, day) == readers.reader_of(code, day + timedelta(days=1)) == (code[:12], day)
    assert readers.reader_of(code, day + timedelta(days=2)) is None
    assert readers.reader_of(code, day - timedelta(days=1)) is None
