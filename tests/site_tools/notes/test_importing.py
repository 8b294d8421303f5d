"""`python -m site_tools import`: every form, every encoding, nothing lost, and pages that build strictly."""

import re
import shutil
from pathlib import Path

import pytest

from site_tools.notes.files import as_link, readings, safe_name
from tests.support.notes import article, make_twins, png, tree
from tests.support.sites import build_site

A = "note.assets/a.png"


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("![alt](a.png)", f"![alt]({A})"),
        ("![](./a.png)", f"![]({A})"),
        ('![alt](a.png "title")', f'![alt]({A} "title")'),
        ("![alt](<a.png> 'title')", f"![alt]({A} 'title')"),
        ("![alt](pics/b%20c.png)", "![alt](note.assets/b-c.png)"),
        ("![alt](pics/b c.png)", "![alt](note.assets/b-c.png)"),
        ("![alt](<pics/b c.png>)", "![alt](note.assets/b-c.png)"),
        (r"![alt](pics\b c.png)", "![alt](note.assets/b-c.png)"),
        (r"![alt](.\pics\x(1).png)", "![alt](note.assets/x-1.png)"),
        ("![alt](pics/50%.png)", "![alt](note.assets/50.png)"),
        ("![alt](pics/50%25.png)", "![alt](note.assets/50.png)"),
        ("![alt](pics/图%20一.png)", "![alt](note.assets/图-一.png)"),
        ("![alt](pics/%E5%9B%BE%20%E4%B8%80.png)", "![alt](note.assets/图-一.png)"),
        ("![alt](PICS/../pics/B%20C.PNG)", "![alt](note.assets/b-c.png)"),
        ("![alt][r]\n\n[R]: a.png 'title'", f"![alt][r]\n\n[R]: {A} 'title'"),
        ("![r]\n\n[r]: <pics/b c.png>", "![r]\n\n[r]: note.assets/b-c.png"),
        ("[![alt](a.png)](paper.pdf)", f"[![alt]({A})](note.assets/paper.pdf)"),
        ("[p](paper.pdf#page=3)", "[p](note.assets/paper.pdf#page=3)"),
        ("[p][q]\n\n[q]: paper.pdf", "[p][q]\n\n[q]: note.assets/paper.pdf"),
        ('<img src="a.png" alt="x">', f'<img src="{A}" alt="x">'),
        ("<img alt='x'\n  src=a.png>", f"<img alt='x'\n  src=\"{A}\">"),
        ('<img src="a.png" alt="x" style="zoom:50%;" />', f'<img src="{A}" alt="x" width="5" />'),
        ('<img src="a.png" style="zoom: 2" alt="x">', f'<img src="{A}" width="20" alt="x">'),
        ('<img src="a.png" style="width:300px; margin: auto">', f'<img src="{A}" width="300">'),
        ('<img src="a.png" style="zoom:1.2.3%; width:4">', f'<img src="{A}">'),
        ('<img src="a.png" style="ZOOM:.4; WIDTH:9PX">', f'<img src="{A}" width="4">'),
        ('<img src="a.png" style="width: 40%">', f'<img src="{A}" width="40%">'),
        ('<img src="a.png" width="7" style="zoom:50%">', f'<img src="{A}" width="7">'),
        ('<img src="photo.jpg" alt="x" style="zoom:50%">', '<img src="note.assets/photo.jpg" alt="x">'),
        ('<img src="a.png" style="float:left">', f'<img src="{A}">'),
        ('<a href="paper.pdf">p</a>', '<a href="note.assets/paper.pdf">p</a>'),
        ("<a href='paper.pdf?a=1&amp;b=2'>p</a>", '<a href="note.assets/paper.pdf?a=1&amp;b=2">p</a>'),
        ("- y\n\n\t- x\n\n\ttext![alt](a.png)text", f"- y\n\n    - x\n\n    text![alt]({A})text"),
        ("| ![alt](a.png) |\n|---|", f"| ![alt]({A}) |\n|---|"),
        ("[s](#h) [m](mailto:a@b.cn) [w](https://x.org/a.png) [u](www.x.org)", None),
        ("`![alt](D:\\a.png)` and\n\n```md\n![alt](a.png)\n```", None),
        ("<!-- ![alt](D:\\a.png) -->", None),
        ("$p[x](t)$", None),
        ("[[classroom.students]] and [ ] [x] [note]", None),
    ],
)
def test_every_form_of_a_link(course, source, page):
    status, said = course.run(f"# T\n\n{source}\n")
    assert status == 0, said
    assert course.page() == f"# T\n\n{page if page is not None else source}\n"
    assert set(course.files() if page else ()) == set(re.findall(r"note\.assets/([^)#?\s\"]+)", page or ""))


@pytest.mark.parametrize(
    "path",
    [
        r"D:\Typora\pics\b c.png",
        "D:/Typora/pics/b%20c.png",
        "file:///C:/Users/zhang/b%20c.png",
        "file://localhost/C:/b%20c.png",
        "/D:/b c.png",
        r"\\server\share\b c.png",
        "/Users/me/Library/Application Support/typora-user-images/b c.png",
        "file:///Users/me/b%20c.png",
        r"C:\Users\zhang\AppData\Roaming\Typora\typora-user-images\b c.png",
        r"..\elsewhere\b c.png",
    ],
)
@pytest.mark.parametrize("folder", [".", "note.assets", "images/note"])
def test_a_picture_sent_along_with_the_note_is_found_by_its_name(course, path, folder):
    shutil.rmtree(course.inbox / "pics")
    (course.inbox / folder).mkdir(parents=True, exist_ok=True)
    (course.inbox / folder / "b c.png").write_bytes(b"sent along")
    status, said = course.run(f"---\ntypora-copy-images-to: images/${{filename}}\n---\n# T\n\n![alt]({path})\n")
    assert status == 0, said
    assert course.page() == "# T\n\n![alt](note.assets/b-c.png)\n"
    assert course.files() == {"b-c.png": b"sent along"}
    where = (Path(folder) / "b c.png").as_posix()
    assert f"note.md:6: copied {where} (1 KB), found beside the note; the link says {path}\n" in said


def test_the_longest_end_of_a_path_wins(course):
    for name in ("one", "two"):
        (course.inbox / name).mkdir()
        (course.inbox / name / "a.png").write_bytes(name.encode())
    course.run("# T\n\n![](D:\\x\\one\\a.png) ![](D:\\x\\two\\a.png) ![](D:\\x\\a.png)\n")
    assert course.page() == f"# T\n\n![]({A}) ![](note.assets/a-2.png) ![](note.assets/a-3.png)\n"
    assert course.files() == {"a.png": b"one", "a-2.png": b"two", "a-3.png": png(10)}


def test_an_absolute_path_of_this_computer_is_followed(course, tmp_path):
    (tmp_path / "far.png").write_bytes(png(10))
    _, said = course.run(f"# T\n\n![alt]({tmp_path / 'far.png'}) ![alt](file://{tmp_path}/far.png)\n")
    assert course.page() == "# T\n\n![alt](note.assets/far.png) ![alt](note.assets/far.png)\n"
    assert f"note.md:3: copied {tmp_path / 'far.png'} (1 KB)\n" in said
    assert said.count("copied ") == 1


@pytest.mark.parametrize("root", ["pics", r".\pics", "../inbox/pics", "'pics'"])
def test_the_root_of_typora_is_where_a_slash_begins(course, root):
    note = (
        f"---\ntitle: T\ntypora-root-url: {root}\ntypora-copy-images-to: C:\\Users\\zhang\\x\n---\n![alt](/b%20c.png)\n"
    )
    assert course.run(note)[0] == 0
    assert course.page() == "---\ntitle: T\n---\n![alt](note.assets/b-c.png)\n"


@pytest.mark.parametrize(
    "text", ["---\n\n# T\n\n---\n", "---\ntitle: T\ntags: [a]\n---\n# T\n", "---\ntitle: T\n\n# T\n"]
)
def test_other_front_matter_and_rules_stay(course, text):
    assert course.run(text)[0] == 0
    assert course.page() == text


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_encodings_and_line_ends(course, encoding, ending):
    text = "---\ntitle: 题\n---\n# 扩散模型\n\n正向过程：![图](pics/图 一.png)反向过程"
    status, said = course.run(text.replace("\n", ending).encode(encoding))
    assert status == 0
    assert course.page() == text.replace("pics/图 一.png", "note.assets/图-一.png") + "\n"
    assert "note.md:6: copied" in said
    assert ("read as GB18030" in said) == encoding.startswith("gb")


@pytest.mark.parametrize("mark", ["\v", "\f", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_only_a_line_end_ends_a_line(course, mark, encoding):
    table, code = "# T\n\n| a | b{}c |\n|---|---|\n| d | e |\n\n", f"```py\n    {mark}h = '{mark}'\n    　\n    ```\n\n"
    text = f"{table.format(mark)}　　段落 `{mark}`\n\n- g\n\n    {code}![x](no.png)\n"
    status, said = course.run(text.encode(encoding))
    assert status == 1
    assert "note.md:16: missing no.png" in said
    page = text.replace("![x](no.png)", "<mark>图片缺失：no.png（x）</mark>")
    if mark < "\u2028":  # browsers draw a box
        page = page.replace(table.format(mark), table.format(" "))
    assert course.page() == page
    make_twins(course)
    html = article(build_site(course.root / "mkdocs.yml") / "notes/note")
    assert html.count("<tr>") == 2
    assert html.count("<pre>") == 1


def test_utf_16_of_the_other_order(course):
    assert course.run(b"\xfe\xff" + "# 题\n".encode("utf-16-be"))[0] == 0
    assert course.page() == "# 题\n"


def test_same_picture_once_other_pictures_of_that_name_too(course):
    for folder, content in (("one", b"1"), ("two", b"2"), ("three", b"1")):
        (course.inbox / folder).mkdir()
        (course.inbox / folder / ("A.png" if folder == "two" else "a.png")).write_bytes(content)
    names = ("one/a.png", "one/a.png", "two/A.png", "three/a.png")
    assert course.run("# T\n\n" + "".join(f"![]({name})" for name in names))[0] == 0
    assert re.findall(r"\((.*?)\)", course.page()) == [A, A, "note.assets/A-2.png", A]
    assert course.files() == {"a.png": b"1", "A-2.png": b"2"}


def test_files_that_are_there_already_are_used_or_left_alone(course):
    assets = course.root / "docs/zh/notes/note.assets"
    assets.mkdir(parents=True)
    (assets / "a.png").write_bytes(b"of somebody else")
    (assets / "b-c.png").write_bytes(png(20))
    assert course.run("# T\n\n![](a.png) ![](pics/b%20c.png)\n")[0] == 0
    assert course.page() == "# T\n\n![](note.assets/a-2.png) ![](note.assets/b-c.png)\n"
    assert course.files() == {"a.png": b"of somebody else", "a-2.png": png(10), "b-c.png": png(20)}


def test_force_replaces_page_and_pictures_and_tells_what_is_left_over(course):
    course.run("# T\n\n![](a.png) ![](pics/b%20c.png)\n")
    assert course.run("# T\n")[1] == (
        "error: docs/zh/notes/note.md exists: replace it with --force, or choose another place with --to.\n"
    )
    (course.inbox / "a.png").write_bytes(b"drawn again")
    status, said = course.run("# T\n\n![](a.png)\n", "--force")
    assert status == 0
    assert course.files() == {"a.png": b"drawn again", "b-c.png": png(20)}
    assert "- a look at docs/zh/notes/note.assets, where the page links no more to b-c.png\n" in said


def test_pictures_of_the_web_and_inside_the_text_stay_and_are_told(course):
    text = "\n".join(
        [
            "# T\n",
            "![w](https://x.org/a.png)",
            "![w][r]",
            "<img src='//x.org/b.png' style='zoom:50%'>",
            "![d](data:image/png;base64,AAAA)\n",
            "[r]: http://x.org/c.png\n",
        ]
    )
    status, said = course.run(text)
    assert status == 0
    assert course.page() == text.replace(" style='zoom:50%'", "")
    for line, address in ((3, "https://x.org/a.png"), (5, "//x.org/b.png"), (8, "http://x.org/c.png")):
        assert f"note.md:{line}: left {address}: the site shows nothing from other servers; save the picture" in said
    assert "note.md:6: left a picture inside the text (1 KB)" in said
    assert "docs/zh/notes/note.md is written: 4 left." in said


MISSING = """# T

正向过程：![噪声](D:\\no\\x_1.png)反向过程

<img src="D:\\no\\y.png" alt="图" style="zoom:50%"> ![a](<D:\\no\\y.png>) [讲义](D:\\no\\z.pdf) ![]()

| a |
|---|
| ![_p|](D:\\no\\_p|.png) |

![r][R], [t][r] and <a href="D:\\no\\z.pdf">z</a>

[r]: /Users/me/r.png
"""


@pytest.mark.parametrize(
    ("language", "picture", "file", "words"),
    [
        ("zh", "图片缺失：", "文件缺失：", "x_1.png（噪声）"),
        ("en", "Picture missing: ", "File missing: ", "x_1.png (噪声)"),
    ],
)
def test_a_missing_picture_leaves_a_word_on_the_page_and_no_broken_image(course, language, picture, file, words):
    status, said = course.run(MISSING, "--language", language)
    assert status == 1
    assert re.findall(r"note\.md:(\d+): missing", said) == ["3", "5", "5", "5", "5", "9", "11", "13"]
    assert "note.md:3: missing D:\\no\\x_1.png: put x_1.png beside the note and import again with --force" in said
    assert "note.md:5: missing a picture without a path: give it one, or remove it" in said
    assert f"looked for where the link points, in {course.inbox} and in {course.inbox / 'note.assets'}" in said
    assert course.files(language=language) == {}
    make_twins(course)
    html = article(build_site(course.root / "mkdocs.yml") / ("" if language == "zh" else language) / "notes/note")
    assert "<img" not in html
    assert "D:" not in html
    marks = re.findall(r"<mark>(.*?)</mark>", html)
    assert len(marks) == 9
    assert marks[0] == f"{picture}{words}"
    assert f"正向过程：<mark>{marks[0]}</mark>反向过程" in html
    assert f"讲义 <mark>{file}z.pdf</mark>" in html
    assert f"<mark>{file}z.pdf</mark><a >z</a>" in html
    assert re.search(r"<td><mark>.*&#124;.*</mark></td>", html)


def test_strict_writes_nothing_if_a_picture_is_missing(course):
    before = tree(course.root)
    status, said = course.run(MISSING + "![](a.png)\n", "--strict")
    assert status == 1
    assert tree(course.root) == before
    assert not (course.root / "docs/zh/notes").exists()
    assert "note.md:14: found a.png" in said
    assert "docs/zh/notes/note.md was not written: 1 found, 8 missing." in said
    assert course.run("# T\n\n![](a.png)\n", "--strict")[0] == 0


def test_links_to_other_notes(course):
    (course.inbox / "other one.md").write_text("# O")
    status, said = course.run("# T\n\n[o](other%20one.md) [s](note.md#t) [h](../index.md)\n")
    assert status == 1
    assert "missing other%20one.md: a page of its own; bring it into the site first" in said
    assert "[s](note.md#t) [h](../index.md)" in course.page()
    assert course.run("# O\n", name="other one.md")[0] == 0
    assert course.run("# T\n\n[o](D:\\other%20one.md#o) [h](../index.md)\n", "--force")[0] == 0
    assert "[o](other-one.md#o) [h](../index.md)" in course.page()
    assert course.run("# T\n\n[s](note.md#t)\n", "--to", "docs/zh/notes/renamed.md")[0] == 0
    assert "[s](renamed.md#t)" in course.page("renamed.md")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("image-2024.png", "image-2024.png"),
        ("a b#c%d?e.png", "a-b-c-d-e.png"),
        ("截屏 2024（一）.PNG", "截屏-2024（一）.PNG"),
        (".hidden.png", "hidden.png"),
        ("a [x](y).png", "a-x-y.png"),
        ("###.png", "file.png"),
        ("e\u0301.png", "é.png"),
        ("a\u3000b.png", "a-b.png"),
    ],
)
def test_safe_names(name, safe):
    assert safe_name(name) == safe
    assert safe_name(safe) == safe
    assert as_link(safe) == safe


def test_readings_of_a_target_begin_with_the_likeliest():
    assert list(readings("file:///C:/a%20b.png#x"))[:2] == [("C:/a%20b.png#x", ""), ("C:/a b.png#x", "")]
    assert ("C:/a b.png", "#x") in readings("file:///C:/a%20b.png#x")
    assert next(iter(readings(r"D:\a.png"))) == (r"D:\a.png", "")
    assert ("a_b.png", "") in readings(r"a\_b.png")
