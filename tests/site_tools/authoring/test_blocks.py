"""Wrong blocks stop the build with page, line, key and the nearest valid name; right ones become HTML."""

import re
import textwrap

import pytest
from markdown import markdown
from mkdocs.exceptions import Abort

from site_tools.authoring.extension import LiveBlocks
from site_tools.authoring.fences import BlockError, fences, parse
from site_tools.authoring.numbers import references
from site_tools.authoring.page import Page
from site_tools.authoring.prose import live_fences, prose
from tests.support.sites import build_site, make_site, messages

DEMO = "use: spin-noise\ncaption: Dots\n"
EXERCISE = "id: ex\nkind: compute\nquestion: What?\nanswer: 1\nsolution: One.\n"
CHOICES = "id: ex\nkind: predict\nquestion: What?\nsolution: One.\nchoices:\n"


def page(*blocks: tuple[str, str]) -> str:
    fenced = "\n".join(f"```{kind}\n{body}```\n" for kind, body in blocks)
    return f"---\ntitle: A page\n---\n\n# Page\n\n{fenced}"


# the first block of `page` opens on line 7, so its first key stands on line 8
WRONG = [
    pytest.param([("demo", "use: spin-nose\ncaption: Dots\n")], 8, 'unknown element "spin-nose"; did you mean "spin-noise"?', id="element"),
    pytest.param([("demo", "caption: Dots\n")], 7, 'the key "use" is missing', id="no element"),
    pytest.param([("demo", DEMO + "sped: 1\n")], 10, 'unknown key "sped" for spin-noise; did you mean "speed"?', id="key"),
    pytest.param([("demo", "use: spin-noise\n")], 7, 'the key "caption" is missing', id="no caption"),
    pytest.param([("demo", DEMO + "caption: Again\n")], 10, 'the key "caption" stands twice', id="key twice"),
    pytest.param([("demo", DEMO + "seed: 1.5\n")], 10, '"seed: 1.5" must be a whole number', id="not whole"),
    pytest.param([("demo", DEMO + "speed: 3\n")], 10, '"speed: 3" must lie between 0 and 2', id="out of range"),
    pytest.param([("demo", DEMO + "speed: fast\n")], 10, '"speed: fast" must be a number', id="not a number"),
    pytest.param([("demo", DEMO + "colour: rad\n")], 10, 'did you mean "red"?', id="value"),
    pytest.param([("demo", DEMO + "label: [a]\n")], 10, "must be text", id="text"),
    pytest.param([("demo", DEMO + "beside: 3\n")], 10, '"beside" must name attributes of spin-noise', id="settings"),
    pytest.param([("demo", DEMO + "beside: {sped: 1}\n")], 10, 'unknown key "sped" for spin-noise; did you mean "speed"?', id="settings key"),
    pytest.param([("demo", DEMO + "beside:\n  speed: 3\n")], 11, '"speed: 3" must lie between 0 and 2', id="settings value"),
    pytest.param([("demo", DEMO + "beside: {each: 1}\n")], 10, "must not be set from here", id="settings in settings"),
    pytest.param([("demo", DEMO + "each: {seed: 1}\n")], 10, '"seed" must be followed by a list of values', id="cases"),
    pytest.param([("demo", DEMO + "each: {seed: [1, 200]}\n")], 10, '"seed: 200" must lie between 0 and 99', id="cases value"),
    pytest.param([("demo", "use: draw-model\nmodel: garmets\ncaption: x\n")], 9, 'unknown model "garmets"; did you mean "garments"?', id="model"),
    pytest.param([("demo", "use: draw-model\ncaption: x\n")], 7, 'the key "model" is missing', id="no model"),
    pytest.param([("demo", DEMO + "poster: figures/dots-ligt.svg\n")], 10, 'did you mean "figures/dots-light.svg"?', id="poster"),
    pytest.param([("demo", DEMO + "id: 1st\n")], 10, "an id begins with a letter", id="id"),
    pytest.param([("demo", DEMO + f"id: {'a' * 81}\n")], 10, "an id has at most 80", id="long id"),
    pytest.param([("demo", DEMO + "id: a\n"), ("demo", DEMO + "id: a\n")], 16, 'the id "a" stands twice', id="id twice"),
    pytest.param([("demo", DEMO + "after: exx\n"), ("exercise", EXERCISE)], 10, 'no exercise on this page has the id "exx"; did you mean "ex"?', id="after"),
    pytest.param([("demo", "use spin-noise\n")], 8, "write one `key: value` a line", id="not a mapping"),
    pytest.param([("demo", "use: spin-noise\ncaption: so: what\n")], 9, "between quotes", id="colon"),
    pytest.param([("demo", "use: [spin\n")], 8, "this is not YAML", id="not YAML"),
    pytest.param([("demo", "use: spin-noise\ncaption: a\vb\n")], 9, "the character U+000B, which nobody sees,", id="control character"),
    pytest.param([("demo", "")], 7, "it is empty", id="empty"),
    pytest.param([("exercise", EXERCISE.replace("compute", "computes"))], 9, 'unknown kind "computes"; did you mean "compute"?', id="kind"),
    pytest.param([("exercise", EXERCISE.replace("answer: 1\n", ""))], 8, "exactly one of choices, answer and demo; it has none", id="no answer"),
    pytest.param([("exercise", EXERCISE + "demo: d\n")], 8, "it has answer and demo", id="two answers"),
    pytest.param([("exercise", EXERCISE.replace("answer: 1", "answer: one"))], 11, '"answer: one" must be a number', id="answer"),
    pytest.param([("exercise", EXERCISE + "tolerance: -1\n")], 13, "must not be negative", id="tolerance"),
    pytest.param([("exercise", EXERCISE + "goal: x\n")], 13, '"goal" belongs to "demo", which is missing', id="goal"),
    pytest.param([("exercise", EXERCISE + "hnit: x\n")], 13, 'unknown key "hnit"; did you mean "hint"?', id="exercise key"),
    pytest.param([("exercise", CHOICES + "  - text: a\n    why: b\n")], 12, "at least two", id="one choice"),
    pytest.param([("exercise", CHOICES + "  - text: a\n    why: b\n  - text: c\n    why: d\n")], 12, "no choice is right", id="none right"),
    pytest.param([("exercise", CHOICES + "  - text: a\n    whi: b\n  - text: c\n    why: d\n")], 14, 'unknown key "whi" in choice 1; did you mean "why"?', id="choice key"),
    pytest.param([("exercise", CHOICES + "  - text: a\n    correct: yeah\n    why: b\n  - text: c\n    why: d\n")], 14, "must be true or false", id="correct"),
    pytest.param([("demo", DEMO + "id: dots\n"), ("exercise", EXERCISE.replace("answer: 1", "demo: dot\nstate: {seed: 1}"))], 17, 'did you mean "dots"?', id="demo of exercise"),
    pytest.param([("demo", DEMO + "id: dots\n"), ("exercise", EXERCISE.replace("answer: 1", "demo: dots\nstate: {sed: 1}"))], 18, 'did you mean "seed"?', id="state key"),
    pytest.param([("demo", DEMO + "id: dots\n"), ("exercise", EXERCISE.replace("answer: 1", "demo: dots\nstate: {seed: 100}"))], 18, "must lie between 0 and 99", id="state value"),
]  # fmt: skip


@pytest.mark.parametrize(("blocks", "line", "words"), WRONG)
def test_wrong_block_stops_the_build_with_page_line_and_way_out(tmp_path, caplog, blocks, line, words):
    config = make_site(tmp_path, {"en/index.md": page(*blocks)}, languages=("en",))
    with pytest.raises(Abort):
        build_site(config)
    kind = blocks[0 if line < 13 else -1][0]
    assert f"docs/en/index.md:{line}: {kind} block: " in messages(caplog)
    assert words in messages(caplog)


def test_id_of_a_heading_is_taken(tmp_path, caplog):
    text = page(("demo", DEMO + "id: noise\n")).replace("# Page", "# Page { #noise }")
    config = make_site(tmp_path, {"en/index.md": text}, languages=("en",))
    with pytest.raises(Abort):
        build_site(config)
    assert 'the id "noise" is already that of a heading' in messages(caplog)


def test_block_that_never_closes_is_named(tmp_path, caplog):
    config = make_site(tmp_path, {"en/index.md": "# Page\n\n```demo\nuse: spin-noise\n"}, languages=("en",))
    with pytest.raises(Abort):
        build_site(config)
    assert "docs/en/index.md:3: demo block: it is never closed" in messages(caplog)


def test_all_problems_of_a_page_are_told_at_once(tmp_path, caplog):
    blocks = page(("demo", DEMO + "sped: 1\n"), ("demo", DEMO + "seed: x\n"))
    with pytest.raises(Abort):
        build_site(make_site(tmp_path, {"en/index.md": blocks + "\n[[garments.fd]]\n"}, languages=("en",)))
    assert re.findall(r"index\.md:(\d+):", messages(caplog)) == ["10", "16", "19"]


def test_missing_bundle_says_which_command_makes_it(tmp_path, caplog):
    config = make_site(tmp_path, {"en/index.md": page(("demo", DEMO))}, languages=("en",))
    (tmp_path / "bundle" / "loader.en.js").unlink()
    with pytest.raises(Abort):
        build_site(config)
    assert "holds no web bundle: `make web` or `python -m site_tools web` builds it." in messages(caplog)


def test_demo_becomes_the_figure_that_the_loader_reads(tmp_path):
    text = page(("demo", DEMO + "seed: 7\nid: dots\nbeside: {colour: blue}\neach: {seed: [1, 2]}\n"))
    html = (build_site(make_site(tmp_path, {"en/index.md": text}, languages=("en",))) / "index.html").read_text()
    figure = re.search(r"<figure.*?</figure>", html, re.S)[0]
    assert figure.startswith('<figure class="live-figure" id="dots"><spin-noise seed="7" beside=')
    assert """beside="{&quot;colour&quot;: &quot;blue&quot;}" each="{&quot;seed&quot;: [1, 2]}"><img class=""" in figure
    assert 'src="assets/figures/dots-light.svg#only-light"' in figure
    assert 'src="assets/figures/dots-dark.svg#only-dark"' in figure
    assert 'width="40" height="30" loading="lazy"' in figure
    assert '<figcaption>Dots <noscript data-search-exclude="">JavaScript does not run in this browser' in figure


def test_a_question_right_before_its_demo_is_on_the_demos_card(tmp_path):
    blocks = page(("exercise", EXERCISE), ("demo", DEMO + "after: ex\n"))
    apart = page(("exercise", EXERCISE), ("demo", DEMO + "after: ex\n")).replace(
        "```\n\n```demo", "```\n\nWords.\n\n```demo"
    )
    assert apart != blocks
    pages = {"en/index.md": blocks, "en/apart.md": apart}
    site = build_site(make_site(tmp_path, pages, languages=("en",)))
    figure = re.search(r"<figure.*?</figure>", (site / "index.html").read_text(), re.S)[0]
    assert re.search(r"</spin-noise>\s*<live-exercise [^>]*id=\"ex\".*<figcaption>", figure, re.S)
    html = (site / "apart" / "index.html").read_text()
    assert html.index("<live-exercise") < html.index("<figure")
    assert "<live-exercise" not in re.search(r"<figure.*?</figure>", html, re.S)[0]


def test_exercise_works_without_scripts(tmp_path):
    choices = (
        CHOICES
        + "  - text: $a_1$ or *b*\n    correct: true\n    why: So it is.\n  - text: c\n    why: No.\nhint: Look.\n"
    )
    html = (
        build_site(make_site(tmp_path, {"en/index.md": page(("exercise", choices))}, languages=("en",))) / "index.html"
    ).read_text()
    box = re.search(r"<live-exercise.*?</live-exercise>", html, re.S)[0]
    assert box.count('name="ex" type="radio"') == 2
    assert box.count("data-correct") == 1
    assert "<math" in box
    assert "<em>b</em>" in box
    assert re.search(r'<details class="exercise-hint">\s*<summary>Hint</summary>\s*<p>Look.</p>', box)


def test_markdown_inside_an_exercise_may_hold_code_and_lists(tmp_path):
    text = EXERCISE.replace("solution: One.\n", "solution: |\n  Because:\n\n  ~~~python\n  1 + 0\n  ~~~\n\n  - so\n")
    html = (
        build_site(make_site(tmp_path, {"en/index.md": page(("exercise", text))}, languages=("en",))) / "index.html"
    ).read_text()
    solution = re.search(r'<details class="exercise-solution">.*?</details>', html, re.S)[0]
    assert "highlight" in solution
    assert "<li>so</li>" in solution


def test_block_in_an_admonition_and_shown_syntax_are_told_apart(tmp_path):
    text = "# P\n\n!!! note\n\n    ```demo\n    use: spin-noise\n    caption: Dots\n    ```\n\n````md\n```demo\nuse: nothing\n```\n````\n"
    config = make_site(tmp_path, {"en/index.md": text}, languages=("en",))
    config.write_text(config.read_text().replace("attr_list: {}", "attr_list: {}\n  admonition: {}"))
    html = (build_site(config) / "index.html").read_text()
    assert re.search(r'<div class="admonition note">.*?<figure class="live-figure" id="demo-1">', html, re.S)
    assert html.count("<figure") == 1


def test_fences_know_their_lines_and_nest():
    text = textwrap.dedent("""\
        a
        ````md
        ```demo
        ```
        ````
        ~~~ demo
        x
        ~~~
        """)
    assert [(fence.info, fence.line, fence.end) for fence in fences(text)] == [("md", 2, 5), ("demo", 6, 8)]
    assert [fence.line for fence in live_fences(text)] == [6]


def test_prose_keeps_every_place_and_drops_code():
    text = "a `[[x]]` b\n```py\n[[y]]\n```\n[[z]]"
    assert prose(text).splitlines() == ["a         b", " " * 5, " " * 5, " " * 3, "[[z]]"]


@pytest.mark.parametrize("mark", ["\v", "\f", "\x85", "\u2028", "\u2029"])
def test_only_a_newline_ends_a_line_as_in_markdown(mark):
    text = f"a{mark}b\n\n```py\nc{mark}d\n```\n\n```demo\nid: x\n```\n"
    assert [(fence.line, fence.body) for fence in fences(text)] == [(3, f"c{mark}d"), (7, "id: x")]
    assert prose(text).startswith(f"a{mark}b\n\n     \n   \n   \n\n")
    assert [reference.line for reference in references(f"a{mark}b\n[[x]]")] == [2]
    html = markdown(f"a{mark}b\n\n# [[n]]\n\nlast\n", extensions=[LiveBlocks(lambda md: Page(facts={"n": 7}))])
    assert html == f"<p>a{mark}b</p>\n<h1>7</h1>\n<p>last</p>"


def test_a_forgotten_backtick_hides_nothing_behind_the_next_blank_line():
    assert "[[y]]" in prose("a ` b\n\n[[y]] ` c")
    assert "[[y]]" not in prose("a ` b\n[[y]] ` c")


def test_keys_of_list_items_have_lines():
    block = parse(next(live_fences("```exercise\nchoices:\n  - text: a\n    why: b\n```")))
    assert block.lines == {"choices": 2, "choices.0": 3, "choices.0.text": 3, "choices.0.why": 4}
    with pytest.raises(BlockError):
        raise block.error("choices.0.why", "x")
