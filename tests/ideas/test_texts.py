import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid
from ideas.models.ideas import TITLE_LENGTH
from ideas.texts import clean_body, clean_comment, clean_language, clean_tags, clean_title


@given(st.text(max_size=TITLE_LENGTH - 1).map(lambda text: "x" + text.replace("\x00", "")))
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


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("exe.\u202efdp\u202c \u2066x\u2069", "exe.fdp x"),
        ("one\u200b\u00adword\ufeff", "oneword"),
        ("می\u200cخواهم \u200d", "می\u200cخواهم"),
        (
            "👩\u200d💻 🏴\U000e0067\U000e0062\U000e007f\U000e0067",
            "👩\u200d💻 🏴\U000e0067\U000e0062\U000e007f",
        ),
    ],
)
def test_title_keeps_nothing_that_nobody_sees(text: str, title: str) -> None:
    assert clean_title(text) == title
    assert clean_tags([text]) == [title]


def test_title_of_nothing_to_be_seen_is_missing() -> None:
    with pytest.raises(Invalid):
        clean_title("\u200b \u200d\u3164")


def test_text_turns_nothing_that_follows() -> None:
    assert clean_comment("a\u202eb") == clean_body("a\u2067b") == "ab"


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
