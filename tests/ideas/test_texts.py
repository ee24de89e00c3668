import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid
from ideas.models.ideas import TITLE_LENGTH
from ideas.texts import clean_body, clean_comment, clean_language, clean_tags, clean_title


@given(st.text(max_size=300).filter(lambda text: "\x00" not in text and 0 < len(text.strip()) <= TITLE_LENGTH))
def test_title_becomes_one_line_that_stays_as_it_is(text: str) -> None:
    title = clean_title(text)
    assert title == clean_title(title)
    assert 0 < len(title) <= TITLE_LENGTH
    assert "\n" not in title


@pytest.mark.parametrize(
    ("text", "code"), [("  \n ", "required"), ("x" * 141, "too_long"), ("a\x00b", "invalid_characters")]
)
def test_bad_title_names_its_fault(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_title(text)
    assert (refusal.value.field, refusal.value.error_code) == ("title", code)


def test_body_may_be_empty_and_keeps_its_lines() -> None:
    assert clean_body(" \r\n ") == ""
    assert clean_body("one\r\ntwo") == "one\ntwo"


def test_comment_needs_text() -> None:
    with pytest.raises(Invalid):
        clean_comment(" \n")


def test_tags_are_kept_once_in_their_order_whatever_their_case() -> None:
    assert clean_tags(["Mobile", "api", "MOBILE", " api "]) == ["Mobile", "api"]


def test_eleven_tags_are_too_many() -> None:
    with pytest.raises(Invalid) as refusal:
        clean_tags([str(number) for number in range(11)])
    assert refusal.value.error_code == "too_many"


@pytest.mark.parametrize("language", ["", "german", "DE", "de_AT", "d"])
def test_language_that_is_no_code_is_refused(language: str) -> None:
    with pytest.raises(Invalid):
        clean_language(language)
