from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideas.status import TRANSITIONS, Status, TransitionNotAllowed, check_transition, is_votable

statuses = st.sampled_from(list(Status))


@given(old=statuses, new=statuses)
def test_transition_is_refused_exactly_when_the_table_lacks_it(old: Status, new: Status) -> None:
    if new == old or new in TRANSITIONS[old]:
        check_transition(old, new)
    else:
        with pytest.raises(TransitionNotAllowed) as refusal:
            check_transition(old, new)
        assert refusal.value.http_status == 409
        assert refusal.value.field == "status"


def test_shipped_idea_is_never_open_again() -> None:
    with pytest.raises(TransitionNotAllowed):
        check_transition(Status.SHIPPED, Status.OPEN)


def test_the_usual_life_of_an_idea_is_possible() -> None:
    life = [Status.OPEN, Status.UNDER_REVIEW, Status.PLANNED, Status.IN_PROGRESS, Status.SHIPPED]
    for old, new in pairwise(life):
        check_transition(old, new)


def test_votes_end_with_a_decision() -> None:
    assert [status for status in Status if not is_votable(status)] == [Status.SHIPPED, Status.DECLINED]
