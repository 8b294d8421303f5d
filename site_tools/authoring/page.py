"""One page as the Markdown extensions see it: what is known of it, and what its blocks have in common."""

import xml.etree.ElementTree as etree
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol, Self

from site_tools.authoring.fences import Block, BlockError, lines_of
from site_tools.bundle import Drawing, Element
from site_tools.models.manifest import Manifest

PAGE_SUFFIXES = (".md", ".ipynb")

Value = str | int | float  # what prose may name


@dataclass
class Page:
    """What the extension must know of the page it renders.

    Attributes:
        language: of the page; text around exercises is in it.
        assets: folder with figures, models and data.
        elements: tag -> live element, all there are.
        drawings: name -> drawn page of GitHub, all there are; `drawing_styles` is the address of their styles.
        models: name -> manifest, all there are.
        facts: key -> number for prose.
        chapters: titles in the navigation that have pages below them.
        root: path from the page to the root of the site, "" or ending in "/".
        uri: path of the source below the folder of its language.
        url: address of the page below that folder.
        source: the file of the page, or None.
        text, above: its Markdown, and how many lines of the file stand above that.
        sources: file on disk -> path below the root of the site, for files that all languages share.
        shared: that path -> its URL there.
        items: id -> checked block, after rendering.
    """

    language: str = "zh"
    assets: Path = Path("docs/assets")
    elements: Mapping[str, Element] = field(default_factory=dict)
    drawings: Mapping[str, Drawing] = field(default_factory=dict)
    drawing_styles: str = ""
    models: Mapping[str, Manifest] = field(default_factory=dict)
    facts: Mapping[str, Value] = field(default_factory=dict)
    chapters: Collection[str] = ()
    root: str = ""
    uri: str = "index.md"
    url: str = "./"
    source: Path | None = None
    text: str = ""
    above: int = 0
    sources: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, "Item"] = field(default_factory=dict)

    def problem(self, written: str, message: str) -> BlockError:
        """What is wrong with something that stands in the text, at its line."""
        first = written.strip().partition("\n")[0]
        line = next((number for number, line in enumerate(lines_of(self.text), start=1) if first in line), 1)
        return BlockError(line, message)


class Pen(Protocol):
    """What a block writes with: where it stands in the page is not its concern."""

    page: Page

    def markdown(self, parent: etree.Element, text: str) -> None:
        """Paragraphs, lists and code below `parent`; text set on an element is Markdown of one line by itself."""

    def plain(self, text: str) -> str:
        """Text for an attribute, with its numbers written out."""

    def finished(self, html: str) -> str:
        """Text for an element that becomes `html` as it is: addresses in it count from the page."""


@dataclass(frozen=True, kw_only=True)
class Item(ABC):
    """A checked block; every kind is a subclass.

    Attributes:
        id: its name on the page.
        block: what it was read from.
        files: logical names of what it may load.
        live: whether the page must bring the loader for it.
        styles: logical names of style sheets that the page must bring.
        prose: dotted keys of values that readers get to read, "*" for any key or place in a list.
    """

    live: ClassVar[bool] = False
    styles: ClassVar[tuple[str, ...]] = ()
    prose: ClassVar[tuple[str, ...]] = ()

    id: str
    block: Block = field(repr=False, compare=False)
    files: tuple[str, ...] = ()

    @classmethod
    @abstractmethod
    def check(cls, block: Block, page: Page, number: int) -> Self:
        """Judge one block by itself.

        Args:
            block: as read.
            page: where it stands.
            number: which of its kind this is on the page, from 1, for an id if none is given.

        Raises:
            BlockError: the first thing wrong with it.
        """

    def meet(self, items: Mapping[str, "Item"], broken: Mapping[str, str]) -> None:  # noqa: B027 - most need no others
        """Judge what it says of other blocks of the page.

        Args:
            items: id -> sound block.
            broken: id -> kind of the others: an error of their own is enough.

        Raises:
            BlockError: the first thing wrong.
        """

    @abstractmethod
    def render(self, parent: etree.Element, pen: Pen) -> None:
        """Become HTML below `parent`."""
