"""Links in raw HTML, such as the `<img>` that Typora writes for a scaled picture, count like those of Markdown.

MkDocs leaves raw HTML alone: a relative picture in it would be looked for below the page's own address
and be missing for every reader, with no word from a strict build.
"""

import xml.etree.ElementTree as etree
from html import escape

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from site_tools.authoring.links import Link, tag_links


class Finished(str):
    """Stashed HTML whose links are addresses of the site already."""


class LiftLinks(Treeprocessor):
    """Before links are resolved: gives the tree a link for each one in raw HTML."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.holder = etree.Element("div")
        self.lifted: list[tuple[int, Link, etree.Element]] = []

    def run(self, root: etree.Element) -> None:
        self.holder = etree.SubElement(root, "div")
        self.lifted = [
            (index, link, etree.SubElement(self.holder, "a", {"href": link.target}))
            for index, html in enumerate(self.md.htmlStash.rawHtmlBlocks)
            if isinstance(html, str) and not isinstance(html, Finished)
            for link in tag_links(html)
            if link.target and not link.target.startswith("#")
        ]


class LowerLinks(Treeprocessor):
    """After links are resolved: writes them back into the raw HTML."""

    def __init__(self, md: Markdown, lift: LiftLinks) -> None:
        super().__init__(md)
        self.lift = lift

    def run(self, root: etree.Element) -> None:
        root.remove(self.lift.holder)
        stash = self.md.htmlStash.rawHtmlBlocks
        for index, link, element in reversed(self.lift.lifted):
            address = element.get("href", "")
            if address != link.target:
                start, end = link.place
                stash[index] = f'{stash[index][:start]}"{escape(address)}"{stash[index][end:]}'
