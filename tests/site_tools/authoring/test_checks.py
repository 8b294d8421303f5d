"""Whatever a reader gets to read has been checked, in blocks, in snippets and outside, and is told with its line."""

import re

import pytest
from markdown import Markdown
from mkdocs.exceptions import Abort

from site_tools.authoring.checks import check_page
from site_tools.authoring.extension import LiveBlocks
from site_tools.authoring.fences import BlockError
from site_tools.authoring.page import Page
from site_tools.bundle import Attribute, Drawing, Element
from tests.support.sites import build_site, make_site, messages

PAGE = Page(
    elements={"dots": Element({"seed": Attribute("integer")})},
    drawings={"home": Drawing("x", "<b data-part='a'></b>", ("a",))},
    facts={"n": 7, "x": 1.5},
)
DEMO = "```demo\nuse: dots\ncaption: {}\n```\n"
CHOICE = """\
```exercise
id: ex
kind: predict
question: What?
solution: Two.
choices:
  - text: {text}
    why: {why}
    correct: true
  - text: Three
    why: No.
```
"""
SCREEN = "```screen\nuse: home\ncaption: Home\nalt: {alt}\ncallouts:\n  - a: {callout}\n```\n"
WRONG = {
    "[[m]]": 'unknown number "m"',
    "$\\foo$": "unknown command \\foo",
    "![a](C:\\a.png)": "the link C:\\a.png points into this computer",
    "<img src='/Users/me/a.png'>": "the link /Users/me/a.png points into this computer",
}


def problems(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in check_page(text, PAGE).problems]


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(
    ("block", "line"),
    [
        (DEMO.replace("{}", "So: @").replace("So: @", "'@'"), 3),
        (CHOICE.format(text="'@'", why="Yes."), 7),
        (CHOICE.format(text="a", why="'@'"), 8),
        (CHOICE.format(text="a", why="b").replace("What?", "'@'"), 4),
        (CHOICE.format(text="a", why="b").replace("Two.", "|\n  Because\n  of this:\n\n  - @"), 9),
        (CHOICE.format(text="a", why="b").replace("Two.", ">\n  Because\n  of\n  this: @\n\n  and that"), 8),
        (CHOICE.format(text="a", why="b").replace("Two.", "Because\n  of this\n  @"), 7),
        (SCREEN.format(alt="'@'", callout="a"), 4),
        (SCREEN.format(alt="a", callout="'@'"), 6),
    ],
    ids=["caption", "choice", "why", "question", "literal", "folded", "plain", "alt", "callout"],
)
def test_every_text_of_a_block_is_checked_at_its_line(block, line, wrong):
    if wrong.startswith("<") and "'@'" in block:
        block = block.replace("'@'", '"@"')
    ((found, message),) = problems(f"Text\n{block.replace('@', wrong)}")
    assert found == line + 1
    assert WRONG[wrong] in message
    assert re.match(r"(demo|exercise|screen) block: ", message)


@pytest.mark.parametrize(
    "block",
    [
        DEMO.format("A `[[m]]` and `$\\foo$` with [[n]] and $x_1$"),
        CHOICE.format(text='"$\\\\frac{1}{2}$"', why="'it''s [[x | .1f]]'"),
        CHOICE.format(text="a", why="b").replace("Two.", "|\n  ~~~text\n  [[m]] $\\foo$ C:\\a\n  ~~~\n"),
        CHOICE.format(text="a", why="b").replace("Two.", '"line\\n\\nanother [[n]]"'),
    ],
    ids=["spans", "quotes", "code", "escapes"],
)
def test_what_is_right_passes(block):
    assert problems(block) == []


def test_a_block_hides_nothing_before_or_behind_it():
    block = DEMO.format("Dots")
    assert [line for line, _ in problems(f"a ` [[m]]\n{block}[[m]] ` b\n{block}\n[[m]]")] == [1, 6, 12]


def test_a_block_inside_a_block_is_told():
    text = CHOICE.format(text="a", why="b").replace("Two.", "|\n  See\n  ~~~demo\n  use: dots\n  ~~~\n")
    assert problems(text) == [
        (5, "exercise block: a demo block cannot stand inside; put it before or behind this one.")
    ]


@pytest.mark.parametrize(
    ("info", "meant"),
    [
        ("demos", "demo"),
        ("dmeo", "demo"),
        ("Demo", "demo"),
        ("{.demo}", "demo"),
        ("{ demo }", "demo"),
        ("exersise", "exercise"),
        ("exercises title=x", "exercise"),
        ("sreen", "screen"),
    ],
)
def test_a_fence_close_to_a_block_is_asked_about(info, meant):
    ((line, message),) = problems(f"# P\n\n```{info}\nuse: dots\n```\n")
    assert line == 3
    assert f'did you mean "{meant}"?' in message


@pytest.mark.parametrize("info", ["", "python", "text", "md", "diff", "yaml title=demo", "{.python}", "mermaid"])
def test_other_fences_are_left_alone(info):
    assert problems(f"```{info}\nx\n```\n") == []


def snippets(tmp_path, page: str, **files: str):
    for name, text in files.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    config = make_site(tmp_path, {"en/index.md": page}, languages=("en",))
    added = "attr_list: {}\n  pymdownx.snippets: {base_path: [!relative $config_dir], check_paths: true}"
    config.write_text(config.read_text().replace("attr_list: {}", added))
    return config


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("So: [[garments.fd]]\n", 'unknown number "garments.fd"'),
        ("$\\foo$\n", "unknown command"),
        ("![a](D:/a.png)\n", "points into this computer"),
        ("```demo\nuse: spin-nose\ncaption: x\n```\n", "unknown element"),
        ("```demos\n```\n", 'did you mean "demo"?'),
    ],
    ids=["number", "formula", "picture", "block", "fence"],
)
def test_what_a_snippet_brings_is_told_where_it_is_asked_for(tmp_path, caplog, content, words):
    page = '---\ntitle: T\n---\n# P\n\n  \n--8<-- "good.md"\n\n--8<-- "bad.md"\n\nEnd\n'
    config = snippets(tmp_path, page, good="a\n\nb\n", bad=f"first\n\n{content}")
    with pytest.raises(Abort):
        build_site(config)
    assert 'docs/en/index.md:9: in what --8<-- "bad.md" brings: ' in messages(caplog)
    assert words in messages(caplog)


def test_lines_behind_a_snippet_are_those_of_the_source(tmp_path, caplog):
    config = snippets(tmp_path, '# P\n\n--8<-- "good.md"\n\nSo: [[garments.fd]]\n', good="a\n\nb\n\nc\n")
    with pytest.raises(Abort):
        build_site(config)
    assert re.search(r"index\.md:5: unknown number", messages(caplog))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a \\`[[m]]\\` b", 'unknown number "m"'),
        ("- a\n\n      x\n\n  \\`$\\foo$\\`", "unknown command"),
    ],
    ids=["number", "formula"],
)
def test_what_only_markdown_sees_is_told_all_the_same(tmp_path, caplog, text, words):
    with pytest.raises(Abort):
        build_site(make_site(tmp_path, {"en/index.md": f"# P\n\n{text}\n"}, languages=("en",)))
    line = 3 + text.count("\n")
    assert f"docs/en/index.md:{line}: {words}" in re.sub(r"the formula \S+ has the ", "", messages(caplog))


def test_texts_of_one_line_may_hold_formulas_of_their_own_and_pictures_say_their_numbers(tmp_path):
    demo = "```demo\nuse: spin-noise\ncaption: FD [[garments.fd_cnn | .1f]] and $$x_1$$\n```\n"
    html = (build_site(make_site(tmp_path, {"en/index.md": demo}, languages=("en",))) / "index.html").read_text()
    assert re.search(r'<figcaption>FD 1\.2 and <span class="formula"><math', html)
    assert 'alt="FD 1.2 and ' in html


def test_each_block_is_read_once_a_page(tmp_path, monkeypatch):
    from site_tools.authoring.blocks import reading

    read: list[int] = []
    parse = reading.parse
    monkeypatch.setattr(reading, "parse", lambda fence: read.append(fence.line) or parse(fence))
    demo = "```demo\nuse: spin-noise\ncaption: Dots\n```\n"
    build_site(make_site(tmp_path, {"en/index.md": f"{demo}\n{demo}"}, languages=("en",)))
    assert read == [1, 6]


def test_without_a_generator_the_first_problem_is_raised():
    with pytest.raises(BlockError, match="unknown number"):
        Markdown(extensions=[LiveBlocks()]).convert("[[m]]")
