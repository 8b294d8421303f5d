"""The reader of tags against a parser that follows the HTML standard: it may refuse, but never miss anything."""

import random
import re
import time

import pytest

from site_tools.authoring.tags import Tag, Unclear, read_tags

PIECES = (
    "<", ">", "</", "/", "=", '"', "'", " ", "\n", "\f", "\x00", "\x0b", "a", "b", "p", "&quot;", "&lt;", "--", "!",
    "<img", " src=x", " onerror=1", " onerror = '1'", "<img src=x onerror=1>", "<!--", "-->", "--!>", "->", "<!-->",
    "<p title='", '<p title="', "<![CDATA[", "]]>", "<?x", "<!doctype x", "<title>", "</title>", "<textarea>",
    "</textarea>", "<noscript>", "</noscript>", "<iframe>", "</iframe>", "<xmp>", "</xmp>", "<style>", "</style>",
    "<script>", "</script>", "<plaintext>", "<noembed>", "</noembed>", "<svg>", "</svg>", "<math>", "<mtext>",
    "<select>", "<template>", "</template>", "<table>", "<td>", "<i/", "?", "<image", "<a/b",
)  # fmt: skip


def elements(html: str, *, scripting: bool) -> set[tuple[str, str]]:
    """Every element and attribute (in its first spelling) of a piece of a page, by html5lib."""
    html5lib = pytest.importorskip("bleach._vendor.html5lib")  # comes with nbconvert
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    tree = parser.parseFragment(html, container="div", scripting=scripting)
    named = [element for element in tree.iter() if isinstance(element.tag, str)]
    return {(re.sub(r"\{.*\}", "", element.tag), key) for element in named for key in element.attrib}


@pytest.mark.parametrize("seed", range(4))
def test_no_handler_hides_from_it(seed):
    chance = random.Random(seed)
    seen = clear = 0
    for _ in range(1500):
        # a page goes on behind its content, which may end a tag that was left open
        html = "".join(chance.choices(PIECES, k=chance.randint(2, 9))) + chance.choice(("", "</article>"))
        found = list(read_tags(html))
        handlers = sum("onerror" in (key for key, _ in tag.attributes) for tag in found if isinstance(tag, Tag))
        runs = any(key == "onerror" for mode in (True, False) for _, key in elements(html, scripting=mode))
        seen += runs
        clear += not any(isinstance(tag, Unclear) for tag in found)
        assert handlers or isinstance(found[-1] if found else None, Unclear) or not runs, html
    assert seen > 60
    assert clear > 60


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<A HREF="x&amp;y" b>', [("a", (("href", "x&y"), ("b", "")))]),
        ("<br/><img src='a > b' alt=x/>", [("br", ()), ("img", (("src", "a > b"), ("alt", "x/")))]),
        ("<!-- <b> --><i\nx\n=\n1>", [("i", (("x", "1"),))]),
        ("1 < 2 &lt;b> <3 </i >", []),
        ("<live-exercise kind='do'></live-exercise>", [("live-exercise", (("kind", "do"),))]),
    ],
)
def test_what_is_clear_is_read(html, expected):
    assert [(tag.name, tag.attributes) for tag in read_tags(html)] == expected


@pytest.mark.parametrize(
    "html",
    [
        "<img src=x onerror=1", '<p title="<img src=x onerror=1>">', "<!--><b>-->", "<!---><b>-->", "<!-- --!><b>-->",
        "<!-- <b>", "<title><!-- </title><b> --></title>", "<noscript><!-- </noscript><b> -->", "<![CDATA[><b>]]>",
        "<?php <b> ?>", "<!doctype html>", "<img/src=x>", '<p a="1"b="2">', "</p x>", "</ p>", "<p a=b'c>",
        "<i a\x00=1>",
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_is_said(html):
    assert isinstance(list(read_tags(f"x\n{html}"))[-1], Unclear)


@pytest.mark.parametrize(
    "html", ["<a " + " " * 100_000, "<!--" * 50_000, "<a " + "b= " * 50_000, "<" * 100_000, "<a>" * 20_000]
)
def test_no_text_takes_long(html):
    start = time.perf_counter()
    list(read_tags(html))
    assert time.perf_counter() - start < 2
