"""A new kind of block is one class and one row of the registry; nothing else knows a kind by name."""

import re
import xml.etree.ElementTree as etree
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown import Markdown
from mkdocs.exceptions import Abort

from site_tools.authoring.blocks.kinds import KINDS
from site_tools.authoring.extension import LiveBlocks
from site_tools.authoring.fences import check_keys, identifier, text_of
from site_tools.authoring.page import Item, Page
from site_tools.authoring.prose import prose
from tests.support.sites import build_site, make_site, messages

TOY = "```toy\nid: bear\ntext: A *brown* bear of [[garments.fd_cnn | .1f]] kg\n```\n"


@dataclass(frozen=True, kw_only=True)
class Toy(Item):
    """One text in a box, a friend, and the loader."""

    live = True
    styles = ("live.css",)

    text: str
    friend: str = ""

    @classmethod
    def check(cls, block, page, number):
        check_keys(block, ("id", "text", "friend"), ("text",))
        given = identifier(block, "id") if "id" in block.values else f"toy-{number}"
        return cls(id=given, block=block, text=text_of(block, "text"), friend=str(block.values.get("friend", "")))

    def meet(self, items, broken):
        if self.friend and self.friend not in items:
            raise self.block.error("friend", f"there is no {self.friend}.")

    def render(self, parent, pen):
        box = etree.SubElement(parent, "section", {"id": self.id, "lang": pen.page.language})
        pen.markdown(box, self.text)


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    """A row of the registry."""
    monkeypatch.setitem(KINDS, "toy", Toy)


def test_a_row_of_the_registry_is_all_that_a_new_kind_needs(tmp_path):
    text = f"# P\n\n{TOY}\n```toy\ntext: Another\nfriend: bear\n```\n"
    html = (build_site(make_site(tmp_path, {"en/index.md": text}, languages=("en",))) / "index.html").read_text()
    assert re.search(r'<section id="bear" lang="en">\s*<p>A <em>brown</em> bear of 1.2 kg</p>\s*</section>', html)
    assert '<section id="toy-2" lang="en">' in html
    assert 'id="live-runtime"' in html  # it asked for the loader
    assert re.search(r"assets/live/live\.\w+\.css", html)


@pytest.mark.parametrize(
    ("more", "line", "words"),
    [("txt: x\n", 6, 'unknown key "txt"; did you mean "text"?'), ("friend: cat\n", 6, "there is no cat.")],
)
def test_its_errors_have_page_and_line_like_all_others(tmp_path, caplog, more, line, words):
    text = f"# P\n\n{TOY}".replace("kg\n", f"kg\n{more}")
    with pytest.raises(Abort):
        build_site(make_site(tmp_path, {"en/index.md": text}, languages=("en",)))
    assert f"docs/en/index.md:{line}: toy block: {words}" in messages(caplog)


def test_without_the_row_it_is_code(monkeypatch):
    assert "brown" in prose(TOY)
    monkeypatch.delitem(KINDS, "toy")
    assert "brown" not in prose(TOY)


def test_two_converters_at_once_keep_their_pages_apart():
    pages = {name: Page(language=name) for name in ("zh", "en")}
    converters = {name: Markdown(extensions=["fenced_code"]) for name in pages}
    blocks = LiveBlocks(lambda md: next(pages[name] for name, one in converters.items() if one is md))
    for converter in converters.values():
        converter.registerExtensions([blocks], {})
    texts = {"zh": "```toy\nid: xiong\ntext: 熊\n```", "en": "```toy\nid: bear\ntext: bear\n```"}
    for name, converter in converters.items():
        assert f'lang="{name}"' in converter.convert(texts[name])
    assert {name: list(page.items) for name, page in pages.items()} == {"zh": ["xiong"], "en": ["bear"]}


def test_no_module_but_its_own_and_the_registry_names_a_kind():
    folder = Path(__file__).parents[3] / "site_tools" / "authoring"
    for path in folder.glob("*.py"):
        assert not re.search(r'"(demo|exercise|screen)"|\b(Demo|Exercise|Screen)\b', path.read_text("utf-8")), path
