"""The course's own decks: made from the pages as they stand, and good to speak from."""

import datetime
import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from pptx import Presentation

from demos.errors import UserError
from site_tools.course.decks.build import (
    COURSES,
    LETTERS,
    TEXT,
    course_name,
    deck_file,
    digest,
    is_foreign,
    is_fresh,
    make_deck,
    read_course,
    write_decks,
)
from site_tools.course.decks.canvas import HEIGHT, WIDTH, fitting, width_of
from site_tools.course.decks.lessons import read_lesson
from site_tools.course.decks.package import made_from
from site_tools.course.decks.plain import plain
from site_tools.course.decks.speech import speech
from tests.support.decks import small_deck

ROOT = Path(__file__).parents[3]
DOCS, LECTURES = ROOT / "docs", ROOT / "docs" / "lectures"
EVERY = [(course, language) for course in COURSES for language in TEXT]
IDS = [f"{course.folder}-{language}" for course, language in EVERY]
EMU = 914_400  # of an inch


NAMES = {"zh": course_name(ROOT / "mkdocs.yml"), "en": course_name(ROOT / "mkdocs.en.yml")}


def picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(content, "PNG")
    return content.getvalue()


def sketch(course, language):
    """A deck with blank pictures."""
    return make_deck(course, read_course(course, DOCS, language), language, "Course", lambda *_: picture())


@pytest.mark.parametrize(("course", "language"), EVERY, ids=IDS)
def test_committed_deck_was_made_from_the_pages_as_they_are(course, language):
    mark = digest(course, read_course(course, DOCS, language), language, NAMES[language], DOCS)
    assert is_fresh(deck_file(LECTURES, course, language), mark), "run `python -m site_tools decks`, then `lectures`"


@pytest.mark.parametrize(("course", "language"), EVERY, ids=IDS)
def test_slides_have_titles_and_stay_on_the_slide(course, language):
    slides = list(sketch(course, language).presentation.slides)
    assert len(slides) > 20
    for slide in slides:
        assert slide.shapes.title.text_frame.text
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert (shape.left + shape.width) / EMU <= WIDTH + 0.01
            assert (shape.top + shape.height) / EMU <= HEIGHT + 0.01
            if shape.has_text_frame and shape.text_frame.text:
                paragraphs = [paragraph.text for paragraph in shape.text_frame.paragraphs]
                size = round(shape.text_frame.paragraphs[0].runs[0].font.size.pt)
                assert fitting(paragraphs, shape.width / EMU, shape.height / EMU, (size, 1)) == size, paragraphs


def words(slide) -> list[str]:
    """What stands on a slide, its title first."""
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    title = slide.shapes.title.text_frame.text
    texts.remove(title)
    return [title, *texts]


@pytest.mark.parametrize(("course", "language"), EVERY, ids=IDS)
def test_every_lesson_asks_before_it_shows_and_keeps_the_answer_for_the_notes(course, language):
    text, lessons = TEXT[language], read_course(course, DOCS, language)
    slides = iter(sketch(course, language).presentation.slides)
    for lesson in lessons:
        assert any(words(slide)[0] == lesson.title for slide in slides)  # also skips to it
        first = next(slides)
        title, *rest = words(first)
        assert title == text["guess"]  # nothing of the lesson is shown before
        question = next(one for one in lesson.questions.values() if one.text in rest)
        for letter, (choice, right, why) in zip(LETTERS, question.choices, strict=False):
            assert f"{letter}　{choice}" in rest  # the choice alone: no mark tells the right one
            assert why not in "".join(rest)
            if right:
                assert first.notes_slide.notes_text_frame.text.startswith(f"{text['answer']}{letter}")


@pytest.mark.parametrize(("course", "language"), EVERY, ids=IDS)
def test_a_demo_runs_from_its_question_before_the_next_slide_shows_how_it_ends(course, language):
    text = TEXT[language]
    guarded = {
        lesson.address + f"#{demo}": lesson.questions[question].text
        for lesson in read_course(course, DOCS, language)
        for demo, question in lesson.guards.items()
    }
    met: dict[str, list[list[str]]] = {}
    for slide in sketch(course, language).presentation.slides:
        for shape in slide.shapes:
            address = shape.click_action.hyperlink.address if shape.shape_type is not None else None
            if address in guarded:
                met.setdefault(address, []).append(words(slide))
        for asked, *shown in met.values():
            assert shown or words(slide) == asked  # nothing comes between
    assert met.keys() == guarded.keys()
    for address, (asked, shown) in met.items():
        assert asked[0] == text["guess"]
        assert guarded[address] in asked
        assert text["run"] in asked
        assert guarded[address] not in shown


@pytest.mark.parametrize(("course", "language"), EVERY, ids=IDS)
def test_buttons_lead_to_pages_and_demos_that_exist(course, language):
    links = [
        shape.click_action.hyperlink.address
        for slide in sketch(course, language).presentation.slides
        for shape in slide.shapes
        if shape.shape_type is not None and shape.click_action.hyperlink.address
    ]
    assert len(links) >= 2 * len(course.pages)
    for link in links:
        page, _, demo = link.partition("#")
        source = (DOCS / language / f"{page.rstrip('/')}.md").read_text(encoding="utf-8")
        assert not demo or f"\nid: {demo}\n" in source


def test_pictures_are_described():
    for slide in sketch(COURSES[1], "en").presentation.slides:
        for shape in slide.shapes:
            if shape.shape_type is not None and "PICTURE" in str(shape.shape_type):
                assert shape._element.nvPicPr.cNvPr.get("descr")


def test_the_same_slides_are_the_same_bytes_and_say_what_they_are_made_from(tmp_path):
    for name in ("a", "b"):
        sketch(COURSES[0], "zh").save(tmp_path / f"{name}.pptx", title="T", subject="S", author="A", made_from="digest")
    assert (tmp_path / "a.pptx").read_bytes() == (tmp_path / "b.pptx").read_bytes()
    assert made_from(tmp_path / "a.pptx") == "digest"
    assert zipfile.ZipFile(tmp_path / "a.pptx").testzip() is None
    assert Presentation(str(tmp_path / "a.pptx")).core_properties.title == "T"


def test_a_changed_lesson_makes_its_deck_stale(tmp_path):
    course, language = COURSES[0], "en"
    lessons = read_course(course, DOCS, language)
    mark = digest(course, lessons, language, "Course", DOCS)
    assert digest(course, lessons[:-1], language, "Course", DOCS) != mark
    assert digest(course, lessons, language, "Another name", DOCS) != mark
    path = tmp_path / "deck.pptx"
    assert not is_fresh(path, mark)
    sketch(course, language).save(path, title="T", subject="S", author="A", made_from=mark)
    assert is_fresh(path, mark)
    assert not is_fresh(path, f"{mark}0")


@pytest.mark.parametrize("kind", ["another", "saved since", "damaged"])
def test_a_deck_made_or_changed_by_hand_is_never_overwritten(tmp_path, kind):
    course = COURSES[0]
    path = deck_file(tmp_path, course, "zh")
    path.parent.mkdir()
    if kind == "damaged":
        path.write_bytes(b"PK")
    elif kind == "another":
        small_deck(path)
    else:
        sketch(course, "zh").save(path, title="T", subject="S", author="A", made_from="older pages")
        assert not is_foreign(path)
        deck = Presentation(str(path))  # PowerPoint sets the date
        deck.core_properties.modified = datetime.datetime(2026, 11, 24)
        deck.save(str(path))
    assert is_foreign(path)
    before = path.read_bytes()
    with pytest.raises(
        UserError, match=r"slides\.zh\.pptx was made or changed by hand, so nothing was written: move it"
    ):
        write_decks(tmp_path, DOCS, DOCS.parent / "mkdocs.yml")
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.rglob("*") if item.is_file()] == [path.name]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**Sign up**: a [link](x.md#y) and `code`", "Sign up: a link and code"),
        ("`![a](b.png)` stays", "![a](b.png) stays"),
        (r"$x_t=\sqrt{\bar\alpha_t}\,x_0$".replace(r"\,", ""), "xₜ = √(ᾱₜ)x₀"),
        (r"$\hat{x}_0$ of $x_{500}$, $x_T$ and $10^8$", "x̂₀ of x₅₀₀, x_T and 10⁸"),
        ("two\n  lines", "two lines"),
        ("[[a.b | .1f]] MB", "2.0 MB"),
    ],
)
def test_markdown_becomes_text(markdown, text):
    assert plain(markdown, {"a.b": 2}) == text


def test_a_formula_that_is_no_line_is_refused():
    with pytest.raises(UserError, match="does not fit into a line of a slide"):
        plain(r"$\frac{a}{b}$", {})


def test_a_block_without_an_id_is_refused(tmp_path):
    (tmp_path / "page.md").write_text("# A { #a }\n\n```demo\nuse: x\ncaption: y\n```\n", encoding="utf-8")
    with pytest.raises(UserError, match="a demo block without an id cannot be shown"):
        read_lesson(tmp_path, "page.md", {})


def test_a_page_that_is_no_lesson_is_refused(tmp_path):
    (tmp_path / "page.md").write_text("# A { #a }\n", encoding="utf-8")
    with pytest.raises(UserError, match="has no list of outcomes"):
        read_lesson(tmp_path, "page.md", {})


def test_widths_and_sizes():
    assert width_of("中文") == 2
    assert width_of("ab") == pytest.approx(1.08)
    assert fitting(["字" * 10], 10, 1, (72, 36)) == 36  # ten squares of an inch are as wide, but a line is higher
    assert fitting(["字" * 10], 10, 1.4, (72, 36)) == 72


PAGE = """---
title: Noise
---

# Noise { #noise }

Before the first section.

## Look { #look }

First [this](other.md), then **that**.
{ #named }

!!! tip "A box"
    Not for the speaker.

    Nor this.

The steps:

1. Add [[steps]].
2. Scale by $\\sqrt{\\alpha}$.

```demo
use: x
```

| a | table |
|---|---|

It gives:

$$
x = y
$$

Afterwards.

![A](a.svg)
/// caption
Which stands on the slide.
///

## Nothing to see { #nothing }

Words without a picture.
"""


def test_what_the_page_says_around_a_picture_is_for_the_speaker():
    demo, figure = (PAGE.splitlines().index(line) + 1 for line in ("```demo", "![A](a.svg)"))
    before, after = speech(PAGE, [demo, figure], {"steps": 20})
    assert before.splitlines() == ["First this, then that.", "The steps:", "1. Add 20.", "2. Scale by √(α)."]
    assert after == "Afterwards."
    assert speech(PAGE, [demo], {"steps": 20}) == [f"{before}\nAfterwards."]
