"""Read the demo's texts. They are TOML files beside this one, to be read and changed by people."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Said:
    """One comment: a new thread, a reply to the comment before, or the team's word."""

    how: str  # says | replies | team
    body: str


@dataclass(frozen=True, slots=True)
class DemoIdea:
    """What happened to one idea: posted `days` ago, liked by about `appeal` people and disliked by `against`."""

    key: str
    title: str
    body: str
    days: float
    appeal: int
    against: int = 0
    tags: tuple[str, ...] = ()
    status: str = ""
    response: str = ""
    comments: tuple[Said, ...] = ()
    merged_into: str = ""


def company() -> dict[str, Any]:
    return _read("company.toml")


def ideas_of(board: dict[str, Any]) -> list[DemoIdea]:
    """Return the board's ideas, oldest first."""
    ideas = [_idea(entry) for entry in _read(board["ideas"])["idea"]]
    return sorted(ideas, key=lambda idea: -idea.days)


def _idea(entry: dict[str, Any]) -> DemoIdea:
    comments = tuple(Said(how, body) for comment in entry.pop("comments", []) for how, body in comment.items())
    return DemoIdea(tags=tuple(entry.pop("tags", ())), comments=comments, **entry)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
