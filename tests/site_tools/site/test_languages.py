"""Twins: a missing one stops the build if there are two languages; the switch and hreflang stay on the page."""

import re

import pytest
from mkdocs.exceptions import Abort

from site_tools.site import languages
from tests.support.sites import build_site, make_site, messages

NAMES = {"zh": "中文", "en": "English"}
PAGES = {"zh/index.md": "# 一", "en/index.md": "# One", "zh/a/b.md": "# 二", "en/a/b.md": "# Two"}


@pytest.mark.parametrize(
    ("url", "language", "links"),
    [
        ("", "zh", ["./", "en/"]),
        ("", "en", ["../", "./"]),
        ("a/b/", "zh", ["./", "../../en/a/b/"]),
        ("a/b/", "en", ["../../../a/b/", "./"]),
        ("a/b.html", "zh", ["b.html", "../en/a/b.html"]),
        ("a/b.html", "en", ["../../a/b.html", "b.html"]),
        ("index.html", "zh", ["index.html", "en/index.html"]),
    ],
)
def test_links_lead_to_the_same_page(url, language, links):
    made = languages.alternates(url, language, NAMES, "https://x.org/c/")
    assert [twin.link for twin in made] == links
    assert [twin.current for twin in made] == [code == language for code in NAMES]
    assert made[1].absolute == f"https://x.org/c/en/{url}"


@pytest.mark.parametrize(
    ("url", "depth", "root"), [("", 0, ""), ("./", 1, "../"), ("a/b/", 0, "../../"), ("a/b.html", 1, "../../")]
)
def test_way_to_the_root(url, depth, root):
    assert languages.root_of(url, depth) == root


def test_missing_twin_stops_the_build(tmp_path, caplog):
    config = make_site(tmp_path, {**PAGES, "en/only.md": "# Only"})
    with pytest.raises(Abort):
        build_site(config)
    assert "docs/zh/only.md is missing: the page exists in en; write its twin or remove it there." in messages(caplog)


def test_one_language_needs_no_twin_and_has_no_switch(tmp_path):
    html = (build_site(make_site(tmp_path, {"en/index.md": "# One"}, languages=("en",))) / "index.html").read_text()
    assert "course-language" not in html
    assert "hreflang" not in html


def test_switch_hreflang_canonical_and_sitemap_name_the_same_addresses(tmp_path):
    site = build_site(make_site(tmp_path, PAGES, site_url="https://x.org/c/"))
    for folder, page in (("", "a/b/"), ("en/", "a/b/"), ("", ""), ("en/", "")):
        html = (site / folder / page / "index.html").read_text()
        canonical = f"https://x.org/c/{folder}{page}"
        assert f'<link rel="canonical" href="{canonical}">' in html
        assert dict(re.findall(r'<link rel="alternate " hreflang="([\w-]+)" href="([^"]+)">', html)) == {
            "zh": f"https://x.org/c/{page}", "x-default": f"https://x.org/c/{page}", "en": f"https://x.org/c/en/{page}",
        }  # fmt: skip
        assert canonical in (site / folder / "sitemap.xml").read_text()
        assert re.search(r'<a href="[^"]+" hreflang="(zh|en)"[^>]*class="course-language"', html)
    assert 'lang="en"' in (site / "en" / "index.html").read_text()


def test_without_an_address_pages_carry_no_relative_hreflang(tmp_path):
    html = (build_site(make_site(tmp_path, PAGES)) / "index.html").read_text()
    assert 'rel="alternate' not in html
    assert 'href="en/" hreflang="en"' in html


def test_error_page_links_from_the_root_of_the_server(tmp_path):
    site = build_site(make_site(tmp_path, PAGES, site_url="https://x.org/c/"))
    assert 'href="/c/en/"' in (site / "404.html").read_text()
    assert 'href="/c/"' in (site / "en" / "404.html").read_text()


def test_language_without_an_entry_is_told(tmp_path, caplog):
    config = make_site(tmp_path, PAGES)
    config.write_text(config.read_text().replace("language: zh", "language: de"))
    with pytest.raises(Abort):
        build_site(config)
    assert "theme.language is de, but live-models.languages has zh, en" in messages(caplog)
