"""The rows of a filled installation, the same for the same size and day; no database here.

Popularity is Zipf's: the idea at rank r has about r^-0.8 as many votes as the first one, ten on average; ranks are
strewn over ids, which follow time. Numbers stand for themselves: a table's ids begin at 1 and have no gaps.
"""

import json
import math
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any

from bench import texts
from common.ids import ALPHABET, LENGTH

VERSION = 2  # raise it with every change of what is generated: kept databases are then made anew
VOTES_PER_IDEA = 10
ZIPF = 0.8
DAYS = 730
SOURCE = "bench"  # the partner whose contacts all people are
STATUSES = {"open": 70, "under_review": 10, "planned": 6, "in_progress": 4, "shipped": 6, "declined": 4}
TAGS = [
    "mobile",
    "printing",
    "speed",
    "sharing",
    "safety",
    "prices",
    "languages",
    "maps",
    "sound",
    "colours",
    "privacy",
]
TEAMS = ("Product", "Service", "Shop")
TEAM_PEOPLE = 9  # the first of all people is the administrator, these follow
VIEWED = ((0, 60), (1, 30), (7, 10))  # percent of the views so many days after the idea
LARGE_STEP = 504_216_435_917_221_123  # no multiple of 31: numbers 1, 2, 3 … become public ids far apart

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class BoardKind:
    """A board: its `share` of the ideas, in percent, and what is special about it."""

    slug: str
    language: str
    share: int
    seen_by: str = "public"
    allows_down_votes: bool = False
    counts_shown: str = "always"


BOARDS = (
    BoardKind("app", "en", 24),
    BoardKind("laden", "de", 18),
    BoardKind("service", "de", 12),
    BoardKind("website", "en", 10),
    BoardKind("ratings", "en", 8, allows_down_votes=True),
    BoardKind("preise", "de", 7),
    BoardKind("quiet", "en", 6, counts_shown="after_vote"),
    BoardKind("technik", "de", 5),
    BoardKind("partners", "en", 4, seen_by="members"),
    BoardKind("docs", "en", 3),
    BoardKind("filialen", "de", 2),
    BoardKind("inside", "en", 1, seen_by="team"),
)


@dataclass(frozen=True)
class Size:
    """How much: `people` vote, comment and post."""

    name: str
    ideas: int
    people: int

    @cached_property
    def most_votes(self) -> float:
        """Votes of the idea at rank 1."""
        return VOTES_PER_IDEA * self.ideas / math.fsum(rank**-ZIPF for rank in range(1, self.ideas + 1))


SIZES = {
    size.name: size
    for size in (Size("1k", 1_000, 20_000), Size("100k", 100_000, 50_000), Size("1m", 1_000_000, 1_000_000))
}


@dataclass(frozen=True, slots=True)
class Sketch:
    """What of an idea the rows of other tables depend on; `board` and `answer` (its response) are numbers from 1."""

    id: int
    board: int
    language: str
    author: int
    status: str
    created_at: datetime
    hidden: bool
    votes: int
    comments: int
    answer: int | None


def public_id(number: int, *, kind: int = 0) -> str:
    """Return what looks like a random public id; `kind` keeps those of different tables apart."""
    rest = (number * 4 + kind + 1) * LARGE_STEP % len(ALPHABET) ** LENGTH
    letters = []
    for _ in range(LENGTH):
        rest, digit = divmod(rest, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(letters)


@dataclass(frozen=True)
class Data:
    """All rows of an installation of `size` as of the day `until`."""

    size: Size
    until: date

    @cached_property
    def end(self) -> datetime:
        return datetime(self.until.year, self.until.month, self.until.day, tzinfo=UTC)

    def _draw(self, part: str) -> random.Random:
        return random.Random(f"{VERSION} {self.size.name} {part}")

    def sketches(self) -> Iterator[Sketch]:
        draw, size, answers = self._draw("sketches"), self.size, 0
        boards = list(range(1, len(BOARDS) + 1))
        shares = list(accumulate(board.share for board in BOARDS))
        statuses, odds = list(STATUSES), list(accumulate(STATUSES.values()))
        step = _coprime(size.ideas, int(size.ideas * 0.618))
        for number in range(1, size.ideas + 1):
            board = draw.choices(boards, cum_weights=shares)[0]
            status = draw.choices(statuses, cum_weights=odds)[0]
            votes = size.most_votes * (number * step % size.ideas + 1) ** -ZIPF
            votes = min(int(votes + draw.random()), size.people * 2 // 3)
            is_answered = status != "open" and draw.random() < 0.7
            answers += is_answered
            yield Sketch(
                id=number,
                board=board,
                language=BOARDS[board - 1].language,
                author=1 + int(size.people * draw.random()),
                status=status,
                created_at=self.end - timedelta(days=DAYS * (1 - (number - draw.random()) / size.ideas)),
                hidden=draw.random() < 0.005,
                votes=votes,
                comments=min(int(votes * 0.03 + draw.random()), 200),
                answer=answers if is_answered else None,
            )

    # --- Rows of tables, in the order of `COLUMNS` ----------------------------------------------------------

    def people(self) -> Iterator[Row]:
        draw, words = self._draw("people"), texts.people()
        for number in range(1, self.size.people + 1):
            name = f"{draw.choice(words.first)} {draw.choice(words.last)}"
            language = draw.choice(("de", "en"))
            role = "administrator" if number == 1 else "team_member" if number <= 1 + TEAM_PEOPLE else "member"
            since = self.end - timedelta(days=DAYS * draw.random())
            email = f"person-{number}@bench.example"
            yield number, "", public_id(number, kind=1), email, name, language, "Europe/Berlin", role, True, since

    def contacts(self) -> Iterator[Row]:
        for number in range(1, self.size.people + 1):
            yield number, SOURCE, f"c{number}", number, "", "", self.end

    def voter_keys(self) -> Iterator[Row]:
        draw = self._draw("voter keys")
        for number in range(1, self.size.people + 1):
            yield number, uuid.UUID(int=draw.getrandbits(128), version=4)

    def ideas(self) -> Iterator[Row]:
        draw, tags = self._draw("ideas"), texts.zipf(TAGS, entries=64)
        for sketch in self.sketches():
            language = texts.languages()[sketch.language]
            yield (
                sketch.id,
                public_id(sketch.id),
                sketch.board,
                texts.title(draw, language),
                texts.body(draw, language),
                sketch.language,
                sorted({draw.choice(tags) for _ in range(int(4 * draw.random() ** 2))}),
                sketch.author,
                sketch.status,
                sketch.answer,
                False,
                sketch.id % 20_011 == 7,
                sketch.created_at if sketch.hidden else None,
                1,
                sketch.created_at,
                sketch.created_at,
            )

    def standings(self) -> Iterator[Row]:
        """Without tallies and scores: those are the fold's."""
        for sketch in self.sketches():
            seen = sum(weight for _idea, _day, _count, weight in self._views(sketch))
            yield sketch.id, sketch.board, sketch.status, not sketch.hidden, sketch.created_at, sketch.comments, seen

    def views(self) -> Iterator[Row]:
        for sketch in self.sketches():
            yield from self._views(sketch)

    def _views(self, sketch: Sketch) -> list[Row]:
        """Some for each vote, on the first day, the next one, and a week later."""
        posted, views = sketch.created_at.date(), sketch.votes * (4 + sketch.id % 7) + sketch.id % 3
        days = ((posted + timedelta(days=after), views * percent // 100) for after, percent in VIEWED)
        return [(sketch.id, day, count, 0.6 * count) for day, count in days if count and day < self.until]

    def responses(self) -> Iterator[Row]:
        draw, words = self._draw("responses"), texts.people().answers
        for sketch in self.sketches():
            if sketch.answer:
                at = sketch.created_at + (self.end - sketch.created_at) * draw.random()
                yield sketch.answer, sketch.id, draw.choice(words), 2 + sketch.id % TEAM_PEOPLE, at

    def comments(self) -> Iterator[Row]:
        draw, words, number = self._draw("comments"), texts.people().comments, 0
        for sketch in self.sketches():
            for _ in range(sketch.comments):
                number += 1
                author = 1 + int(self.size.people * draw.random())
                at = sketch.created_at + (self.end - sketch.created_at) * draw.random()
                yield number, public_id(number, kind=2), sketch.id, author, draw.choice(words), False, at

    def follows(self) -> Iterator[Row]:
        """Authors follow their ideas."""
        for sketch in self.sketches():
            yield sketch.id, sketch.id, sketch.author, False, sketch.created_at

    def events(self) -> Iterator[Row]:
        number = 0
        for sketch in self.sketches():
            number += 1
            at = sketch.created_at
            yield number, "idea.posted", sketch.author, "idea", sketch.id, "{}", at, at, ""
            if sketch.status != "open":
                number += 1
                told = json.dumps({"old": "open", "new": sketch.status})
                yield number, "idea.status_changed", 2, "idea", sketch.id, told, at, at, ""

    def votes(self) -> Iterator[list[Row]]:
        """Yield the votes of each idea as (idea, voter, value, seconds since 1970); no voter twice."""
        draw, people, end = self._draw("votes"), self.size.people, self.end.timestamp()
        for sketch in self.sketches():
            allows_down = BOARDS[sketch.board - 1].allows_down_votes
            step, voter = _coprime(people, int(people * draw.random())), int(people * draw.random())
            since = sketch.created_at.timestamp()
            rows: list[Row] = []
            for _ in range(sketch.votes):
                voter = (voter + step) % people
                value = -1 if allows_down and draw.random() < 0.15 else 1
                # Most come soon after the idea.
                rows.append((sketch.id, voter + 1, value, since + (end - since) * draw.random() ** 2))
            yield rows


def _coprime(of: int, near: int) -> int:
    """Return a step that visits all of `of` places before it comes to one again."""
    step = max(1, near)
    while math.gcd(step, of) != 1:
        step += 1
    return step


COLUMNS: dict[str, tuple[str, str]] = {
    "people": (
        "accounts_person",
        "id, password, public_id, email, display_name, language, time_zone, role, is_active, created_at",
    ),
    "contacts": ("customers_contact", "id, source, external_id, person_id, email, name, created_at"),
    "voter_keys": ("votes_voterkey", "person_id, key"),
    "ideas": (
        "ideas_idea",
        "id, public_id, board_id, title, body, language, tags, author_id, status, response_id, is_locked, is_pinned, "
        "hidden_at, version, created_at, updated_at",
    ),
    "standings": ("ideas_standing", "idea_id, board_id, status, listed, created_at, comments, seen"),
    "views": ("votes_dailyexposure", "idea_id, day, count, weight"),
    "responses": ("ideas_officialresponse", "id, idea_id, body, author_id, created_at"),
    "comments": ("ideas_comment", "id, public_id, idea_id, author_id, body, is_internal, created_at"),
    "follows": ("ideas_follow", "id, idea_id, person_id, muted, created_at"),
    "events": ("activity_event", "id, verb, actor_id, subject_type, subject_id, data, at, handled_at, last_error"),
}
