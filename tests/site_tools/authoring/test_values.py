"""Values that no page can use are a sentence at their line: posters, numbers, texts that are too long, facts."""

import json
import re

import pytest

from demos.errors import UserError
from site_tools.authoring.blocks.reading import read_blocks
from site_tools.authoring.fences import BlockError
from site_tools.authoring.numbers import check_numbers, read_facts
from site_tools.authoring.page import Page
from site_tools.authoring.pictures import picture_format, picture_size
from site_tools.bundle import Attribute, read_elements
from tests.support.comparisons import made_by_hand
from tests.support.sites import ELEMENTS as DECLARED
from tests.support.sites import SVG


@pytest.fixture
def page(tmp_path):
    (tmp_path / "elements.json").write_text(json.dumps(DECLARED))
    figures = tmp_path / "assets" / "figures"
    figures.mkdir(parents=True)
    (figures / "dots-light.svg").write_text(SVG)
    (figures / "notes.svg").write_text("no picture at all")
    (figures / "empty.png").write_bytes(b"")
    (figures / "table.png").write_text("a,b\n1,2\n")
    (tmp_path / "outside.svg").write_text(SVG)
    return Page(assets=tmp_path / "assets", elements=read_elements(tmp_path / "elements.json"))


def problem(page: Page, line: str) -> BlockError:
    (found,) = read_blocks(f"# P\n\n```demo\nuse: spin-noise\ncaption: Dots\n{line}\n```\n", page).problems
    return found


@pytest.mark.parametrize(
    ("poster", "words"),
    [
        ("/etc/passwd", "must lie below assets/"),
        ("../outside.svg", "must lie below assets/"),
        ("figures/../../outside.svg", "must lie below assets/"),
        ("figures/..", "must lie below assets/"),
        ("C:/x.png", "must lie below assets/"),
        ("figures\\\\dots-light.svg", "must lie below assets/"),
        ("figures/notes.svg", '"figures/notes.svg" is no picture'),
        ("figures/empty.png", "is no picture"),
        ("figures/table.png", "is no picture"),
        ("figures", "is no picture"),
        (".", "is no picture"),
        ("figures/dots-ligt.svg", 'did you mean "figures/dots-light.svg"?'),
        ("figures/table.svg", 'did you mean "figures/dots-light.svg"?'),
        ("a" * 5000, "there is no picture"),
        ("2024-01-05", 'there is no picture "2024-01-05"'),
    ],
)
def test_posters_are_pictures_below_the_assets(page, poster, words):
    found = problem(page, f"poster: {poster}")
    assert found.line == 6
    assert words in found.message
    assert len(found.message) < 300


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("seed: 2024-13-45", '"seed: 2024-13-45" must be a whole number.'),
        ("seed: 0x_", '"seed: 0x_" must be a whole number.'),
        ("seed: .nan", '"seed: .nan" must be a whole number.'),
        ("speed: .nan", '"speed: .nan" must be a number.'),
        ("speed: .inf", '"speed: .inf" must be a number.'),
        ("speed: 1e400", "too large for a page"),
        ("label: true", '"label: true" must be text.'),
        ("seed: " + "1" * 5000, "too large for a page"),
        ("[seed]: 1", "a key must be a word"),
        ("2024-01-05: 1", 'unknown key "2024-01-05"'),
        ("x" * 900 + ": 1", 'unknown key "xxx'),
    ],
)
def test_odd_values_are_named_as_they_are_written(page, line, words):
    found = problem(page, line)
    assert found.line == 6
    assert words in found.message
    assert len(found.message) < 300


def test_a_date_in_a_state_is_one_sentence(page):
    demo = "```demo\nuse: spin-noise\nid: d\ncaption: Dots\n```\n"
    state = "demo: d\nstate:\n  seed: 2024-01-05"
    exercise = f"```exercise\nid: ex\nkind: do\nquestion: Q\n{state}\nsolution: S\n```\n"
    (found,) = read_blocks(f"{demo}\n{exercise}", page).problems
    assert (found.line, found.message) == (13, 'exercise block: "seed: 2024-01-05" must be a whole number.')


def test_texts_have_a_longest_length():
    attribute = Attribute("text", "", max=3)
    assert attribute.problem("图像图") is None
    assert attribute.problem("图像图像") == "must have at most 3 characters."
    assert attribute.problem(1234) == "must have at most 3 characters."


def test_choices_show_numbers_as_they_are_written(page):
    choices = "choices:\n  - text: 0.50\n    correct: true\n    why: 1.0\n  - text: 007\n    why: No\n"
    text = f"```exercise\nid: ex\nkind: predict\nquestion: Q\n{choices}solution: S\n```\n"
    (exercise,) = read_blocks(text, page).by_id.values()
    assert [(choice.text, choice.why) for choice in exercise.choices] == [("0.50", "1.0"), ("007", "No")]


@pytest.mark.parametrize("form", ["300000000d", "*>90", "c", "s", ".999f", "d d", "x<5", "{}", "n"])
def test_formats_write_one_number(form):
    (found,) = check_numbers(f"\n[[x | {form}]]", {"x": 60})
    assert (found.line, found.message) == (2, f'"{form}" is no way to write x = 60; try .2f, .1% or a comma.')


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        ("- 1\n- 2\n", "", "write one `key: value` a line"),
        ("just words\n", "", "write one `key: value` a line"),
        ("a: 1\nb: &b\n  c: *b\n", ":2", '"&b" would be an anchor'),
        ("a: 1\nb: !!set {c}\n", ":2", '"!!set" would be a tag'),
        ("a: 1\na: 2\n", ":2", 'the key "a" stands twice'),
        ("a: [1\n", ":1", "this is not YAML"),
        ("a: 1\n扩散: 2\n".encode("gbk"), ":2", "this is not UTF-8; save the file in that encoding."),
        ("a: 1\n".encode("utf-16"), ":1", "this is not UTF-8"),
        ("a: " + "9" * 30, ":1", "is too large for a page"),
    ],
)
def test_facts_that_cannot_be_read_are_named_with_their_line(tmp_path, content, place, words):
    facts = tmp_path / "facts.yml"
    facts.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError, match=rf"^\S*facts\.yml{place}: ") as caught:
        read_facts(tmp_path / "assets", facts)
    assert words in str(caught.value)


def test_numbers_of_the_comparison_say_of_how_many_images_they_are(tmp_path):
    (tmp_path / "data").mkdir()
    content = made_by_hand("fashion-vae", "fashion-autoregressive")
    (tmp_path / "data" / "comparison.json").write_text(json.dumps(content))
    facts = read_facts(tmp_path, None)
    assert facts["comparison.yardsticks.10000.repeated.recall"] == 0.93
    assert facts["comparison.models.fashion-vae.quality.10000.fd_ae"] == 6
    assert facts["comparison.models.fashion-vae.flattered.both.fd_cnn"] == pytest.approx(0.7 * 48)
    assert "comparison.models.fashion-autoregressive.quality.10000.fd_ae" not in facts
    assert not any("shown" in key for key in facts)  # a picture is no number


def test_facts_may_be_empty_begin_with_a_mark_and_hold_dates_as_text(tmp_path):
    facts = tmp_path / "facts.yml"
    facts.write_text("# nothing yet\n")
    assert read_facts(tmp_path, facts) == {}
    facts.write_bytes("\ufeffa:\r\n  b: 2026-11-24\r\n  c: [1.5, true]\r\n".encode())
    assert read_facts(tmp_path, facts) == {"a.b": "2026-11-24", "a.c.0": 1.5}


@pytest.mark.parametrize(
    "box", ["0 0 1.2.3 4", "0 0 " + "9" * 3000 + " 4", "0 0 0 0", "0 0 -1 4", "x", "0 0 1e999 1", "0 0 999999999 9"]
)
def test_a_damaged_picture_has_no_size(tmp_path, box):
    path = tmp_path / "a.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"></svg>')
    assert picture_size(path) is None
    assert picture_format(path) == "svg"


def test_what_is_no_file_is_no_picture(tmp_path):
    for name in ("a" * 5000, "a\0b", "none.png", "."):
        assert picture_size(tmp_path / name) is None
        assert picture_format(tmp_path / name) == ""
    kinds = {b"\xff\xd8\xff\xe0": "jpeg", b"GIF89a": "gif", b"RIFF1234WEBP": "webp", b"\0\0\0 ftypavif": "avif"}
    for start, name in kinds.items():
        (tmp_path / name).write_bytes(start + bytes(20))
        assert picture_format(tmp_path / name) == name
        assert picture_size(tmp_path / name) is None


def test_problems_are_one_line_each(page):
    found = problem(page, "label: [a]\nid: |\n  two\n  lines")
    assert "\n" not in found.message
    assert re.fullmatch(r"demo block: .*\.", found.message)
