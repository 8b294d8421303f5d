"""What a deck would fetch from outside its own file: cut out of the copy that LibreOffice opens, and named.

A .pptx names everything it uses in lists of relationships. One of them may lead to a file of this computer or
into the network, and LibreOffice would draw what it finds there into a slide that everybody sees. It does not
care what kind of thing such a relationship claims to be, and follows drawings (SVG) inside the deck too.
"""

import base64
import binascii
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from lxml import etree

from site_tools.lectures.converting.drawings import as_drawing

_RELATIONSHIPS = ".rels"
_MEDIA = ("video", "audio", "media")
_CLICKS = {"hlinkClick", "hlinkHover", "hlinkMouseOver"}
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[\\/]{2}")
_NOTHING = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'

Element = Any  # of lxml, which declares no types


class Link(NamedTuple):
    """One thing outside: what kind the deck says it is ("image", "oleObject", "video", ...), and its name."""

    kind: str
    name: str

    @property
    def is_media(self) -> bool:
        """Whether it is a video or sound."""
        return self.kind in _MEDIA


def cut_links(source: Path, target: Path) -> dict[str, list[Link]]:
    """Copy a .pptx without anything that lies outside it; addresses that a reader may click stay.

    Returns:
        Part of the deck ("/ppt/slides/slide1.xml") -> what it would have fetched.

    Raises:
        ValueError, SyntaxError: a list of relationships is none.
    """
    cut: dict[str, list[Link]] = {}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        names = dict.fromkeys(old.namelist())  # of two parts under one name, the last one counts
        for name in names:
            content = old.read(name)
            if name.lower().endswith(_RELATIONSHIPS):
                owner = _owner(name)
                content, links = _without_links(content, old.read(owner) if owner in names else b"")
                if links:
                    cut[f"/{owner}"] = links
            elif reaches_out(name, content):
                content = _NOTHING
                cut[f"/{name}"] = [Link("image", posixpath.basename(name))]
            new.writestr(name, content)
    return cut


def _owner(relationships: str) -> str:
    """The part whose relationships these are."""
    folder, name = posixpath.split(relationships)
    return posixpath.join(posixpath.dirname(folder), name[: -len(_RELATIONSHIPS)])


def _without_links(relationships: bytes, part: bytes) -> tuple[bytes, list[Link]]:
    root = _parse(relationships)
    links, clicked = [], None
    for relation in list(root.iterchildren("{*}Relationship")):
        target = relation.get("Target", "").strip()
        if relation.get("TargetMode", "").strip().lower() != "external" and not _ADDRESS.match(target):
            continue
        kind = relation.get("Type", "").rpartition("/")[2]
        if kind == "hyperlink":
            clicked = _clicked_only(part) if clicked is None else clicked
            if relation.get("Id") in clicked:
                continue
        root.remove(relation)
        links.append(Link(kind, _name(target)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True), links


def _clicked_only(part: bytes) -> set[str]:
    """The relationships of a part that a reader can click, and that nothing else there uses."""
    clicked: set[str] = set()
    used: set[str] = set()
    try:
        for element in _parse(part).iter(etree.Element):
            of = clicked if etree.QName(element).localname in _CLICKS else used
            of.update(element.attrib.values())
    except (SyntaxError, ValueError):
        return set()
    return clicked - used


def _name(target: str) -> str:
    """The file that an address ends in, whatever system it was written on; else the address."""
    path = unquote(urlsplit(target).path if _ADDRESS.match(target) else target)
    return posixpath.basename(path.replace("\\", "/").rstrip("/")) or target


def _parse(content: bytes) -> Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(content, parser)
    if root.getroottree().docinfo.internalDTD is not None and b"<!ENTITY" in content.replace(b"\0", b"").upper():
        raise ValueError("it defines entities")
    return root


# --- Drawings ------------------------------------------------------------------------------------------


def reaches_out(name: str, content: bytes) -> bool:
    """Whether a part is a drawing (SVG, under any name) that names something outside itself, or cannot be judged."""
    drawing = as_drawing(content)
    if drawing is None:
        return name.lower().endswith((".svg", ".svgz"))
    try:
        root = _parse(drawing)
    except (SyntaxError, ValueError):
        return True
    return any(map(_is_outside, _addresses(root)))


def _addresses(root: Element) -> Iterator[str]:
    """Everything in a drawing that a program may follow by itself."""
    for node in [*root.itersiblings(preceding=True), *root.iter()]:
        if node.tag is etree.PI:
            yield node.text or ""  # a style sheet
        elif isinstance(node.tag, str):
            own = etree.QName(node).localname.lower()
            for key, value in node.attrib.items():
                attribute = etree.QName(key).localname.lower()
                if attribute in ("href", "src", "base") and own != "a":
                    yield value.strip()
                yield from re.findall(r"url\(\s*[\"']?([^)]*)", value, re.I)
            if own == "style":
                text = "".join(node.itertext())
                yield from re.findall(r"url\(\s*[\"']?([^)]*)", text, re.I)
                yield from re.findall(r"@import\s*([^;]*)", text, re.I)


def _is_outside(address: str) -> bool:
    if not address or address.startswith("#"):
        return False
    kind, found, data = address.partition(";base64,")
    if not found or not kind.lower().startswith("data:image/"):
        return True
    try:
        return as_drawing(base64.b64decode(re.sub(r"\s", "", data))) is not None  # a drawing in a drawing
    except (binascii.Error, ValueError):
        return True
