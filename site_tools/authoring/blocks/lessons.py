"""The `lessons` block: the lessons of one chapter as cards, each with its picture, its time and what has been done.

    ```lessons
    chapter: Diffusion models
    ```

A chapter is a title in the navigation; the pages below it are its lessons, in that order. What a card says stands once,
in the front matter of its page (of a notebook: in its metadata), beside `title` and `description`:

    lesson:
      minutes: 35
      outcome: Compute the noisy image at any time in one jump.
      picture: figures/lesson-forward-process.png

`minutes` is the author's estimate for somebody who reads, guesses, runs the demos and does the exercises. It is stated
and not computed: most of the time goes into trying, which no count of words knows. The page names it as
`[[lesson.minutes]]`. `outcome` is one sentence, else the card has the description. `picture` lies below the assets (of
one that ends in -light the -dark twin is shown at night), else the card has the poster of the page's first demo. A page
that is no lesson says `lesson: false`.

The block itself leaves a place: cards can be written only when every page of the chapter has been read. Without scripts
they are links; <lesson-cards> adds what this reader has done.
"""

import xml.etree.ElementTree as etree
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Self

from site_tools.authoring.fences import Block, check_keys, identifier, text_of
from site_tools.authoring.page import Item, Page, Pen, Value
from site_tools.authoring.pictures import picture_html
from site_tools.messages import nearest

ELEMENT = "lesson-cards"
KEYS = ("chapter", "id")
LESSON_KEYS = ("minutes", "outcome", "picture")  # of the front matter

TEXT = {
    "zh": {"minutes": "{} 分钟", "question": "{} 道题", "questions": "{} 道题"},
    "en": {"minutes": "{} min", "question": "{} question", "questions": "{} questions"},
}


@dataclass(frozen=True, kw_only=True)
class Lessons(Item):
    """A checked lessons block; `chapter` is a title of the navigation."""

    live = True

    chapter: str

    @classmethod
    def check(cls, block: Block, page: Page, number: int) -> Self:
        """As of every kind."""
        check_keys(block, KEYS, ("chapter",))
        chapter = text_of(block, "chapter")
        if chapter not in page.chapters:
            raise block.error(
                "chapter", f'the navigation has no chapter "{chapter}"; {nearest(chapter, page.chapters)}'
            )
        return cls(
            id=identifier(block, "id") if "id" in block.values else f"lessons-{number}",
            block=block,
            files=(f"elements/{ELEMENT}.js",),
            chapter=chapter,
        )

    def render(self, parent: etree.Element, pen: Pen) -> None:
        """The place of the cards."""
        etree.SubElement(parent, ELEMENT, {"id": self.id})

    def with_cards(self, html: str, cards: str) -> str:
        """The page with the cards in their place."""
        opening = f'<{ELEMENT} id="{self.id}">'
        return html.replace(f"{opening}</{ELEMENT}>", f"{opening}{cards}</{ELEMENT}>", 1)


@dataclass(frozen=True)
class Lesson:
    """What one card says.

    Attributes:
        uri: of the page below its language; twins share it.
        url: of the page, from that with the card.
        title, outcome: plain text.
        minutes: as its author estimates.
        picture: a file below the assets.
        exercises: ids of the exercises on the page.
    """

    uri: str
    url: str
    title: str
    outcome: str
    minutes: int
    picture: Path
    exercises: tuple[str, ...]


def lesson_problems(declared: object) -> Iterator[tuple[str, str]]:
    """What is wrong with the value of `lesson` in front matter: the key below it, "" for itself, and a sentence."""
    if declared is None or declared is False:
        return
    if not isinstance(declared, Mapping):
        yield "", "must hold keys of its own, such as `minutes: 20`, or be false."
        return
    for key, value in declared.items():
        if key not in LESSON_KEYS:
            yield key, f"is unknown; {nearest(str(key), LESSON_KEYS)}"
        elif key == "minutes" and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            yield key, "must be a whole number of minutes."
        elif key != "minutes" and not (isinstance(value, str) and value.strip()):
            yield key, "must be text."


def lesson_facts(declared: object) -> dict[str, Value]:
    """What the prose of a page may name of its own front matter."""
    return {"lesson.minutes": declared["minutes"]} if isinstance(declared, Mapping) and "minutes" in declared else {}


def cards_html(lessons: list[Lesson], assets: Path, root: str, language: str) -> str:
    """The cards of a chapter.

    Args:
        lessons: in their order.
        assets: the folder of the pictures.
        root: path from the page to the root of the site, "" or ending in "/".
        language: of the page.
    """
    text = TEXT.get(language, TEXT["en"])
    return f'<ul class="lesson-cards">{"".join(_card(lesson, assets, root, text) for lesson in lessons)}</ul>'


def _card(lesson: Lesson, assets: Path, root: str, text: Mapping[str, str]) -> str:
    # the title says what the picture shows, and the picture is no more to be read than the title
    picture = picture_html(lesson.picture, "", assets, root, "lesson-picture")
    count = len(lesson.exercises)
    questions = text["question" if count == 1 else "questions"].format(count) if count else ""
    facts = [f"<span>{text['minutes'].format(lesson.minutes)}</span>"]
    facts += [f'<span class="lesson-questions">{questions}</span>'] if questions else []
    ids = " ".join(lesson.exercises)
    return (
        f'<li class="lesson-card" data-page="{escape(lesson.uri)}" data-exercises="{ids}">'
        f'<a href="{escape(lesson.url)}"><span class="lesson-frame">{picture}</span>'
        f'<b class="lesson-title">{escape(lesson.title)}</b></a>'
        f"<p>{escape(lesson.outcome)}</p>"
        f'<p class="lesson-facts">{"".join(facts)}</p></li>'
    )
