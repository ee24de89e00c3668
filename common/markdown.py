"""People's Markdown as safe HTML, and as one plain line for lists and mails."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "a", "ul", "ol", "li", "blockquote", "code", "pre"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
SHIFT = 2  # a page's own headings are h1 and h2
READ_FOR_EXCERPT = 800

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
BRACKETS = {")": "(", "]": "["}
ADDRESS = re.compile(r"https?://[^\W_][^\s<>\"]*", re.IGNORECASE)


@lru_cache(maxsize=1024)
def as_html(text: str) -> SafeString:
    """Return `text` as HTML that is safe whatever was written: no images, no scripts, links that pass on no trust.

    An address is a link, and so is an image: to where it lies.

    >>> as_html("# Hello <b>you</b>")
    '<h3>Hello &lt;b&gt;you&lt;/b&gt;</h3>\\n'
    """
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + SHIFT)}"
        token.children = [*_linked(token.children or [])]
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )
    return mark_safe(clean)  # noqa: S308  (cleaned in the line above)


@lru_cache(maxsize=2048)
def as_line(text: str, longest: int = 240) -> str:
    """Return the beginning of `text` as one line without marks, cut at a word.

    >>> as_line("**Dark** mode\\n\\n- at night", 12)
    'Dark mode …'
    """
    words = " ".join(_words(_parser.parse(text[:READ_FOR_EXCERPT]))).split()
    line = " ".join(words)
    if len(line) <= longest:
        return line
    return line[: longest - 2].rsplit(" ", 1)[0] + " …"


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens of a paragraph with addresses and images as links, of which none is inside another."""
    links = 0
    for token in tokens:
        links += token.nesting if token.type.startswith("link_") else 0
        if token.type == "image":
            yield from _text(token.content) if links else _link(str(token.attrs["src"]), token.content)
        elif token.type == "text" and not links and "://" in token.content:
            yield from _text_with_links(token.content)
        else:
            yield token


def _text_with_links(text: str) -> Iterator[Token]:
    end = 0
    for found in ADDRESS.finditer(text):
        address = _without_punctuation(found[0])
        yield from _text(text[end : found.start()])
        yield from _link(_parser.normalizeLink(address), address)
        end = found.start() + len(address)
    yield from _text(text[end:])


def _without_punctuation(address: str) -> str:
    """Leave out what ends the sentence, not the address; a bracket belongs to the one that was opened in it.

    >>> _without_punctuation("https://e.org/wiki/Bicycle_(vehicle)).")
    'https://e.org/wiki/Bicycle_(vehicle)'
    """
    last = address[-1]
    is_alone = last in BRACKETS and address.count(last) > address.count(BRACKETS[last])
    return _without_punctuation(address[:-1]) if is_alone or last in ".,:;!?'*_~" else address


def _link(address: str, text: str) -> Iterator[Token]:
    yield Token("link_open", "a", 1, attrs={"href": address})
    yield from _text(text or address)
    yield Token("link_close", "a", -1)


def _text(text: str) -> Iterator[Token]:
    yield Token("text", "", 0, content=text)


def _words(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield "".join(" " if child.type.endswith("break") else child.content for child in token.children or [])
        elif token.type in ("code_block", "fence"):
            yield token.content
