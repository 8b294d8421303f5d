"""Links to files that all languages share, by their real place and to their one place in the site."""

import os
import posixpath
import re
import xml.etree.ElementTree as etree
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from site_tools.authoring.page import Page
from site_tools.authoring.pictures import picture_size


class SourceLinks(Treeprocessor):
    """Before links are resolved: a shared file may be named by its real place, as editors show it.

    `../../assets/x.svg` seen from `docs/zh/a/b.md` is `docs/assets/x.svg`, which lies outside
    `docs/zh`; the site has it at `assets/x.svg`.
    """

    def __init__(self, md: Markdown, page: Callable[[], Page]) -> None:
        super().__init__(md)
        self.page = page

    def run(self, root: etree.Element) -> None:
        page = self.page()
        if page.source is None:
            return
        folder, uri_folder = page.source.parent, posixpath.dirname(page.uri)
        files = {uri: file for file, uri in page.sources.items()}
        for element, key, url, rest in _links(root):
            file = os.path.normpath(folder / unquote(url))
            if file in page.sources:
                element.set(key, quote(posixpath.relpath(page.sources[file], uri_folder or ".")) + rest)
            if element.tag == "img":
                named = posixpath.normpath(posixpath.join(uri_folder, unquote(url)))
                _reserve(element, Path(files.get(named, file)))


def _reserve(image: etree.Element, file: Path) -> None:
    """Load a picture when it comes near, and keep its place free until then."""
    attributes = {"loading": "lazy"}
    if size := picture_size(file):
        attributes |= {"width": str(size[0]), "height": str(size[1])}
    for name, value in attributes.items():
        if image.get(name) is None:
            image.set(name, value)


class SiteLinks(Treeprocessor):
    """After links are resolved: shared files lie at the root of the site, not in the folder of a language."""

    def __init__(self, md: Markdown, page: Callable[[], Page]) -> None:
        super().__init__(md)
        self.page = page

    def run(self, root: etree.Element) -> None:
        page = self.page()
        addresses, folder = set(page.shared.values()), posixpath.dirname(page.url)
        for element, key, url, rest in _links(root):
            # MkDocs has written the way to the folder of the language
            address = posixpath.normpath(posixpath.join(folder, url))
            if address in addresses:
                element.set(key, f"{page.root}{address}{rest}")


def _links(root: etree.Element) -> Iterator[tuple[etree.Element, str, str, str]]:
    for element in root.iter():
        key = {"a": "href", "img": "src"}.get(element.tag)
        url = element.get(key) if key else None
        if key and url and not re.match(r"[a-z]+:|/|#", url):
            path = re.split(r"[?#]", url, maxsplit=1)[0]
            yield element, key, path, url[len(path) :]
