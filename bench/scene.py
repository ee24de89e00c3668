"""What is asked for: ideas by popularity, words, titles; all drawn again for each load, so that no vote comes twice."""

import http.client
import json
import random
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from urllib.parse import quote_plus, urlencode, urlsplit

from django.utils.text import slugify

from bench.callers import Callers
from bench.data import BOARDS, TEAM_PEOPLE
from bench.databases import Installation
from bench.load import LoadError, Request

PUBLIC = tuple(number for number, board in enumerate(BOARDS, 1) if board.seen_by == "public")
READ_IDEAS = 2_000
MUCH_READ = 20
LATE_PAGE = 400
PAGE = 20
MOST_PER_SECOND = 4_000  # requests made ready for each second of a load whose requests must differ

IDEAS = """
SELECT i.id, i.public_id, i.title, i.language, s.top FROM ideas_idea i JOIN ideas_standing s ON s.idea_id = i.id
WHERE s.listed AND s.board_id = ANY(%s) AND s.status = ANY('{open,under_review,planned,in_progress}') ORDER BY i.id"""


@dataclass(frozen=True, slots=True)
class Known:
    """An idea that is open to votes of every member."""

    id: int
    public_id: str
    title: str
    language: str
    votes: int

    @property
    def path(self) -> str:
        return f"/ideas/{self.public_id}/{slugify(self.title)[:60].strip('-') or 'idea'}/"


@dataclass
class Scene:
    place: Installation
    callers: Callers
    url: str
    draw: random.Random = field(default_factory=lambda: random.Random())

    @cached_property
    def ideas(self) -> list[Known]:
        with self.place.connected() as connection:
            return [Known(*row) for row in connection.execute(IDEAS, [list(PUBLIC)]).fetchall()]

    @cached_property
    def weights(self) -> list[int]:
        return list(accumulate(max(idea.votes, 0) + 1 for idea in self.ideas))

    @cached_property
    def by_votes(self) -> list[Known]:
        return sorted(self.ideas, key=lambda idea: -idea.votes)

    @cached_property
    def queries(self) -> list[tuple[str, str]]:
        """(language, two words) that some title has."""
        found: list[tuple[str, str]] = []
        while len(found) < 200:
            idea = self.draw.choice(self.ideas)
            words = [word.strip(":?,").lower() for word in idea.title.split()]
            words = [word for word in dict.fromkeys(words) if len(word) >= 5 and word.isalpha()]
            if len(words) >= 2:
                found.append((idea.language, " ".join(sorted(self.draw.sample(words, 2)))))
        return found

    def popular(self, count: int) -> list[Known]:
        return self.draw.choices(self.ideas, cum_weights=self.weights, k=count)

    @property
    def members(self) -> range:
        """Whom a partner may name: everybody but the administrator and the teams."""
        return range(2 + TEAM_PEOPLE, self.place.size.people + 1)

    def person(self) -> int:
        return self.draw.choice(self.members)

    def session(self) -> str:
        return self.draw.choice(list(self.callers.sessions.values()))

    # --- Pages ------------------------------------------------------------------------------------------------

    def anonymous_lists(self) -> list[Request]:
        boards = [f"/boards/{BOARDS[number - 1].slug}/" for number in PUBLIC[:5]]
        return [Request("/"), Request("/?order=new"), Request("/?order=top"), *map(Request, boards)]

    def signed_in_lists(self) -> list[Request]:
        sessions = self.draw.sample(list(self.callers.sessions.values()), min(500, len(self.callers.sessions)))
        return [Request("/", headers=self.callers.by_session(session)) for session in sessions]

    def much_read_ideas(self) -> list[Request]:
        return [Request(idea.path) for idea in self.by_votes[:MUCH_READ]]

    def many_ideas(self) -> list[Request]:
        return [Request(idea.path) for idea in self.popular(READ_IDEAS)]

    def signed_in_ideas(self) -> list[Request]:
        return [
            Request(idea.path, headers=self.callers.by_session(self.session())) for idea in self.popular(READ_IDEAS)
        ]

    def typed_titles(self) -> list[Request]:
        """Titles as they grow under somebody's fingers."""
        return [
            Request(
                f"/similar/?{urlencode({'title': idea.title[:length]})}", headers=self.callers.by_htmx(self.session())
            )
            for idea in self.draw.sample(self.ideas, 50)
            for length in range(6, min(len(idea.title), 40) + 1, 4)
        ]

    def reports(self) -> list[Request]:
        """What the portal's script sends of cards that stayed in sight: twenty, to one reader each."""
        headers = {
            "Content-Type": "text/plain;charset=UTF-8",
            "Origin": self.url,
            "Sec-Fetch-Site": "same-origin",
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        }
        requests = []
        for reader in self.callers.readers:
            cards = [[idea.public_id, place] for place, idea in enumerate(self.popular(PAGE), 1)]
            body = json.dumps({"reader": reader, "list": "trending", "seen": cards})
            requests.append(Request("/seen/", "POST", headers, body))
        return requests

    # --- API --------------------------------------------------------------------------------------------------

    def first_page(self) -> list[Request]:
        return [Request("/api/v1/ideas/", headers=self.callers.by_key)]

    @cached_property
    def late_page_path(self) -> str:
        """The address of page 400 (of the last whole page, where there are fewer), found along `next`."""
        pages = min(LATE_PAGE, len(self.ideas) // PAGE) - 1
        path, limit = "/api/v1/ideas/?limit=100", 5
        for _ in range(pages // limit):
            answer = json.loads(self.get(path, self.callers.by_key))
            path = answer["next"].removeprefix(self.url)
        return path.replace("limit=100", f"limit={PAGE}")

    def late_page(self) -> list[Request]:
        return [Request(self.late_page_path, headers=self.callers.by_key)]

    def searches(self) -> list[Request]:
        asked = [f"/api/v1/ideas/?q={quote_plus(words)}" for _language, words in self.queries]
        return [Request(path, headers=self.callers.by_key) for path in asked]

    def search_statements(self) -> list[str]:
        """The same words for pgbench: the best-scored twenty that have both."""
        return [
            f"""SELECT i.id, i.public_id, i.title, s.up, s.down
                FROM ideas_idea i JOIN ideas_standing s ON s.idea_id = i.id
                WHERE i.search @@ websearch_to_tsquery('ideation_{language}', '{words}') AND s.listed
                ORDER BY s.trending DESC, s.idea_id DESC LIMIT 20;"""
            for language, words in self.queries[:40]
        ]

    def posts(self, seconds: float) -> list[Request]:
        return [
            Request(
                "/api/v1/ideas/",
                "POST",
                self.callers.by_key,
                json.dumps(
                    {
                        "board": BOARDS[self.draw.choice(PUBLIC) - 1].slug,
                        "title": f"{idea.title[:120]} {self.draw.randint(1, 10**9)}",
                        "body": f"{idea.title}, and I would like to say more about it than that.",
                        "author": {"external_id": f"c{self.person()}"},
                    }
                ),
            )
            for idea in self.draw.choices(self.ideas, k=round(seconds * MOST_PER_SECOND / 4))
        ]

    # --- Votes ------------------------------------------------------------------------------------------------

    def votes_by_key(self, seconds: float) -> list[Request]:
        return [self._vote_by_key(idea, self.person()) for idea in self.popular(round(seconds * MOST_PER_SECOND))]

    def votes_on_one(self, seconds: float) -> list[Request]:
        """All on one idea, each by somebody else; on a second one when everybody has voted."""
        wanted = round(seconds * MOST_PER_SECOND)
        votes: list[Request] = []
        while len(votes) < wanted:
            idea = self._fresh_idea()
            voters = self.draw.sample(self.members, min(len(self.members), wanted - len(votes)))
            votes += [self._vote_by_key(idea, voter) for voter in voters]
        return votes

    def votes_by_session(self, seconds: float) -> list[Request]:
        sessions = list(self.callers.sessions.values())
        return [
            Request(
                f"/ideas/{idea.public_id}/do/vote/", "POST", self.callers.by_htmx(self.draw.choice(sessions)), "value=1"
            )
            for idea in self.popular(round(seconds * MOST_PER_SECOND / 2))
        ]

    def bare_votes(self, seconds: float) -> list[Request]:
        return [
            Request("/vote", "POST", {}, json.dumps({"idea": idea.id, "voter": self.person()}))
            for idea in self.popular(round(seconds * MOST_PER_SECOND))
        ]

    def _vote_by_key(self, idea: Known, person: int) -> Request:
        body = f'{{"value": 1, "voter": {{"external_id": "c{person}"}}}}'
        return Request(f"/api/v1/ideas/{idea.public_id}/vote/", "PUT", self.callers.by_key, body)

    def _fresh_idea(self) -> Known:
        """An idea with few votes."""
        return next(idea for idea in iter(lambda: self.draw.choice(self.ideas), None) if idea.votes < 10)

    # --- Single requests --------------------------------------------------------------------------------------

    def get(self, path: str, headers: dict[str, str] | None = None) -> str:
        return ask(self.url, Request(path, headers=headers or {}))


def ask(url: str, request: Request) -> str:
    """Return the body of one answer.

    Raises: LoadError unless it is 2xx, so that no load measures an error page or the way to sign-in.
    """
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        connection.request(request.method, request.path, request.body or None, request.headers)
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        if not 200 <= answer.status < 300:
            raise LoadError(f"{request.method} {request.path}: {answer.status} {body[:300]}")
        return body
    finally:
        connection.close()
