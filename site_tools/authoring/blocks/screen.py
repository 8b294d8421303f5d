"""The `screen` block: a drawn page of GitHub, with numbers at the parts that the text explains.

The drawings come from the web code's templates, the same that the simulator uses; a build of the web
code leaves them as HTML. A drawing stands in a shadow root, where the site's styles do not reach it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from site_tools.authoring.fences import Block, check_keys, identifier, nearest, text_of
from site_tools.bundle import Drawing

KEYS = ("use", "id", "caption", "alt", "callouts")

TEXT = {
    "zh": {"ribbon": "教学示意图，不是 GitHub 的页面"},
    "en": {"ribbon": "Teaching drawing, not a GitHub page"},
}


@dataclass(frozen=True)
class Screen:
    """A checked screen block.

    Attributes:
        id, caption, alt: as written; Markdown and plain text.
        drawing: what it shows.
        callouts: (part, explanation in Markdown), in the order of their numbers.
    """

    id: str
    caption: str
    alt: str
    drawing: Drawing
    callouts: tuple[tuple[str, str], ...]


def check_screen(block: Block, drawings: Mapping[str, Drawing], number: int) -> Screen:
    """Judge one block.

    Args:
        block: as read.
        drawings: name -> drawing, all there are.
        number: which block of the page this is, from 1, for an id if none is given.

    Raises:
        BlockError: the first thing wrong with it.
    """
    check_keys(block, KEYS, ("use", "caption"))
    name = text_of(block, "use")
    if name not in drawings:
        raise block.error("use", f'unknown screen "{name}"; {nearest(name, drawings)}')
    caption = text_of(block, "caption")
    return Screen(
        id=identifier(block, "id") if "id" in block.values else f"screen-{number}",
        caption=caption,
        alt=text_of(block, "alt") if "alt" in block.values else caption,
        drawing=drawings[name],
        callouts=tuple(_callouts(block, name, drawings[name])) if "callouts" in block.values else (),
    )


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


def screen_html(screen: Screen, styles: str, language: str) -> str:
    """The drawing with its numbers; `styles` is the address of its style sheet."""
    page = screen.drawing.html
    for number, (part, _) in enumerate(screen.callouts, start=1):
        page = page.replace(f'data-part="{part}"', f'data-part="{part}" data-callout="{number}"', 1)
    return drawing_html(Drawing(screen.drawing.address, page, ()), screen.alt, styles, language)


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
