import itertools
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest

from accounts.models import Person
from ideas.models import Board, Idea
from tests.support.connections import on_own_connection
from tests.support.folding import fold_all
from tests.support.scene import make_idea, make_person
from tests.support.waiting import eventually
from tests.support.worker import environment
from tests.votes.proofs import assert_ledger_adds_up, assert_tallies_are_the_votes
from votes.folding import fold
from votes.models import VoteEvent
from votes.services import cast_vote, retract_vote

THREADS = 16
ACTS_PER_THREAD = 40
# At a word folds until there was something to fold, and then waits, before it commits.
FOLD_HALFWAY = """
import signal, sys, django
django.setup()
from django.db import connection, transaction
from votes import folding
print("ready", flush=True)
sys.stdin.readline()
while True:
    with transaction.atomic(), connection.cursor() as cursor:
        folded = folding._fold(cursor)
        if folded and folded.lines:
            print(folded.lines, flush=True)
            signal.pause()
"""


@pytest.mark.usefixtures("folding")
def test_no_vote_is_lost_while_sixteen_hammer_and_a_fold_is_killed(board: Board) -> None:
    ideas = [make_idea(board) for _ in range(3)]
    voters = [make_person() for _ in range(2)]
    enough = Event()
    with another_fold() as other, ThreadPoolExecutor(THREADS) as pool:
        assert other.stdin
        assert other.stdout
        hammers = [pool.submit(hammer, ideas, voters, seed, enough) for seed in range(THREADS)]
        other.stdin.write("go\n")
        other.stdin.flush()
        assert int(other.stdout.readline()) > 0
        assert fold() is None, "the other one is at it"
        other.kill()
        other.wait()
        fold_several_times()
        enough.set()
        for ended in hammers:
            ended.result()
    assert other.returncode == -signal.SIGKILL
    assert VoteEvent.objects.count() > THREADS * ACTS_PER_THREAD / 4
    fold_all()
    assert_ledger_adds_up()
    assert_tallies_are_the_votes()


def hammer(ideas: list[Idea], voters: list[Person], seed: int, enough: Event) -> None:
    """Cast, change and take back votes of a few pairs at random, often, and on until it is enough."""
    chance = random.Random(seed)

    def act() -> None:
        idea, voter, value = chance.choice(ideas), chance.choice(voters), chance.choice([1, -1, 0])
        ballot = cast_vote(idea, voter=voter, value=value) if value else retract_vote(idea, voter=voter)
        assert ballot.value == value

    def act_often() -> None:
        for number in itertools.count():
            if number >= ACTS_PER_THREAD and enough.is_set():
                return
            act()

    on_own_connection(act_often)


def fold_several_times() -> None:
    """Fold three times; a fold gives way while the server has not yet noticed that the other one is dead."""
    for _ in range(3):
        eventually(fold)


@contextmanager
def another_fold() -> "Iterator[subprocess.Popen[str]]":
    """Have another process that can fold, and is ready to."""
    other = subprocess.Popen(
        [sys.executable, "-c", FOLD_HALFWAY],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with other:
        try:
            assert other.stdout
            assert other.stdout.readline() == "ready\n"
            yield other
        finally:
            other.kill()
