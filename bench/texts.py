"""Titles and bodies that look as if people had written them, in German and English, by our own words and templates.

The n-th word of a list is drawn about 1/n as often as the first, German words are compounds of two such draws, and
names of other products come from a long tail: so searches meet common, middling and rare words.
"""

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

WORDS = Path(__file__).with_name("words.toml")
NAMES = 20_000
SENTENCES = 10_000
SYLLABLES = (
    "an",
    "bel",
    "cor",
    "dra",
    "el",
    "fin",
    "gor",
    "hal",
    "in",
    "jor",
    "kas",
    "lum",
    "mar",
    "nov",
    "or",
    "pel",
    "qui",
    "ras",
    "sol",
    "tan",
    "ur",
    "vel",
    "wen",
    "xa",
    "yor",
    "zet",
)
ARTICLES = {  # by gender: the, in the fourth case, one, none
    "f": ("die", "die", "eine", "keine"),
    "m": ("der", "den", "ein", "keinen"),
    "n": ("das", "das", "ein", "kein"),
}


def zipf(words: list[str], *, entries: int = 4096) -> list[str]:
    """Return each word once or more, about as often as 1/rank, so that `random.choice` draws by Zipf's law."""
    first = entries / sum(1 / rank for rank in range(1, len(words) + 1))
    return [word for rank, word in enumerate(words, 1) for _ in range(max(1, round(first / rank)))]


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    parts: list[str]
    heads: list[str]
    qualities: list[str]
    verbs: list[str]
    places: list[str]
    titles: list[str]
    sentences: list[str]


@dataclass(frozen=True, slots=True)
class People:
    first: list[str]
    last: list[str]
    comments: list[str]
    answers: list[str]


def _split(text: str) -> list[str]:
    """Cut at bars where there are any, at blanks else."""
    parts = text.split("|") if "|" in text else text.split()
    return [" ".join(part.split()) for part in parts if part.strip()]


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


@cache
def languages() -> dict[str, Language]:
    return {code: _language(code, words) for code, words in _read().items() if code != "people"}


def _language(code: str, words: dict[str, str]) -> Language:
    drawn = {name: zipf(_split(words[name])) for name in ("parts", "heads", "qualities", "verbs", "places")}
    lines = {name: words[name].strip().splitlines() for name in ("titles", "sentences")}
    return Language(code, **drawn, **lines)


@cache
def people() -> People:
    return People(**{name: _split(text) for name, text in _read()["people"].items()})


@cache
def product_names() -> list[str]:
    """Names of other products, a few of them well known and most of them rare."""
    draw = random.Random("names")
    names = dict.fromkeys("".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))).capitalize() for _ in range(NAMES))
    return zipf(list(names), entries=4 * NAMES)


def title(draw: random.Random, language: Language) -> str:
    """Return a title without a final full stop, its first letter large."""
    text = _filled(draw, language, draw.choice(language.titles))
    return text[0].upper() + text[1:140]


def body(draw: random.Random, language: Language) -> str:
    """Return two to seven sentences in one or two paragraphs of Markdown."""
    sentences = draw.choices(_sentences(language.code), k=draw.randint(2, 7))
    cut = len(sentences) // 2
    return " ".join(sentences[:cut]) + "\n\n" + " ".join(sentences[cut:]) if cut > 1 else " ".join(sentences)


@cache
def _sentences(code: str) -> list[str]:
    """Sentences made in advance: a million bodies are then a matter of a minute."""
    draw, language = random.Random(f"sentences {code}"), languages()[code]
    return [_filled(draw, language, draw.choice(language.sentences)) for _ in range(SENTENCES)]


def _filled(draw: random.Random, language: Language, template: str) -> str:
    part, part2, part3 = draw.choices(language.parts, k=3)
    (head, gender), (head2, gender2) = _head(draw, language), _head(draw, language)
    the, the4, one, none = ARTICLES[gender]
    verb, verb2 = draw.choices(language.verbs, k=2)
    a, quality = _english_article(part), draw.choice(language.qualities)
    return template.format(
        part=part, Part=part.capitalize(), part2=part2, Part2=part2.capitalize(), part3=part3, Part3=part3.capitalize(),
        head=head, Head=head.capitalize(), head2=head2, place=draw.choice(language.places),
        quality=quality, Quality=quality.capitalize(),
        verb=verb, Verb=verb.capitalize(), verb2=verb2, name=draw.choice(product_names()),
        number=2 + int(39 * draw.random()), number2=5 + int(90 * draw.random()),
        A=a.capitalize(), a_head=f"{_english_article(head)} {head}",
        the=the, The=the.capitalize(), the4=the4, one=one, One=one.capitalize(), no=none,
        the2=ARTICLES[gender2][0], The2=ARTICLES[gender2][0].capitalize(), the42=ARTICLES[gender2][1],
    )  # fmt: skip


def _english_article(word: str) -> str:
    return "an" if word[0] in "aeio" else "a"


def _head(draw: random.Random, language: Language) -> tuple[str, str]:
    word, _blank, gender = draw.choice(language.heads).partition(" ")
    return word, gender or "f"
