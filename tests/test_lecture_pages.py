"""Lecture pages on whole tiny sites, made from records alone: no LibreOffice, no python-pptx, no Pillow."""

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from site_tools.lectures.record import Font, Item, Link, Losses, Media
from site_tools.lectures.texts import EN, TEXTS, ZH, loss_sentences
from site_tools.lectures.words import items_html
from tests.decks import Made, converted
from tests.sites import build_site, make_site, messages

DEMO = "```demo\nuse: draw-model\nid: first\nmodel: garments\nsteps: 5\ncaption: A garment\n```\n"
LIST = "# All\n\n[[lectures]]\n\nEnd.\n"
PAGES = {
    f"{language}/{name}": text
    for language in ("zh", "en")
    for name, text in (("index.md", "# Home\n"), ("deep/page.md", f"# P\n\n{DEMO}"), ("lectures/index.md", LIST))
}
RUN = Link("deep/page/?demo=first&steps=7#first", "▶ Run it", ((100, 200, 300, 100),))
JUMP = Link("#slide-1", "", ((9, 9, 90, 90),))
SLIDES = (
    Made("Adversaries", ("a generator",), "Say hello.\nThen wait."),
    Made("The <game>", ("value *V* of `x_t` and $x$", "[[garments.none]] --8<-- {x}"), links=(RUN, JUMP)),
    Made("", ("only words",), links=(Link("https://arxiv.org/abs/1", "GAN"), Link("javascript:alert(1)", "bad"))),
)  # fmt: skip


def site_with(tmp_path: Path, *, pages: dict[str, str] = PAGES, nav: str = "", **options) -> Path:
    """A configuration whose docs/lectures may hold decks."""
    config = make_site(tmp_path, pages, lectures=True, **options)
    for file in tmp_path.glob("mkdocs*.yml"):
        text = file.read_text(encoding="utf-8").replace("plugins:\n", "plugins:\n  search: {}\n")
        file.write_text(text + nav, encoding="utf-8")
    return config


@pytest.fixture
def built(tmp_path) -> Path:
    """Two decks, one of them in each language."""
    lectures = tmp_path / "docs" / "lectures"
    converted(lectures / "03-gan", *SLIDES, losses=Losses(fonts=(Font("等线", "Noto Sans CJK SC"),), animations=(2,)))
    converted(lectures / "01-intro", Made("开场", ("随机噪声",)), language="zh", of="zh")
    converted(lectures / "01-intro", Made("Opening", ("random noise",)), language="en")
    return build_site(site_with(tmp_path))


def read(site: Path, address: str) -> str:
    return (site / address / "index.html").read_text(encoding="utf-8")


def article(site: Path, address: str) -> str:
    return read(site, address).partition("<article")[2].partition("</article>")[0]


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
        r'<img src="[^"]+" alt="([^"]+)" width="1280" height="720" loading="lazy">',
        html,
    )
    assert [(name, label, unescape(alt)) for name, label, alt in slides] == [
        ("slide-1", "Slide 1 of 3", "Adversaries"),
        ("slide-2", "Slide 2 of 3", "The <game>"),
        ("slide-3", "Slide 3 of 3", "only words"),
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


NAV = "nav:\n  - Home: index.md\n  - Page: deep/page.md\n  - Teach:\n      - Slides: lectures/\n"


def test_the_navigation_names_every_lecture(tmp_path):
    lectures = tmp_path / "docs" / "lectures"
    for number in (2, 1):
        converted(lectures / f"0{number}-x", Made(f"Lecture {number}"))
    site = build_site(site_with(tmp_path, nav=NAV))
    for folder in ("", "en/"):
        nav = (
            read(site, f"{folder}lectures/02-x").partition('class="md-nav md-nav--primary"')[2].partition("</nav>\n")[0]
        )
        links = re.findall(r'<a href="([^"]+)" class="md-nav__link', nav)
        assert [link for link in links if "#" not in link] == ["../..", "../../deep/page/", "../", "../01-x/", "./"]
        assert nav.index("Slides") < nav.index("All") < nav.index("Lecture 1") < nav.index("Lecture 2")


@pytest.mark.parametrize("nav", ["", NAV])
def test_a_site_without_decks_builds_strictly(tmp_path, nav):
    site = build_site(site_with(tmp_path, nav=nav))
    assert "还没有课件。" in read(site, "lectures")
    assert "There are no lectures yet." in read(site, "en/lectures")
    if nav:
        assert re.search(
            r'href="(\./|\.\./lectures/)"[^>]*class="md-nav__link[^>]*>\s*(<[^>]+>\s*)*Slides', read(site, "lectures")
        )


def test_a_bare_entry_of_the_navigation_and_no_page_of_all(tmp_path):
    converted(tmp_path / "docs" / "lectures" / "01-x", Made("One"))
    pages = {"en/index.md": "# Home"}
    site = build_site(site_with(tmp_path, pages=pages, languages=("en",), nav="nav:\n  - index.md\n  - lectures/\n"))
    assert 'href="lectures/01-x/"' in read(site, "")


def test_a_folder_of_lectures_among_the_pages_publishes_no_json(tmp_path):
    converted(tmp_path / "docs" / "en" / "lectures" / "01-x", Made("One"))
    config = site_with(tmp_path, pages={"en/index.md": "# Home", "en/lectures/index.md": LIST}, languages=("en",))
    config.write_text(config.read_text().replace("docs/lectures", "docs/en/lectures"))
    site = build_site(config)
    assert sorted(path.name for path in (site / "lectures" / "01-x").iterdir()) == [
        "index.html", "slide-01.webp", "slides.pdf", "slides.pptx", "thumb-01.webp",
    ]  # fmt: skip


def test_names_with_chinese_letters_and_odd_signs(tmp_path):
    converted(tmp_path / "docs" / "lectures" / "05 对抗 #1 & 50%", Made("对抗"), of="zh")
    site = build_site(site_with(tmp_path))
    html = read(site, "en/lectures/05 对抗 #1 & 50%")
    source = unescape(re.search(r'<img src="([^"]+)" alt="对抗"', html)[1])
    assert source == "../../../lectures/05%20%E5%AF%B9%E6%8A%97%20%231%20%26%2050%25/slide-01.webp"


def test_an_offline_site_names_files(tmp_path):
    converted(tmp_path / "docs" / "lectures" / "03-gan", *SLIDES)
    site = build_site(site_with(tmp_path, offline="true"))
    html = (site / "en" / "lectures" / "03-gan.html").read_text(encoding="utf-8")
    assert 'href="../deep/page.html?demo=first&amp;steps=7#first"' in html
    assert 'src="../../lectures/03-gan/slide-01.webp"' in html
    assert 'href="../../lectures/03-gan.html" hreflang="zh"' in html
    assert 'href="03-gan.html"><img' in (site / "en" / "lectures" / "index.html").read_text(encoding="utf-8")


# --- What stops a strict build ---------------------------------------------------------------------


def stops(config: Path, caplog) -> list[str]:
    with pytest.raises(Abort):
        build_site(config)
    return messages(caplog).splitlines()


def test_a_deck_that_is_not_converted_stops_the_build_with_one_sentence(tmp_path, caplog, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "docs" / "lectures" / "03-gan"
    folder.mkdir(parents=True)
    (folder / "slides.pptx").write_bytes(b"deck")
    said = stops(site_with(tmp_path), caplog)
    assert [line for line in said if "03-gan" in line] == [
        "live-models: docs/lectures/03-gan/slides.pptx has no up-to-date outputs: run `python -m site_tools lectures`."
    ]


def test_a_deck_that_has_changed_since_is_shown_as_it_was_by_a_build_that_is_not_strict(tmp_path, caplog):
    version = converted(tmp_path / "docs" / "lectures" / "03-gan", *SLIDES)
    version.path.write_bytes(b"changed")
    config = site_with(tmp_path)
    assert any("has no up-to-date outputs" in line for line in stops(config, caplog))
    assert "Adversaries" in read(tmp_path / "site", "lectures/03-gan")


def test_a_link_that_leads_nowhere_stops_the_build_and_names_the_slide(tmp_path, caplog):
    links = (Link("deep/pag/", "x", ((1, 1, 9, 9),)), Link("deep/page/?demo=frist", "y"))
    converted(tmp_path / "docs" / "lectures" / "03-gan", Made("One"), Made("Two", links=links))
    said = "\n".join(stops(site_with(tmp_path), caplog))
    assert re.search(r'03-gan/slides\.pptx, slide 2: a link leads to deep/pag, .*; did you mean "deep/page"\?', said)
    assert re.search(r'slides\.pptx, slide 2: a link asks for the demo frist of deep/page\.md, .*"first"\?', said)


def test_two_pages_of_one_address_stop_the_build(tmp_path, caplog):
    converted(tmp_path / "docs" / "lectures" / "03-gan", Made("One"))
    pages = PAGES | {f"{language}/lectures/03-gan.md": "# Mine" for language in ("zh", "en")}
    assert any("lectures/03-gan.md exists already" in line for line in stops(site_with(tmp_path, pages=pages), caplog))


def test_two_decks_of_one_number_stop_the_build(tmp_path, caplog):
    for name in ("03-gan", "3-vae"):
        converted(tmp_path / "docs" / "lectures" / name, Made(name))
    assert any("both have number 3" in line for line in stops(site_with(tmp_path), caplog))


def test_pages_need_neither_python_pptx_nor_pillow_nor_pypdf(tmp_path):
    converted(tmp_path / "docs" / "lectures" / "03-gan", *SLIDES)
    config = site_with(tmp_path)
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['pptx', 'PIL', 'pypdf', 'lxml', 'torch', 'numpy']))\n"
        f"from mkdocs.__main__ import cli; cli(['build', '--strict', '--config-file', {str(config)!r}])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Adversaries" in read(tmp_path / "site", "en/lectures/03-gan")


# --- Words -----------------------------------------------------------------------------------------


def test_nested_bullets_paragraphs_and_tables():
    items = [Item("a", 0), Item("b", 2), Item("c", 1), Item("d", 0), Item("e"), Item(rows=(("f", "g"),)), Item("h", 1)]
    assert items_html(items) == (
        "<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul><p>e</p>"
        "<table><tbody><tr><td>f</td><td>g</td></tr></tbody></table><ul><li>h</li></ul>"
    )


def test_both_languages_say_the_same_things():
    holes = re.compile(r"\{(\w+)\}")
    for name in ZH.__dataclass_fields__:
        zh, en = getattr(ZH, name), getattr(EN, name)
        if isinstance(zh, str):
            assert sorted(holes.findall(zh)) == sorted(holes.findall(en)), name
            assert zh.strip()
            assert en.strip()
    assert set(TEXTS) == {"zh", "en"}


def test_every_loss_has_its_sentence_in_both_languages():
    media = *(Media(number, "a.mp4", 3_000_000) for number in (2, 3, 9)), Media(5, "b", 0)
    losses = Losses((Font("A"), Font("B", "C")), (1, 2, 3, 7), (4,), media, (6,), 2)
    zh, en = (loss_sentences(losses, language) for language in ("zh", "en"))
    assert len(zh) == len(en) == 6
    assert en[2] == "Animations: slides 1–3, 7. The picture shows everything at once."
    assert en[4].startswith(
        "Videos and sounds: a.mp4 on slide 2–3, 9 (3.0 MB), b on slide 5 (outside the deck's file)."
    )
    assert zh[0] == "字体：转换用的电脑上缺这些字体：A、B（用 C 代替）；换行和字形可能与原来不同。"
    assert loss_sentences(Losses(), "en") == []
