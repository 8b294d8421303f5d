"""What a page says of itself where a link to it is shared, and on a phone's home screen."""

import re
from pathlib import Path

from tests.support.sites import build_site, make_site

PAGE = '---\ntitle: 噪声 & "图"\ndescription: 一句话\n---\n# 一'
PAGES = {"zh/index.md": "# 一", "en/index.md": "# One", "zh/a/b.md": PAGE, "en/a/b.md": "# Two <b>bold</b>"}


def _built(root: Path, **options: str) -> Path:
    config = make_site(root, PAGES, **options)
    for file in root.glob("mkdocs*.yml"):
        course = "extra: {course: {touch_icon: assets/touch.png, picture: assets/card.png}}\n"
        file.write_text(file.read_text(encoding="utf-8") + course, encoding="utf-8")
    return build_site(config)


def _meta(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">', html))


def test_every_page_has_its_own_title_and_the_one_picture_by_its_whole_address(tmp_path):
    site = _built(tmp_path, site_url="https://x.org/c/")
    zh, en = (_meta((site / folder / "a/b/index.html").read_text()) for folder in ("", "en"))
    assert zh["og:title"] == "噪声 &amp; &#34;图&#34;"
    assert zh["og:description"] == "一句话"
    assert zh["og:url"] == "https://x.org/c/a/b/"
    assert en["og:url"] == "https://x.org/c/en/a/b/"
    assert en["og:title"].startswith("Two")
    assert zh["og:image"] == en["og:image"] == "https://x.org/c/assets/card.png"
    assert zh["twitter:card"] == "summary_large_image"
    assert (zh["og:locale"], en["og:locale"]) == ("zh_CN", "en")


def test_without_an_address_of_the_site_no_page_names_a_picture_that_nobody_could_fetch(tmp_path):
    meta = _meta((_built(tmp_path) / "a/b/index.html").read_text())
    assert "og:image" not in meta
    assert "og:url" not in meta
    assert meta["og:description"] == "一句话"


def test_the_touch_icon_is_found_from_every_depth_and_language(tmp_path):
    site = _built(tmp_path)
    for page, root in (("index.html", ""), ("a/b/index.html", "../../"), ("en/a/b/index.html", "../../../")):
        assert f'<link rel="apple-touch-icon" href="{root}assets/touch.png">' in (site / page).read_text()
