import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.markdown import as_html, as_line

ALLOWED = re.compile(
    r"</?(p|br|hr|strong|em|s|a|ul|ol|li|blockquote|code|pre|h[3-6]|table|thead|tbody|tr|th|td)( [a-z]+=\"[^\"<>]*\")*>"
)
markup = st.lists(
    st.sampled_from(
        ["<script>", "</p>", "<img src=x onerror=y>", "[a](", "javascript:x", ")", "![", "](http://e.org/x.png)", "`",
         "**", "\n", "\n\n", "# ", "> ", "- ", "| a |\n|---|\n", "<a href='data:x'>", "&lt;", "<", ">", '"', "text",
         "&#x6a;avascript:"]
    )
).map("".join)  # fmt: skip


@given(markup | st.text())
def test_only_harmless_tags_come_out(text: str) -> None:
    html = as_html(text)
    assert "<" not in ALLOWED.sub("", html)
    for link in re.findall(r'href="([^"]*)"', html):
        seen = "".join(sign for sign in unescape(link) if sign > " ")  # browsers leave out the others
        scheme = re.match(r"[a-z][a-z0-9+.-]*:", seen, re.IGNORECASE)  # RFC 3986; anything else is a relative address
        assert scheme is None or scheme[0].lower() in {"http:", "https:", "mailto:"}


@given(markup | st.text(), st.integers(10, 200))
def test_line_is_short_and_one_line(text: str, longest: int) -> None:
    line = as_line(text, longest)
    assert len(line) <= longest
    assert line == " ".join(line.split())


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**a** _b_", "<p><strong>a</strong> <em>b</em></p>\n"),
        ("# Big", "<h3>Big</h3>\n"),
        ("a\nb", "<p>a<br>\nb</p>\n"),
        ("[a](https://e.org)", '<p><a href="https://e.org" rel="nofollow ugc noopener">a</a></p>\n'),
        ("![a](https://e.org/a.png)", '<p><a href="https://e.org/a.png" rel="nofollow ugc noopener">a</a></p>\n'),
        ("[![a](https://e.org/a.png)](/b)", '<p><a href="/b" rel="nofollow ugc noopener">a</a></p>\n'),
        (
            "(see http://e.org/a_b?c&d).",
            '<p>(see <a href="http://e.org/a_b?c&amp;d" rel="nofollow ugc noopener">http://e.org/a_b?c&amp;d</a>).</p>\n',
        ),
        ("`http://e.org` http://...", "<p><code>http://e.org</code> http://...</p>\n"),
        ("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>\n"),
    ],
)
def test_markdown_becomes_html(text: str, html: str) -> None:
    assert as_html(text) == html


def test_line_has_no_marks() -> None:
    assert as_line("# Head\n\n- **one**\n- [two](http://x.y)\n\n```\ncode\n```") == "Head one two code"
