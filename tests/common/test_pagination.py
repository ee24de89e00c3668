from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.pagination import BadCursor, Cursor

IDS = st.integers(1, 2**63 - 1)
TIMES = st.datetimes(timezones=st.just(UTC))
FLOATS = st.floats(allow_nan=False, max_value=1e300) | st.just(float("-inf"))


@given(FLOATS, IDS, st.booleans())
def test_float_comes_back_as_it_was(value: float, row_id: int, backwards: bool) -> None:
    cursor = Cursor("trending", value, row_id, backwards)
    assert Cursor.decode(cursor.encode(), order="trending", kind=float) == cursor


@given(TIMES, IDS)
def test_time_comes_back_as_it_was(value: datetime, row_id: int) -> None:
    cursor = Cursor("new", value, row_id)
    assert Cursor.decode(cursor.encode(), order="new", kind=datetime) == cursor


@given(st.integers(-(2**63) + 1, 2**63 - 1), IDS)
def test_text_needs_no_quoting_in_a_url(value: int, row_id: int) -> None:
    assert set(Cursor("top", value, row_id).encode()) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    )


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        Cursor.decode(text, order="top", kind=int)


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor("new", 5, 1),
        Cursor("top", 5, 0),
        Cursor("top", 5, -1),
        Cursor("top", 5, 2**63),
        Cursor("top", 2**63, 1),
        Cursor("top", float("nan"), 1),
        Cursor("top", 1.5, 1),
    ],
    ids=str,
)
def test_cursor_is_refused_when_foreign_or_out_of_range(cursor: Cursor) -> None:
    with pytest.raises(BadCursor):
        Cursor.decode(cursor.encode(), order="top", kind=int)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_float_that_no_row_can_have_is_refused(value: float) -> None:
    with pytest.raises(BadCursor):
        Cursor.decode(Cursor("best", value, 1).encode(), order="best", kind=float)


def test_same_instant_in_another_zone_is_the_same_cursor() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    elsewhere = noon.astimezone(timezone(timedelta(hours=2)))
    assert Cursor("new", elsewhere, 1).encode() == Cursor("new", noon, 1).encode()
