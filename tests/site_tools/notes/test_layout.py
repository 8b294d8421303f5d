"""Lists of a note keep their depth: the structure a CommonMark parser sees is the one Python-Markdown makes of ours."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown import markdown
from markdown_it import MarkdownIt

from site_tools.notes.layout import as_python_markdown
from site_tools.notes.source import read_note

BLOCKS = {"ul", "ol", "li", "pre", "blockquote", "h1", "h2", "hr"}

# lists as Typora and other editors save them; no indented code, which Typora does not know
COMMONMARK = {
    "numbered steps with pictures": "1. a\n\n   ![x](x.png)\n\n2. b\n\n   text\n   more\n\n3. c\n",
    "two spaces a level": "- a\n  - b\n    - c\n\n      deep\n- d\n",
    "tabs": "- a\n\n\t- b\n\n\t![x](x.png)\n\n\ttext ![y](y.png) text\n\n- c\n",
    "mixed": "1. a\n   - b\n     1. c\n\n        deep\n\n   back\n2. d\n",
    "below a paragraph": "text\n- a\n- b\n\ntext\n1. c\n2. d\n",
    "code in an item": "1. a\n\n   ```py\n   if x:\n       y\n\n   - z\n   ```\n\n2. b\n",
    "wide numbers": "10. a\n\n    b\n11. c\n\n12. d\n",
    "lazy lines": "- a\nmore of a\n- b\n  more of b\n\nend\n",
    "years are no lists": "since\n2020. a year\n\n- item\n\n  text\n  2021. a year\n",
    "rules are no lists": "- a\n\n***\n\n* * *\n\n- b\n",
    "headings end lists": "# h\n- a\n- b\n## h\n1. c\n\n   d\n",
}


class Outline(HTMLParser):
    """The blocks of a page and their text without white space."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts = [""]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.parts += [f"<{tag}>", ""]
        self.parts[-1] += "[picture]" if tag == "img" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS - {"hr"}:
            self.parts += [f"</{tag}>", ""]

    def handle_data(self, data: str) -> None:
        self.parts[-1] += "".join(data.split())


def outline(html: str) -> list[str]:
    return [part for part in Outline(html).parts if part]


def as_page(text: str) -> list[str]:
    return outline(markdown(text, extensions=["pymdownx.superfences"]))


@pytest.mark.parametrize("text", COMMONMARK.values(), ids=COMMONMARK)
def test_python_markdown_sees_what_commonmark_says(text):
    assert as_page(as_python_markdown(text)) == outline(MarkdownIt().render(text))


def test_most_of_them_need_it():
    broken = [name for name, text in COMMONMARK.items() if as_page(text) != outline(MarkdownIt().render(text))]
    assert len(broken) >= 6, broken


@pytest.mark.parametrize("text", COMMONMARK.values(), ids=COMMONMARK)
def test_a_second_time_changes_nothing(text):
    once = as_python_markdown(text)
    assert as_python_markdown(once) == once


class Code(HTMLParser):
    """The code of a page, character for character."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inside, self.text = False, ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = self.inside or tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "code"

    def handle_data(self, data: str) -> None:
        self.text += data * self.inside


@pytest.mark.parametrize("fence", ["   ", "    ", "\t", " \t", "     "])
@pytest.mark.parametrize("body", ["   ", "    ", "\t", "  \t", "      "])
@pytest.mark.parametrize("step", ["    ", "\t", "  "])
def test_code_in_an_item_keeps_its_indentation_whatever_it_is_indented_with(fence, body, step):
    text = f"1. a\n\n{fence}```\n{body}def f():\n{body}{step}if x:\n\n{body}{step}{step}return 1\n{fence}```\n\n2. b\n"
    page = markdown(as_python_markdown(text), extensions=["pymdownx.superfences"])
    expected = Code(MarkdownIt().render(text)).text
    assert "if x" in expected
    assert Code(page).text.rstrip() == expected.expandtabs(4).rstrip()  # Python-Markdown knows no tabs


def test_a_line_of_code_left_of_its_fence_stays_whole():
    assert as_python_markdown("- a\n\n\t```\n  x\ny\n\t```\n") == "- a\n\n    ```\n    x\n    y\n    ```\n"


def test_a_paragraph_that_begins_with_tabs_is_no_code():
    text = "### 四\n\n\t\t扩散模型 ![a](a.png)\n\n    段落\n\n- 甲\n\n\t\t乙\n"
    assert as_page(as_python_markdown(text)) == [
        "四扩散模型[picture]段落", "<ul>", "<li>", "甲乙", "</li>", "</ul>",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "```py\n    - x\n\n    y\n```\n",
        "<pre>\n  a\n\n    - b\n</pre>\n",
        "!!! note\n\n    text\n\n    - a\n",
        "[^1]: text\n\n    more\n",
        '=== "one"\n\n    text\n',
        "term\n:   meaning\n\n    more\n",
        "<div>\n    <p>a</p>\n</div>\n",
        "text\n\n$$\n  x\n- y\n$$\n",
    ],
)
def test_code_and_the_blocks_of_the_site_stay(text):
    assert as_python_markdown(text) == text


@pytest.mark.parametrize("page", sorted(Path("docs").rglob("*.md")), ids=str)
def test_pages_written_for_the_site_stay(page):
    body = read_note(page).body
    assert as_python_markdown(body) == body
