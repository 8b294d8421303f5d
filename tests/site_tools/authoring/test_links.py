"""Links of a page: all forms are found, those into the author's disk stop the build, those in raw HTML work."""

import re
from pathlib import Path

import pytest
from mkdocs.exceptions import Abort

from site_tools.authoring.links import check_links, links
from tests.support.sites import build_site, make_site, messages

# the forms of the document this course began with: both kinds of slash, tabs, text around; 14 pictures
TYPORA = """# 课程

### 一、注册

**1. 打开网页**  https://example.org/

![image-01](D:\\Typora\\workplace\\picture\\image-01.png)

![image-02](D:\\Typora\\workplace\\picture\\image-02.png)

**2. 继续** ![image-03](D:\\Typora\\workplace\\picture\\image-03.png)

![image-04](D:\\Typora\\workplace\\picture\\image-04.png)
![image-05](D:\\Typora\\workplace\\picture\\image-05.png)

2. 填写名称。

![image-06](D:\\Typora\\workplace\\picture\\image-06.png)

![image-07](D:\\Typora\\workplace\\picture\\image-07.png)

![image-08](D:/Typora/workplace/picture/image-08.png)

### 四、技能

\t\t模型从噪声出发，一步一步得到图像。

- 对比几个模型。

\t- 神经网络

\t![image-09](D:/Typora/workplace/picture/image-09.png)

\t- 对抗：两个网络共同进步。

\t![image-10](D:/Typora/workplace/picture/image-10.png)

\t- 编码：先编码，再解码。

\t![image-11](D:/Typora/workplace/picture/image-11.png)

\t![image-12](D:/Typora/workplace/picture/image-12.png)

\t正向过程：![image-13](D:/Typora/workplace/picture/image-13.png)反向过程：

\t![image-14](D:/Typora/workplace/picture/image-14.png)
"""


def test_every_picture_of_a_document_from_typora_stops_the_build(tmp_path, caplog):
    with pytest.raises(Abort):
        build_site(make_site(tmp_path, {"zh/index.md": TYPORA}, languages=("zh",)))
    told = re.findall(r"docs/zh/index\.md:(\d+): the link (\S+) points into this computer", messages(caplog))
    lines = [number for number, line in enumerate(TYPORA.splitlines(), start=1) if "![" in line]
    assert [int(line) for line, _ in told] == lines
    assert [re.findall(r"\d+", target)[0] for _, target in told] == [f"{number:02d}" for number in range(1, 15)]
    assert "`python -m site_tools import NOTE.md`" in messages(caplog)
    assert "Typora" in messages(caplog)


@pytest.mark.parametrize(
    ("text", "line", "target"),
    [
        ("![a][b]\n\n[b]: D:\\x.png", 3, r"D:\x.png"),
        ("![b]\n\n> [b]: <D:\\my pictures\\x.png> 'T'", 3, r"D:\my pictures\x.png"),
        ('![b]\n\n[b]: D:\\my pictures\\x (1).png "T"', 3, r"D:\my pictures\x (1).png"),
        ("![a](D:\\my pictures\\x (1).png)", 1, r"D:\my pictures\x (1).png"),
        ("![a](<D:\\my pictures\\x.png> 'T')", 1, r"D:\my pictures\x.png"),
        ('![a](/Users/me/Application Support/x.png "a) b")', 1, "/Users/me/Application Support/x.png"),
        ("x\n<img alt='a'\n  src='D:\\my pictures\\x.png'\n  style='zoom:50%;' />", 3, r"D:\my pictures\x.png"),
        ("<IMG SRC=file:///C:/x.png>", 1, "file:///C:/x.png"),
        ('<center><img src="/D:/x.png"></center>', 1, "/D:/x.png"),
        ('<video controls poster="D:\\x.png"></video>', 1, r"D:\x.png"),
        ("[![a](https://x.org/a.png)](D:\\a.pdf)", 1, r"D:\a.pdf"),
        ("[a [b] c](D:\\dir\\)", 1, "D:\\dir\\"),
        ("![a](D:%5Cx.png)", 1, "D:%5Cx.png"),
        ("a ` b\n\n![a](D:\\x.png) ` c", 3, r"D:\x.png"),
        ("| a |\n|---|\n| ![a](D:\\x.png) |", 3, r"D:\x.png"),
    ],
)
def test_a_path_of_this_computer_is_found_in_every_form(text, line, target):
    (problem,) = check_links(text)
    assert problem.line == line
    assert problem.message.startswith(f"the link {target} points into this computer: readers do not have that folder")


@pytest.mark.parametrize(
    "text",
    [
        "`![a](D:\\x.png)` and ``[b](D:\\y.png)``",
        "```md\n![a](D:\\x.png)\n```",
        "<!-- ![a](D:\\x.png)\n<img src='D:\\x.png'> -->",
        "\\[a](D:\\x.png)",
        "[a](https://x.org/D:/x.png) ![b](b.png) [c](#home) [d](/en/) D:\\x.png",
        "[^1]: D:\\x.png is a path",
        "a < b and c > d, src=D:\\x.png",
        "<img alt='src=D:\\x.png' src='x.png' data-src='D:\\x.png'>",
    ],
)
def test_other_targets_code_and_comments_are_no_problem(text):
    assert check_links(text) == []


def test_a_formula_is_no_link():
    assert links("$p[x](t)$ and\n\n$$\nD[G(z)](x)\n$$\n") == []


def test_references_name_their_definitions_and_nothing_else_does():
    text = "![a][b], [c][], ![ B ], [d], [ ] and [x]\n\n[b]: b.png\n[C]: c.pdf\n"
    found = [(link.form, link.picture, link.target) for link in links(text)]
    assert found == [
        ("reference", True, "b"),
        ("reference", False, "c"),
        ("reference", True, " B "),
        ("definition", False, "b.png"),
        ("definition", False, "c.pdf"),
    ]


@pytest.mark.parametrize("form", ["![a [b] c](x.png)", "[![a](b (1).png)](c.pdf 'T')", "<img\nalt='a' src='b.png'>"])
def test_spans_are_those_of_the_text(form):
    text = f"before `code`\n\n{form} behind"
    for link in links(text):
        assert text[slice(*link.span)] in form
        assert text[slice(*link.place)].strip("<>'") == link.target
    assert text[slice(*links(text)[0].span)] == form


RAW = """# P

<img src="p.assets/a b.png" alt="a"/> and <a href="q.md#q">q</a>

<center><img src='p.assets/a%20b.png' alt="a"></center>

- item

    <img src="../../../assets/figures/dots-light.svg" alt="a">

<table><tr><td><video src="p.assets/v.mp4" poster="p.assets/a b.png"></video></td></tr></table>

<a href="#p">up</a> <a href="https://x.org/">x</a> <!-- <img src="none.png"> -->

```demo
use: spin-noise
caption: C
```
"""


@pytest.mark.parametrize("offline", ["false", "true"])
def test_links_in_raw_html_lead_to_their_files(tmp_path, offline):
    config = make_site(
        tmp_path, {"en/index.md": "# I", "en/n/p.md": RAW, "en/n/q.md": "# Q"}, languages=("en",), offline=offline
    )
    assets = tmp_path / "docs" / "en" / "n" / "p.assets"
    assets.mkdir()
    for name in ("a b.png", "v.mp4"):
        (assets / name).write_bytes(b"x")
    site = build_site(config)
    page = site / "n" / ("p.html" if offline == "true" else "p/index.html")
    text = re.search(r'<h1 id="p">.*</article>', page.read_text(), re.S)[0].replace("%20", " ")
    addresses = re.findall(r"""(?:src|href|poster)=["']([^"'#]+)(?:#[\w-]+)?["']""", text)
    assert len(addresses) == 10  # eight above, of which one in the comment, and both posters of the demo
    for address in addresses:
        target = page.parent / address
        if address not in ("https://x.org/", "none.png"):
            assert (target / "index.html" if address.endswith("/") else target).is_file(), address


def test_a_picture_in_raw_html_that_is_not_there_stops_a_strict_build(tmp_path, caplog):
    with pytest.raises(Abort):
        build_site(
            make_site(tmp_path, {"en/index.md": '# P\n\n<center><img src="no.png"></center>\n'}, languages=("en",))
        )
    assert "no.png" in messages(caplog)


def test_a_name_says_nothing_about_the_size_of_a_picture(tmp_path):
    from site_tools.authoring.pictures import picture_size

    for name, content in (
        ("jpeg.png", b"\xff\xd8\xff\xe0" * 20),
        ("cut.png", b"\x89PNG\r\n\x1a\n"),
        ("u.svg", b"\xff\xfe<\0"),
    ):
        (tmp_path / name).write_bytes(content)
        assert picture_size(Path(tmp_path / name)) is None
