"""Write the demo through the services, so that it is what people could have done themselves.

What is there already is left alone, also where people have changed it since: each idea is known by its origin.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Person, Role, Team
from accounts.services.people import person_of_address
from ideas.models import Audience, Board, Comment, Idea, Origin, Portal
from ideas.services.comments import post_comment
from ideas.services.following import follow_idea
from ideas.services.ideas import post_idea
from ideas.services.moderation import change_status
from ideation.demo.crowd import SOURCE, Crowd
from ideation.demo.texts import DemoIdea, Said, company, ideas_of
from votes.services import cast_vote, fold_and_follow, merge_ideas


@dataclass(slots=True)
class Demo:
    """One run: `step` by step, so that whoever runs it can show how far it is."""

    now: datetime = field(default_factory=timezone.now)
    crowd: Crowd = field(default_factory=Crowd)
    texts: dict[str, Any] = field(default_factory=company)

    def steps(self) -> int:
        return sum(len(ideas_of(board)) for board in self.texts["board"])

    def fill(self) -> Iterator[str]:
        """Make what is missing; yields the title of each idea when it is done."""
        portal, _ = Portal.objects.get_or_create(slug=self.texts["portal"]["slug"], defaults=self.texts["portal"])
        teams = {entry["slug"]: self._team(entry) for entry in self.texts["team"]}
        list(self.crowd.gather())
        for position, entry in enumerate(self.texts["board"]):
            board = self._board(portal, teams[entry["team"]], position, entry)
            for idea in ideas_of(entry):
                self._idea(board, idea)
                yield idea.title
        fold_and_follow()

    def _team(self, entry: dict[str, Any]) -> Team:
        team, _ = Team.objects.get_or_create(slug=entry["slug"], defaults={"name": entry["name"]})
        for colleague in entry["people"]:
            person, is_new = self._person(colleague, Role.TEAM_MEMBER)
            if is_new:
                person.teams.add(team)
        return team

    def _person(self, entry: dict[str, str], role: Role) -> tuple[Person, bool]:
        person, is_new = person_of_address(entry["email"])
        if is_new:
            Person.objects.filter(pk=person.pk).update(
                display_name=entry["name"], language=entry["language"], role=role
            )
        return person, is_new

    def _board(self, portal: Portal, team: Team, position: int, entry: dict[str, Any]) -> Board:
        fields = {name: value for name, value in entry.items() if name not in {"slug", "team", "ideas"}}
        board, _ = Board.objects.get_or_create(
            slug=entry["slug"], defaults={**fields, "portal": portal, "team": team, "position": position}
        )
        return board

    @transaction.atomic
    def _idea(self, board: Board, demo: DemoIdea) -> None:
        if Origin.objects.filter(source=SOURCE, external_id=demo.key).exists():
            return
        posted_at = self.now - timedelta(days=demo.days, minutes=self.crowd.random.randrange(600))
        idea = post_idea(
            board,
            author=self._author(board),
            title=demo.title,
            body=demo.body,
            tags=demo.tags,
            makes_tags=True,
            created_at=posted_at,
        )
        Origin.objects.create(idea=idea, source=SOURCE, external_id=demo.key)
        self._vote(idea, demo, posted_at)
        self._discuss(idea, demo.comments, posted_at)
        self._decide(idea, demo, posted_at)
        if board.seen_by == Audience.PUBLIC and not (demo.status or demo.merged_into):
            follow_idea(idea, person=self._person(self.texts["follower"], Role.MEMBER)[0])

    def _vote(self, idea: Idea, demo: DemoIdea, posted_at: datetime) -> None:
        voters = self.crowd.some(demo.appeal + demo.against)
        for number, voter in enumerate(voters):
            value = 1 if number < demo.appeal else -1
            cast_vote(idea, voter=voter, value=value, at=self.crowd.moment(posted_at, self.now))
        for voter in voters[: demo.appeal // 12]:
            follow_idea(idea, person=voter)

    def _discuss(self, idea: Idea, comments: tuple[Said, ...], posted_at: datetime) -> None:
        """Write the comments in their order, spread over the idea's first half of life."""
        pause = (self.now - posted_at) / 2 / (len(comments) + 1)
        thread: Comment | None = None
        for number, said in enumerate(comments, start=1):
            author = self._colleague(idea) if said.how == "team" else self.crowd.somebody()
            parent = None if said.how == "says" else thread
            comment = post_comment(idea, author=author, body=said.body, parent=parent, at=posted_at + number * pause)
            thread = parent or comment

    def _decide(self, idea: Idea, demo: DemoIdea, posted_at: datetime) -> None:
        by = self._colleague(idea)
        if demo.status:
            at = posted_at + min((self.now - posted_at) * 0.6, timedelta(days=self.crowd.random.uniform(1, 12)))
            change_status(idea, status=demo.status, response=demo.response, by=by, at=at)
        if demo.merged_into:
            canonical = Idea.objects.get(origin__source=SOURCE, origin__external_id=demo.merged_into)
            merge_ideas(idea, into=canonical, by=by)

    def _author(self, board: Board) -> Person:
        return self._colleague_of(board) if board.seen_by == "team" else self.crowd.somebody()

    def _colleague(self, idea: Idea) -> Person:
        return self._colleague_of(idea.board)

    def _colleague_of(self, board: Board) -> Person:
        colleagues = next(entry["people"] for entry in self.texts["team"] if entry["slug"] == board.team.slug)
        return Person.objects.get(email=self.crowd.random.choice(colleagues)["email"])
