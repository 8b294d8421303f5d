"""What was imported is a page of a site that builds strictly, and the report names what that site still needs."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from tests.site_tools.authoring.test_links import TYPORA
from tests.support.notes import article, make_twins, png
from tests.support.sites import build_site, make_site


def assert_pictures_are_there(folder: Path, count: int) -> None:
    addresses = re.findall(r'<img[^>]*?\bsrc="([^"]+)"', article(folder))
    assert len(addresses) == count
    for address in addresses:
        assert (folder / unquote(address)).is_file(), address


def test_the_document_of_the_course_with_its_pictures_in_one_folder_becomes_a_page(course):
    for number in range(1, 15):
        (course.inbox / f"image-{number:02d}.png").write_bytes(png(number))
    status, said = course.run(TYPORA, name="README.md")
    assert status == 0
    assert said.count("found beside the note") == 14
    assert "docs/zh/notes/README.md is written: 14 copied." in said
    make_twins(course)
    site = build_site(course.root / "mkdocs.yml")
    assert_pictures_are_there(site / "notes", 14)
    html = article(site / "notes")
    assert "<pre" not in html
    assert "<p>模型从噪声出发" in html
    assert html.count("<ul>") == MarkdownIt().render(TYPORA).count("<ul>")


def test_what_was_imported_builds_strictly_in_both_languages(course):
    text = """---
typora-root-url: pics
---
# 笔记 {lang}

1. 步骤
   ![alt](a.png "t")

2. <img src="/x(1).png" alt="x" style="zoom:50%;" />

   [文献][p] 与 <center><img src="pics/图 一.png" alt="图"></center>

<center><img src="pics/50%.png" alt="half"></center>

行内公式 $x_t$，`![c](D:\\c.png)`

[p]: <paper.pdf> "T"
"""
    for language in ("zh", "en"):
        assert course.run(text, "--language", language, name="我的 笔记#1.md")[0] == 0
    site = build_site(course.root / "mkdocs.yml")
    for folder in (site, site / "en"):
        page = folder / "notes" / "我的-笔记-1"
        assert_pictures_are_there(page, 4)
        html = article(page)
        assert 'width="15"' in html
        assert 'style="' not in html
        assert html.count("<ol>") == 1
        assert (page / "../我的-笔记-1.assets/paper.pdf").is_file()


def test_a_site_of_one_language_needs_no_twin(course, tmp_path, monkeypatch):
    make_site(tmp_path / "other", {"en/index.md": "# I"}, languages=("en",))
    monkeypatch.chdir(tmp_path / "other")
    status, said = course.run("# T\n\n![what it shows](a.png)\n")
    assert (status, "still needs" in said) == (0, False)
    assert_pictures_are_there(build_site(tmp_path / "other" / "mkdocs.yml") / "notes/note", 1)


def test_the_report_names_what_the_site_still_needs(course):
    config = course.root / "mkdocs.yml"
    config.write_text(config.read_text() + "nav:\n  - 首页: index.md\n")
    _, said = course.run("## 二\n\n![image-2024](a.png)\n<p style='color:red'>x</p>\n")
    needs = said.partition("The site still needs:\n")[2].splitlines()
    assert needs == [
        "- docs/en/notes/note.md, the same page in the other language: the build stops without it",
        "- an entry under nav in mkdocs.yml: `- note: notes/note.md`",
        "- a heading of level 1 as the first line of docs/zh/notes/note.md: `# Title`",
        "- words for readers who do not see the pictures, `![what it shows](...)`: line 3 of the note",
        "- other means than style=, which the site's pages forbid: line 4 of the note",
    ]
    config.write_text(config.read_text() + "  - 笔记: [二: notes/note.md]\n")
    make_twins(course)
    assert "still needs" not in course.run("# 一：二\n\n![两只鞋](a.png)\n", "--force")[1]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("# 扩散: 概览 { #o }\n", "'扩散: 概览': notes/note.md"),
        ("`# no`\n\n**T** and\n===\n", "T and: notes/note.md"),
        ("```\n# no\n```\n#真\n", "真: notes/note.md"),
    ],
)
def test_the_entry_for_nav_has_the_title_of_the_note(course, text, entry):
    config = course.root / "mkdocs.yml"
    config.write_text(config.read_text() + "nav:\n  - 首页: index.md\n")
    assert f"`- {entry}`" in course.run(text)[1]
