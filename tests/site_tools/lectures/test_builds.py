"""Lectures in the navigation of a site and in its list, and what about them stops a strict build."""

import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from site_tools.lectures.record import Link
from tests.support.decks import Made, converted
from tests.support.lecture_sites import LIST, PAGES, SLIDES, read, site_with
from tests.support.sites import build_site, messages

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
