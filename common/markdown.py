"""People's Markdown as safe HTML, and as one plain line for lists and mails."""

from collections.abc import Iterator
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

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")


@lru_cache(maxsize=1024)
def as_html(text: str) -> SafeString:
    """Return `text` as HTML that is safe whatever was written: no images, no scripts, links that pass on no trust.

    >>> as_html("# Hello <b>you</b>")
    '<h3>Hello &lt;b&gt;you&lt;/b&gt;</h3>\\n'
    """
    tokens = _parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + SHIFT)}"
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


def _words(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield "".join(" " if child.type.endswith("break") else child.content for child in token.children or [])
        elif token.type in ("code_block", "fence"):
            yield token.content
