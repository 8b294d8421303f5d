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


SENTENCE = "docs/zh/only.md is missing: the page exists in en; write its twin or remove it there."


def test_missing_twin_stops_a_strict_build(tmp_path, caplog):
    config = make_site(tmp_path, {**PAGES, "en/only.md": "# Only"})
    with pytest.raises(Abort):
        build_site(config)
    assert SENTENCE in messages(caplog)


@pytest.mark.parametrize("serve", [False, True])
def test_elsewhere_it_is_one_warning_and_a_preview_says_so_on_the_page(tmp_path, caplog, serve):
    config = make_site(tmp_path, {**PAGES, "en/only.md": "# Only"}, site_url="https://x.org/c/")
    site = build_site(config, serve=serve, strict=False)
    assert messages(caplog).count(SENTENCE) == 1
    html = (site / "en" / "only" / "index.html").read_text()
    sentence = re.search(r'<p class="admonition-title">Only in the preview: ([^\n]*)</p>', html)
    assert bool(sentence) == serve
    assert not serve or re.search(r"missing in 中文; write <code>[^<]*docs/zh/only\.md</code>", sentence[1])
    assert "admonition" not in (site / "a" / "b" / "index.html").read_text()
    assert re.findall(r'rel="alternate " hreflang="([\w-]+)"', html) == ["en", "x-default"]
    assert re.search(r'<a href="\.\./\.\./" hreflang="zh"', html)  # to the home page, as nothing else is there


def test_a_partial_translation_is_complete(tmp_path, caplog):
    config = make_site(tmp_path, {**PAGES, "zh/only.md": "# Only"}, site_url="https://x.org/c/")
    for path in (config, config.with_name("mkdocs.en.yml")):
        path.write_text(path.read_text().replace("docs: docs/en}", "docs: docs/en, partial: true}"))
    html = (build_site(config, serve=True) / "only" / "index.html").read_text()
    assert not messages(caplog)
    assert "admonition" not in html
    assert re.findall(r'rel="alternate " hreflang="([\w-]+)"', html) == ["zh", "x-default"]
    assert re.search(r'<a href="\.\./en/" hreflang="en"', html)
    (tmp_path / "docs" / "en" / "extra.md").write_text("# What the complete language does not have")
    with pytest.raises(Abort):
        build_site(config)
    assert "docs/zh/extra.md is missing" in messages(caplog)


def test_a_language_without_a_home_page_is_not_offered_where_it_has_no_page(tmp_path):
    config = make_site(tmp_path, {"zh/index.md": "# 一", "zh/a.md": "# 二", "en/a.md": "# Two"})
    site = build_site(config, serve=True, strict=False)
    assert 'hreflang="en"' not in (site / "index.html").read_text()
    assert 'href="../en/a/" hreflang="en"' in (site / "a" / "index.html").read_text()


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
