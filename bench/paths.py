"""What is measured against which yardstick, and how much of it is wanted (`docs/benchmarks.md` has the figures)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.load import Request
from bench.scene import Scene

Make = Callable[[Scene, float], Sequence[Request]]


@dataclass(frozen=True, slots=True)
class Path:
    """A path under load: `make` gives its requests for so many seconds; `at_least` of the yardstick is wanted.

    `votes`: each request must add a line to the ledger.
    """

    name: str
    make: Make
    at_least: float | None
    votes: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Paths that share a yardstick, which is measured before and after them in every round.

    A yardstick is a bare view, or, without `make`, two-word searches by pgbench.
    """

    yardstick: str
    make: Make | None
    paths: tuple[Path, ...]


VOTE_BY_KEY = "vote, API key"
HOT_VOTE = "vote, API key, all on one idea"
VOTE_BY_SESSION = "vote, session"
LIST_SIGNED_IN = "list, HTML, signed in"

GROUPS = (
    Group(
        "emptiest view",
        lambda scene, seconds: [Request("/empty")],
        (
            Path("list, HTML, anonymous", lambda scene, seconds: scene.anonymous_lists(), 0.5),
            Path("idea, HTML, anonymous", lambda scene, seconds: scene.much_read_ideas(), 0.5),
            Path("idea, HTML, anonymous, 2,000 ideas", lambda scene, seconds: scene.many_ideas(), None),
            Path("report of views", lambda scene, seconds: scene.reports(), 0.4),
        ),
    ),
    Group(
        "bare template view",
        lambda scene, seconds: [Request("/ideas.html")],
        (
            Path(LIST_SIGNED_IN, lambda scene, seconds: scene.signed_in_lists(), 1.2),
            Path("idea, HTML, signed in", lambda scene, seconds: scene.signed_in_ideas(), 1.2),
        ),
    ),
    Group(
        "bare ORM view",
        lambda scene, seconds: [Request("/ideas.json")],
        (
            Path("list, JSON, API key, page 1", lambda scene, seconds: scene.first_page(), 1.2),
            Path("list, JSON, API key, page 400", lambda scene, seconds: scene.late_page(), 1.2),
        ),
    ),
    Group(
        "bare vote view",
        lambda scene, seconds: scene.bare_votes(seconds),
        (
            Path(VOTE_BY_KEY, lambda scene, seconds: scene.votes_by_key(seconds), 0.5, votes=True),
            Path(HOT_VOTE, lambda scene, seconds: scene.votes_on_one(seconds), None, votes=True),
            Path(VOTE_BY_SESSION, lambda scene, seconds: scene.votes_by_session(seconds), 0.4, votes=True),
            Path("submit an idea", lambda scene, seconds: scene.posts(seconds), 0.15),
        ),
    ),
    Group(
        "pgbench, two words",
        None,
        (Path("search, JSON, two words", lambda scene, seconds: scene.searches(), 0.25),),
    ),
)
