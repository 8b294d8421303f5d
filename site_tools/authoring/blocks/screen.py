"""The `screen` block: a drawn page of GitHub, with numbers at the parts that the text explains.

The drawings come from the web code's templates, the same that the simulator uses; a build of the web
code leaves them as HTML. A drawing stands in a shadow root, where the site's styles do not reach it.
"""

import xml.etree.ElementTree as etree
from dataclasses import dataclass
from html import escape
from typing import Self

from site_tools.authoring.fences import Block, check_keys, identifier, text_of
from site_tools.authoring.page import Item, Page, Pen
from site_tools.bundle import DRAWING_STYLES, Drawing
from site_tools.messages import nearest

KEYS = ("use", "id", "caption", "alt", "callouts")

TEXT = {
    "zh": {"ribbon": "教学示意图，不是 GitHub 的页面"},
    "en": {"ribbon": "Teaching drawing, not a GitHub page"},
}


@dataclass(frozen=True, kw_only=True)
class Screen(Item):
    """A checked screen block.

    Attributes:
        caption, alt: as written; Markdown and plain text.
        drawing: what it shows.
        callouts: (part, explanation in Markdown), in the order of their numbers.
    """

    styles = (DRAWING_STYLES,)
    prose = ("caption", "alt", "callouts.*.*")

    caption: str
    alt: str
    drawing: Drawing
    callouts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def check(cls, block: Block, page: Page, number: int) -> Self:
        """As of every kind."""
        check_keys(block, KEYS, ("use", "caption"))
        name = text_of(block, "use")
        if name not in page.drawings:
            raise block.error("use", f'unknown screen "{name}"; {nearest(name, page.drawings)}')
        drawing, caption = page.drawings[name], text_of(block, "caption")
        return cls(
            id=identifier(block, "id") if "id" in block.values else f"screen-{number}",
            block=block,
            caption=caption,
            alt=text_of(block, "alt") if "alt" in block.values else caption,
            drawing=drawing,
            callouts=tuple(_callouts(block, name, drawing)) if "callouts" in block.values else (),
        )

    def render(self, parent: etree.Element, pen: Pen) -> None:
        """A figure: the drawing, its explanations and the caption."""
        figure = etree.SubElement(parent, "figure", {"class": "github-figure", "id": self.id})
        figure.text = pen.finished(screen_html(self, pen.plain(self.alt), pen.page.drawing_styles, pen.page.language))
        if self.callouts:
            explanations = etree.SubElement(figure, "ol")
            for _, text in self.callouts:
                etree.SubElement(explanations, "li").text = text
        etree.SubElement(figure, "figcaption").text = self.caption


def _callouts(block: Block, name: str, drawing: Drawing) -> list[tuple[str, str]]:
    items = block.values["callouts"]
    if not isinstance(items, list) or not all(isinstance(item, dict) and len(item) == 1 for item in items):
        raise block.error("callouts", '"callouts" must be a list, one "- part: what to know of it" a line.')
    found: list[tuple[str, str]] = []
    for index, item in enumerate(items):
        ((part, text),) = item.items()
        line = f"callouts.{index}"
        if part not in drawing.parts:
            raise block.error(line, f'the screen "{name}" has no part "{part}"; {nearest(str(part), drawing.parts)}')
        if part in (earlier for earlier, _ in found):
            raise block.error(line, f'the part "{part}" has a number already; say both things in one line.')
        if not isinstance(text, str) or not text.strip():
            raise block.error(line, f'"{part}" must be followed by text; put it between quotes if it holds a colon.')
        found.append((part, text.strip()))
    return found


def screen_html(screen: Screen, alt: str, styles: str, language: str) -> str:
    """The drawing with its numbers; `styles` is the address of its style sheet."""
    page = screen.drawing.html
    for number, (part, _) in enumerate(screen.callouts, start=1):
        page = page.replace(f'data-part="{part}"', f'data-part="{part}" data-callout="{number}"', 1)
    return drawing_html(Drawing(screen.drawing.address, page, ()), alt, styles, language)


def drawing_html(drawing: Drawing, alt: str, styles: str, language: str) -> str:
    """A drawn page in its window, for readers who see it as one picture.

    The words of a picture are not what a search should find; Material leaves out an excluded element to the first
    end of its own kind, and there is no template in a template.
    """
    ribbon = TEXT.get(language, TEXT["en"])["ribbon"]
    bar = f'<span class="address">{escape(drawing.address)}</span><em class="ribbon">{ribbon}</em>'
    window = f'<div class="window-bar">{bar}</div><div lang="en">{drawing.html}</div>'
    root = f'<link rel="stylesheet" href="{escape(styles)}"><div class="github" inert>{window}</div>'
    template = f'<template shadowrootmode="open" data-search-exclude>{root}</template>'
    return f'<div class="github-host" role="img" aria-label="{escape(alt)}">{template}</div>'
