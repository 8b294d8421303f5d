"""Lecture pages on whole tiny sites, made from records alone: no LibreOffice, no python-pptx, no Pillow."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from site_tools.lectures.record import Font, Link, Losses
from tests.support.decks import WIDTH, Made, converted
from tests.support.lecture_sites import SLIDES, article, read, site_with
from tests.support.sites import build_site

WORDS_PICTURE_HIGH = (50, 500, 120, 30), (100, 200, 300, 240), (1100, 10, 170, 200)  # boxes on a slide


@pytest.fixture
def built(tmp_path) -> Path:
    """Two decks, one of them in each language."""
    lectures = tmp_path / "docs" / "lectures"
    converted(lectures / "03-gan", *SLIDES, losses=Losses(fonts=(Font("等线", "Noto Sans CJK SC"),), animations=(2,)))
    converted(lectures / "01-intro", Made("开场", ("随机噪声",)), language="zh", of="zh")
    converted(lectures / "01-intro", Made("Opening", ("random noise",)), language="en")
    return build_site(site_with(tmp_path))


def test_every_link_and_picture_of_every_page_is_there(built):
    seen = 0
    for page in built.rglob("*.html"):
        if page.name == "404.html":
            continue
        for address in re.findall(r'(?:src|href)="([^"#?]+)', page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", address):
                target = page.parent / unescape(address)
                seen += address.endswith(".webp")
                assert (target / "index.html" if target.is_dir() else target).is_file(), (page, address)
    assert seen == 2 * (2 * 3 + 2 * 1 + 2)  # in both languages: slides and thumbnails of both decks, and their list


def test_each_language_shows_its_own_deck_and_files_lie_once(built):
    assert "开场" in article(built, "lectures/01-intro")
    assert "Opening" in article(built, "en/lectures/01-intro")
    assert "slide-01.zh.webp" in article(built, "lectures/01-intro")
    assert "slide-01.en.webp" in article(built, "en/lectures/01-intro")
    for page in ("lectures/03-gan", "en/lectures/03-gan"):
        assert "slide-03.webp" in article(built, page)
    assert sorted(path.name for path in (built / "lectures" / "03-gan").iterdir()) == sorted(
        [
            "index.html",
            "slides.pptx",
            "slides.pdf",
            *(f"{kind}-0{n}.webp" for kind in ("slide", "thumb") for n in (1, 2, 3)),
        ]
    )
    assert [path.name for path in (built / "en" / "lectures" / "03-gan").iterdir()] == ["index.html"]


def test_a_badge_stands_above_a_picture_and_never_on_words(tmp_path):
    words, picture, high = (Link("deep/page/?demo=first#first", "Run", (box,)) for box in WORDS_PICTURE_HIGH)
    converted(tmp_path / "docs" / "lectures" / "03-gan", Made("A", links=(words,)), Made("B", links=(picture, high)))
    slides = article(build_site(site_with(tmp_path)), "lectures/03-gan").split('class="lecture-slide"')[1:]
    assert slides[0].count("lecture-site") == 1
    assert "lecture-badge" not in slides[0]
    places = re.findall(r'translate\((\d+) (\d+)\)"><g class="lecture-badge"><rect x="(-?\d+)" y="(-?\d+)"', slides[1])
    (x, y, left, up), (edge, low, *_) = [map(int, place) for place in places]
    assert (x, left) == (100 + 300 + 6, -100)
    assert y <= 200 - 6  # its lower edge, above the frame of the picture
    assert up == -38
    assert edge <= WIDTH - 8
    assert low >= 72  # enlarged on a phone it is still on the slide


def test_the_page_says_what_it_is(built):
    html = read(built, "en/lectures/03-gan")
    assert "<h1>Adversaries</h1>" in html
    assert "<title>Adversaries - A course</title>" in html
    assert unescape(re.search(r'<meta name="description" content="([^"]+)"', html)[1]) == (
        "The slides of “Adversaries”, 3 in all: The ＜game＞."
    )
    facts = re.search(r'<p class="lecture-facts">(.*?)</p>', html)[1]
    assert re.sub(r"<[^>]+>", "", facts) == "3 slides · Download: PPTX (1 KB), PDF (1 KB)"
    assert 'download="03-gan.pptx"' in facts
    assert "3 页 · 下载：PPTX（1 KB）、PDF（1 KB） · 课件是英文的" in re.sub(
        r"<[^>]+>", "", read(built, "lectures/03-gan")
    )
    assert 'href="../../../lectures/03-gan/" hreflang="zh"' in html


def test_the_author_says_what_a_deck_is_about(tmp_path):
    lectures = tmp_path / "docs" / "lectures"
    converted(lectures / "03-gan", *SLIDES, subject="Forgers & <critics>")
    site = build_site(site_with(tmp_path))
    assert "Forgers &amp; &lt;critics&gt;" in read(site, "en/lectures").replace("&#60;", "&lt;")
    description = re.search(r'<meta name="description" content="([^"]+)"', read(site, "en/lectures/03-gan"))[1]
    assert unescape(description) == "The slides of “Adversaries”, 3 in all: Forgers & ＜critics＞."


def test_titles_and_subjects_are_never_elements_of_any_page(tmp_path):
    """The theme prints them into menus, titles and attributes as they are, and would let a script through."""
    bad = 'A&B </title><script>alert(1)</script> "x" &lt;script&gt;'
    converted(tmp_path / "docs" / "lectures" / "03-gan", Made(bad, (bad,)), Made("Two"), subject=bad)
    site = build_site(site_with(tmp_path))
    pages = [path.read_text(encoding="utf-8") for path in site.rglob("*.html")]
    assert len(pages) > 4
    for html in pages:
        assert "<script>alert" not in html
        assert html.count("</title>") == 1
    html = read(site, "en/lectures/03-gan")
    described = unescape(re.search(r'<meta name="description" content="([^"]+)">', html)[1])
    assert described.startswith(
        "The slides of “A&B ＜/title＞＜script＞alert(1)＜/script＞ ”x” ＆lt;script＆gt;”, 2 in all"
    )
    assert "&lt;/title&gt;" in re.search(r"<h1>(.*?)</h1>", html)[1].replace("&#47;", "/")
    for entry in json.loads((site / "en/search/search_index.json").read_text(encoding="utf-8"))["docs"]:
        assert "<script" not in entry["title"] + entry["text"]


def test_an_example_of_the_mark_stays_an_example(tmp_path):
    converted(tmp_path / "docs" / "lectures" / "03-gan", Made("One"))
    config = site_with(tmp_path)
    page = tmp_path / "docs" / "en" / "lectures" / "index.md"
    page.write_text("# All\n\n```\n[[lectures]]\n```\n\n  [[lectures]]\n", encoding="utf-8")
    html = article(build_site(config), "en/lectures")
    assert html.count('<ul class="lecture-list">') == 1
    assert "[[lectures]]" in html


def test_slides_thumbnails_and_their_names(built):
    html = article(built, "en/lectures/03-gan")
    slides = re.findall(
        r'<div class="lecture-slide" id="(slide-\d)" role="group" aria-label="([^"]+)">'
        r'<img src="[^"]+" alt="([^"]+)" width="1280" height="720" ([^>]+)>',
        html,
    )
    assert [(name, label, unescape(alt), loading) for name, label, alt, loading in slides] == [
        ("slide-1", "Slide 1 of 3", "Adversaries", 'fetchpriority="high"'),
        ("slide-2", "Slide 2 of 3", "The <game>", 'loading="lazy"'),
        ("slide-3", "Slide 3 of 3", "only words", 'loading="lazy"'),
    ]
    assert re.findall(r'<a href="(#slide-\d)" aria-label="Slide \d"><img', html) == ["#slide-1", "#slide-2", "#slide-3"]
    assert re.findall(r'<img[^>]+ lang="en"', article(built, "lectures/03-gan"))
    assert not re.findall(r"<img[^>]+ lang=", html)


def test_hotspots_lie_over_the_slide_in_its_own_pixels(built):
    html = article(built, "en/lectures/03-gan")
    (svg,) = re.findall(r"<svg viewBox=.*?</svg>", html)
    assert svg.startswith('<svg viewBox="0 0 1280 720">')
    run, jump = re.findall(r"<a .*?</a>", svg)
    assert 'href="../../deep/page/?demo=first&amp;steps=7#first"' in run
    assert unescape(re.search(r'aria-label="([^"]+)"', run)[1]) == "Run: Run it"
    assert '<rect x="94" y="194" width="312" height="112" rx="10"/>' in run
    assert "▶ Run" in run
    assert unescape(re.search(r'aria-label="([^"]+)"', jump)[1]) == "To slide 1"
    assert 'href="#slide-1"' in jump
    assert "<text" not in jump
    assert "▶ 运行" in article(built, "lectures/03-gan")
    assert "style=" not in article(built, "en/lectures/03-gan")


def test_words_of_a_deck_are_words_and_nothing_else(built):
    html = article(built, "en/lectures/03-gan")
    text = unescape(re.search(r'<h2 id="slide-2-text">.*?</ul>', html)[0])
    assert text == (
        '<h2 id="slide-2-text"><a href="#slide-2">Slide 2</a> The <game></h2>'
        "<ul><li>value *V* of `x_t` and $x$</li><li>[[garments.none]] --8<-- {x}</li></ul>"
    )
    assert "<game>" not in html
    assert "javascript" not in html
    assert '<a href="https://arxiv.org/abs/1">GAN</a>' in html


def test_notes_and_losses_are_on_the_page_and_absent_where_there_are_none(built):
    html = article(built, "en/lectures/03-gan")
    assert re.search(
        r'<div data-slide="1"><h3 id="slide-1-notes">.*?</h3><p>Say hello.</p><p>Then wait.</p></div>', html
    )
    assert html.count("data-slide=") == 1
    losses = unescape(re.search(r'<details class="lecture-losses">(.*?)</details>', html)[1])
    assert "the converting computer lacks 等线 (shown as Noto Sans CJK SC)" in losses
    assert "Animations: slides 2." in losses
    other = article(built, "en/lectures/01-intro")
    assert "lecture-notes" not in other
    assert "lecture-losses" not in other


def test_the_search_finds_the_words_of_a_slide_in_the_right_language(built):
    def entries(folder: str) -> dict[str, str]:
        docs = json.loads((built / folder / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
        return {doc["location"]: f"{doc['title']} {doc['text']}".replace("\u200b", "") for doc in docs}

    zh, en = entries(""), entries("en")
    assert "随机噪声" in zh["lectures/01-intro/#slide-1-text"]
    assert "random noise" in en["lectures/01-intro/#slide-1-text"]
    assert not any("random noise" in text for text in zh.values())
    assert "a generator" in en["lectures/03-gan/#slide-1-text"]
    assert "Say hello" in en["lectures/03-gan/#slide-1-notes"]
    assert sum("a generator" in text for text in en.values()) == 1
    assert not any("▶" in text for text in en.values())


def test_the_page_loads_the_viewer_and_other_pages_do_not(built):
    table = json.loads(re.search(r'id="live-runtime">(.*?)</script>', read(built, "lectures/03-gan"))[1])
    assert list(table["files"]) == ["elements/lecture-slides.js"]
    assert "live-runtime" not in read(built, "lectures")


def test_the_list_stands_where_the_page_asks_for_it(built):
    html = article(built, "en/lectures")
    (found,) = re.findall(r'<ul class="lecture-list">(.*?)</ul>', html)
    assert re.findall(r'<a href="([^"]+)"><img src="([^"]+)".*?<strong>(.*?)</strong>', found) == [
        ("01-intro/", "../../lectures/01-intro/thumb-01.en.webp", "Opening"),
        ("03-gan/", "../../lectures/03-gan/thumb-01.webp", "Adversaries"),
    ]
    assert unescape(re.findall(r"<span>(.*?)</span>", found)[1]) == "3 slides · The <game>"
