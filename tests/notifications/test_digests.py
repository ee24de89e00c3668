"""The daily mail: at everybody's own hour, once a day, only when there is something."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person, Team
from activity.draining import drain
from activity.models import Event
from ideas.models import Board, Standing
from ideas.services.moderation import hide_idea
from notifications.models import Delivery, Digest, NewIdeas, State
from notifications.services.digests import last_due, make_digests
from notifications.services.preferences import set_preferences
from notifications.services.sending import send_due
from tests.notifications.support import text_of
from tests.support.mail import SmtpSink
from tests.support.scene import make_board, make_idea, make_person

EVENING = datetime(2026, 7, 1, 20, tzinfo=UTC)


def make_reader(name: str, team: Team, *, hour: int = 7, time_zone: str = "Europe/Berlin") -> Person:
    person = make_person(name, teams=(team,), time_zone=time_zone)
    set_preferences(person, new_ideas=NewIdeas.DAILY, digest_hour=hour)
    return person


def post(board: Board, title: str, *, at: datetime = EVENING) -> None:
    make_idea(board, title=title)
    Event.objects.filter(handled_at=None).update(at=at)
    drain()


@pytest.mark.parametrize(
    ("at", "time_zone", "hour", "day", "due_at"),
    [
        # the hour has just struck, and has not yet
        ("2026-07-02T05:00", "Europe/Berlin", 7, "2026-07-02", "2026-07-02T05:00"),
        ("2026-07-02T04:59", "Europe/Berlin", 7, "2026-07-01", "2026-07-01T05:00"),
        # it is another day there
        ("2026-07-01T23:30", "Asia/Tokyo", 8, "2026-07-02", "2026-07-01T23:00"),
        ("2026-07-02T05:00", "America/Los_Angeles", 7, "2026-07-01", "2026-07-01T14:00"),
        # clocks go forward: 2 o'clock is left out, 7 o'clock comes an hour earlier
        ("2026-03-29T01:00", "Europe/Berlin", 2, "2026-03-29", "2026-03-29T01:00"),
        ("2026-03-29T05:00", "Europe/Berlin", 7, "2026-03-29", "2026-03-29T05:00"),
        ("2026-03-28T05:59", "Europe/Berlin", 7, "2026-03-27", "2026-03-27T06:00"),
        # clocks go back: 2 o'clock strikes twice, the first one counts
        ("2026-10-25T00:00", "Europe/Berlin", 2, "2026-10-25", "2026-10-25T00:00"),
        ("2026-10-25T01:30", "Europe/Berlin", 2, "2026-10-25", "2026-10-25T00:00"),
    ],
)
def test_the_hour_strikes_by_the_clock_on_the_wall(at: str, time_zone: str, hour: int, day: str, due_at: str) -> None:
    found = last_due(datetime.fromisoformat(at).replace(tzinfo=UTC), time_zone=time_zone, hour=hour)
    assert found == (date.fromisoformat(day), datetime.fromisoformat(due_at).replace(tzinfo=UTC))


@pytest.mark.django_db
def test_each_gets_the_digest_at_their_own_hour(board: Board, team: Team) -> None:
    make_reader("Berlin", team)
    make_reader("New York", team, time_zone="America/New_York")
    post(board, "Pay by invoice")
    hours = [EVENING + timedelta(hours=hour) for hour in range(24)]
    made = {at.hour: make_digests(at=at) for at in hours}
    assert {hour: count for hour, count in made.items() if count} == {5: 1, 11: 1}  # 7 o'clock in each place
    assert Digest.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_there_is_one_digest_on_a_day_when_the_clocks_change(board: Board, team: Team, day: date, hours: int) -> None:
    make_reader("Nora Night", team, hour=2)
    midnight = datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=1 if hours == 23 else 2)
    made = []
    for quarter in range(hours * 4):
        at = midnight + timedelta(minutes=15 * quarter)
        if quarter < 16:  # something new in each quarter of an hour around the change
            post(board, f"Idea {quarter}", at=at - timedelta(minutes=1))
        made += [at] * make_digests(at=at)
    assert made == [midnight + timedelta(hours=2)]
    assert [digest.day for digest in Digest.objects.all()] == [day]


@pytest.mark.django_db
def test_nobody_is_asked_for_whom_there_is_nothing(board: Board, team: Team) -> None:
    for number in range(20):
        make_reader(f"Reader {number}", team)
    with CaptureQueriesContext(connection) as queries:
        assert make_digests(at=EVENING + timedelta(days=1)) == 0
    assert len(queries) == 1


@pytest.mark.django_db
def test_what_comes_after_the_hour_waits_for_the_next_day(board: Board, team: Team) -> None:
    make_reader("Dora Daily", team)
    seven = datetime(2026, 7, 2, 5, tzinfo=UTC)
    post(board, "Before", at=seven - timedelta(minutes=1))
    assert make_digests(at=seven) == 1
    post(board, "After", at=seven + timedelta(minutes=1))
    assert make_digests(at=seven + timedelta(hours=23, minutes=59)) == 0
    assert make_digests(at=seven + timedelta(hours=24)) == 1
    assert [entry.idea.title for entry in Digest.objects.latest("day").entries.all()] == ["After"]


@pytest.mark.django_db
def test_a_digest_groups_what_is_still_listed_by_board(
    board: Board, team: Team, colleague: Person, smtp_sink: SmtpSink
) -> None:
    reader = make_reader("Dora Daily", team)
    other = make_board(team=team, name="Accounts")
    for where, title in [(board, "Pay by invoice"), (board, "Pay later"), (other, "Delete me"), (board, "Spam")]:
        post(where, title)
    Standing.objects.filter(idea__title="Pay later").update(up=3, down=1)
    hide_idea(board.ideas.get(title="Spam"), by=colleague)
    Delivery.objects.all().delete()
    at = EVENING + timedelta(days=1)
    assert make_digests(at=at) == 1
    assert send_due(at=at) == 1
    [mail] = smtp_sink.to(str(reader.email))
    assert mail["Subject"] == "3 new ideas"
    text = text_of(mail)
    wanted = ["You get this mail once a day", "Accounts", "Delete me (0 votes)", "Checkout", "Pay later (2 votes)"]
    places = [text.index(part) for part in [*wanted, "Pay by invoice (0 votes)"]]
    assert places == sorted(places)
    assert "Spam" not in text
    assert mail["List-Unsubscribe"]


@pytest.mark.django_db
def test_a_digest_is_skipped_when_nothing_is_left_of_it(
    board: Board, team: Team, colleague: Person, smtp_sink: SmtpSink
) -> None:
    make_reader("Dora Daily", team)
    post(board, "Spam")
    hide_idea(board.ideas.get(), by=colleague)
    Delivery.objects.all().delete()
    at = EVENING + timedelta(days=1)
    make_digests(at=at)
    assert send_due(at=at) == 0
    assert Delivery.objects.get().state == State.SKIPPED
