"""The tags of a piece of HTML, read as every browser reads them, or not at all.

A check of HTML is worth nothing where checker and browser part: a comment that one of them ends earlier, a quotation
mark that one takes for text. So this reader knows a narrow grammar in which there is nothing to part over, and says
of everything else that it cannot be read. What Markdown makes always can.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

_SPACE = r"[ \t\n\f\r]"
_NAME = r"[A-Za-z][A-Za-z0-9:._-]*"
# a value that holds "<" is one in which a browser that is inside other raw text would see a tag
_VALUE = r"""(?:"[^"<\x00]*"|'[^'<\x00]*'|[^\s"'=<>`\x00]+)"""
_ATTRIBUTE = rf"""(?P<name>[^\s"'<>/=\x00-\x1f\x7f]+)(?:{_SPACE}*={_SPACE}*(?P<value>{_VALUE}))?"""
_ATTRIBUTES = rf"(?:{_SPACE}+{re.sub(r'P<[a-z]+>', ':', _ATTRIBUTE)})*"
_TAG = re.compile(rf"<(?P<name>{_NAME})(?P<attributes>{_ATTRIBUTES}){_SPACE}*/?>")
_END = re.compile(rf"</(?P<name>{_NAME}){_SPACE}*>")
_EACH = re.compile(_ATTRIBUTE)
_COMMENT_END = re.compile(r"--!?>")
_MARKUP = re.compile(r"<[A-Za-z/!?]")

# What stands in these is text to a browser, where a comment hides nothing.
_RAW = frozenset(
    ("iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp")
)


@dataclass(frozen=True)
class Tag:
    """One opening tag.

    Attributes:
        name: in small letters.
        attributes: name in small letters and unescaped value, "" if there is none.
        text: as it is written.
        start: where, in the HTML.
    """

    name: str
    attributes: tuple[tuple[str, str], ...]
    text: str
    start: int


@dataclass(frozen=True)
class Unclear:
    """From here on the HTML can be read in more than one way; nothing behind it is told."""

    text: str
    start: int


def read_tags(html: str) -> Iterator[Tag | Unclear]:
    """Every opening tag in turn; after an `Unclear` nothing more."""
    raw = ""
    position = 0
    while found := _MARKUP.search(html, position):
        start = found.start()
        if html.startswith("<!--", start):
            end = None if raw or html.startswith(("<!-->", "<!--->"), start) else _COMMENT_END.search(html, start + 4)
            if not end or end[0] == "--!>":
                yield _unclear(html, start)
                return
            position = end.end()
        elif end := _END.match(html, start):
            raw = "" if end["name"].lower() == raw else raw
            position = end.end()
        elif tag := _TAG.match(html, start):
            name = tag["name"].lower()
            yield Tag(name, _attributes(tag["attributes"]), tag[0], start)
            raw = raw or (name if name in _RAW else "")
            position = tag.end()
        else:
            yield _unclear(html, start)
            return


@lru_cache(maxsize=4096)
def _attributes(text: str) -> tuple[tuple[str, str], ...]:
    found = ((one["name"].lower(), one["value"] or "") for one in _EACH.finditer(text))
    return tuple((name, unescape(value[1:-1] if value[:1] in ("'", '"') else value)) for name, value in found)


def _unclear(html: str, start: int) -> Unclear:
    return Unclear(html[start : start + 60].split("\n", 1)[0], start)
