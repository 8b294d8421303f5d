"""The `demo` block: which live element, what may be said of it, and the figure it becomes."""

import json
import xml.etree.ElementTree as etree
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path, PurePosixPath
from typing import Self

from site_tools.authoring.blocks.model import model_of
from site_tools.authoring.blocks.screen import drawing_html
from site_tools.authoring.fences import Block, check_keys, identifier, text_of
from site_tools.authoring.page import Item, Page, Pen
from site_tools.authoring.pictures import picture_format, picture_html
from site_tools.bundle import SETTINGS, Element
from site_tools.messages import nearest

COMMON_KEYS = ("use", "id", "caption", "alt", "poster", "after")
GATE = "exercise"  # the kind of block that may come first
STILL = {
    "zh": "浏览器没有运行 JavaScript，这个演示只是一张静止的图。",
    "en": "JavaScript does not run in this browser: of this demo there is a still picture only.",
}


@dataclass(frozen=True, kw_only=True)
class Demo(Item):
    """A checked demo block.

    Attributes:
        tag, caption, alt: as written, or made up from the block.
        element: what `tag` is.
        attributes: of the element, in the order of the block.
        poster: the picture, or None.
        after: id of the exercise that comes first, or "".
    """

    live = True
    prose = ("caption", "alt")

    tag: str
    element: Element
    caption: str
    alt: str
    attributes: Mapping[str, str]
    poster: Path | None = None
    after: str = ""

    @classmethod
    def check(cls, block: Block, page: Page, number: int) -> Self:
        """As of every kind."""
        tag, element = _element(block, page.elements)
        attributes: dict[str, str] = {}
        poster = (
            element.poster if (page.assets / element.poster).is_file() else ""
        )  # this course's; others may have none
        if element.accepts:
            model = model_of(block, page, tag, element.accepts)
            attributes["model"] = model.name
            poster = poster or model.poster
        for key, value in block.values.items():
            if key in element.attributes:
                attribute, written = element.attributes[key], block.written.get(key, value)
                if attribute.type in SETTINGS:
                    check_settings(block, key, tag, element, lists=attribute.type == "cases")
                    attributes[key] = json.dumps(value, ensure_ascii=False)
                    continue
                if problem := attribute.problem(value):
                    raise block.error(key, f'"{key}: {written}" {problem}')
                attributes[key] = str(written if attribute.type == "text" else value)
        caption = text_of(block, "caption")
        return cls(
            id=identifier(block, "id") if "id" in block.values else f"demo-{number}",
            block=block,
            files=(f"elements/{tag}.js", *(name.format(**attributes) for name in element.files)),
            tag=tag,
            element=element,
            caption=caption,
            alt=text_of(block, "alt") if "alt" in block.values else caption,
            attributes=attributes,
            poster=_poster(block, page.assets, text_of(block, "poster") if "poster" in block.values else poster),
            after=identifier(block, "after") if "after" in block.values else "",
        )

    def meet(self, items: Mapping[str, Item], broken: Mapping[str, str]) -> None:
        """The exercise that comes first is on the page."""
        kinds = {**{item.id: item.block.kind for item in items.values()}, **broken}
        gates = [id for id, kind in kinds.items() if kind == GATE]
        if self.after and self.after not in gates:
            message = f'no exercise on this page has the id "{self.after}"; {nearest(self.after, gates)}'
            raise self.block.error("after", message)

    def render(self, parent: etree.Element, pen: Pen) -> None:
        """A figure: the element with its picture inside, the question if it stands right before, and the caption."""
        page, alt = pen.page, pen.plain(self.alt)
        question = parent[-1] if self.after and len(parent) and parent[-1].get("id") == self.after else None
        figure = etree.SubElement(parent, "figure", {"class": "live-figure", "id": self.id})
        if self.drawing in page.drawings:
            poster = drawing_html(page.drawings[self.drawing], alt, page.drawing_styles, page.language)
        else:
            poster = poster_html(self, alt, page.assets, page.root)
        figure.text = pen.finished(element_html(self, poster))
        if question is not None:  # one card: the element takes the question in when its script is here
            parent.remove(question)
            figure.append(question)
        caption = etree.SubElement(figure, "figcaption")
        caption.text = f"{self.caption} "
        etree.SubElement(caption, "noscript", {"data-search-exclude": ""}).text = STILL.get(page.language, STILL["en"])

    @property
    def drawing(self) -> str:
        """Name of the drawn page that stands in for it, or ""."""
        if self.element.drawings is None:
            return ""
        attribute, by_value = self.element.drawings
        return by_value[self.attributes.get(attribute) or str(self.element.attributes[attribute].default)]


def _element(block: Block, elements: Mapping[str, Element]) -> tuple[str, Element]:
    if "use" not in block.values:
        raise block.error("use", f'the key "use" is missing: the live element, one of {", ".join(sorted(elements))}.')
    tag = text_of(block, "use")
    if tag not in elements:
        raise block.error("use", f'unknown element "{tag}"; {nearest(tag, elements)}')
    model = ["model"] if elements[tag].accepts else []
    check_keys(block, [*COMMON_KEYS, *elements[tag].attributes, *model], ["caption", *model], where=f" for {tag}")
    return tag, elements[tag]


def check_settings(block: Block, key: str, tag: str, element: Element, *, lists: bool = False) -> None:
    """Judge a mapping of a block that names attributes of an element and what they may be, `lists` of values if so.

    Raises:
        BlockError: not a mapping, not attributes of that element, or not what they may be.
    """
    settings = block.values[key]
    if not isinstance(settings, dict) or not settings:
        raise block.error(
            key, f'"{key}" must name attributes of {tag}, such as {key}: {{{next(iter(element.attributes))}: ...}}.'
        )
    for name, value in settings.items():
        line = f"{key}.{name}"
        if name not in element.attributes:
            raise block.error(line, f'unknown key "{name}" for {tag}; {nearest(str(name), element.attributes)}')
        if lists and not (isinstance(value, list) and value):
            raise block.error(line, f'"{name}" must be followed by a list of values, such as [a, b].')
        for one in value if lists else [value]:
            if problem := element.attributes[name].problem(one):
                raise block.error(line, f'"{name}: {one if lists else block.written.get(line, one)}" {problem}')


def _poster(block: Block, assets: Path, relative: str) -> Path | None:
    if not relative:
        return None
    if relative.startswith("/") or "\\" in relative or ":" in relative or ".." in relative.split("/"):
        raise block.error(
            "poster", f'the picture "{relative}" must lie below {assets.name}/; write its path from there, with "/".'
        )
    path = assets / relative
    if picture_format(path):
        return path
    try:
        names = [(PurePosixPath(relative).parent / one.name).as_posix() for one in sorted(path.parent.iterdir())]
        there = path.exists()
    except (OSError, ValueError):  # no such folder, or no folder can be called that
        names, there = [], False
    if there:
        raise block.error("poster", f'"{relative}" is no picture: PNG, SVG, JPEG, GIF, WebP and AVIF are.')
    pictures = [name for name in names if picture_format(assets / name)]
    raise block.error("poster", f'there is no picture "{relative}" below {assets.name}/; {nearest(relative, pictures)}')


def poster_html(demo: Demo, alt: str, assets: Path, root: str) -> str:
    """The picture that stands where the element will be; `root` leads from the page to the root of the site."""
    if demo.poster is None:
        return ""
    return picture_html(demo.poster, alt, assets, root, "live-poster")


def element_html(demo: Demo, poster: str) -> str:
    """The element with its state, and inside what stands there until it runs."""
    attributes = {**demo.attributes, **({"after": demo.after} if demo.after else {})}
    written = "".join(f' {name}="{escape(value)}"' if value else f" {name}" for name, value in attributes.items())
    return f"<{demo.tag}{written}>{poster}</{demo.tag}>"
