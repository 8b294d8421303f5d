"""Every link of a page with its place in the text, and those that only work on the author's computer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Literal
from urllib.parse import unquote

from site_tools.authoring.fences import BlockError, blank
from site_tools.authoring.formulas import without_formulas
from site_tools.authoring.prose import prose

Span = tuple[int, int]

# file:///C:/a, C:\a, /C:/a, \\server\a, /Users/me/a
_LOCAL = re.compile(r"file:|/?[A-Za-z]:[\\/]|\\\\|/(?:Users|home|Volumes|mnt|tmp|var|private|root)/", re.I)
ADVICE = (
    "readers do not have that folder: move the note out of docs/ and bring it in with `python -m site_tools import "
    "NOTE.md`, which copies its pictures beside the page, or let Typora copy pictures to ./${filename}.assets and "
    "“use relative path if possible” (Preferences > Image) before they are pasted"
)

_TITLE = r"""(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'))?"""
# editors write paths with spaces and parentheses as they are
_BARE = r"(?:[^()\n]|\((?:[^()\n]|\([^()\n]*\))*\))*?"
_TARGET = re.compile(rf"\([ \t]*(?P<place><(?P<angle>[^<>\n]*)>|(?P<bare>{_BARE})){_TITLE}[ \t]*\)")
_LABEL = re.compile(r"[ ]?\[(?P<label>[^\[\]]*)\]")
_DEFINITION = re.compile(
    rf"^[ \t>]*\[(?P<label>[^\^\[\]\n][^\[\]\n]*)\]:[ \t]*"
    rf"(?P<place><(?P<angle>[^<>\n]*)>|(?P<bare>(?:{_LOCAL.pattern})[^\n]*?|[^\s<!\[]\S*?)){_TITLE}[ \t]*$",
    re.M | re.I,
)
_TAG = re.compile(r"""(?<!\]\()<(?P<tag>[A-Za-z][\w-]*)(?P<attributes>\s(?:[^<>"']|"[^"]*"|'[^']*')*)>""")
_ATTRIBUTE = re.compile(r"""(?P<name>[^\s"'<>/=]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'<>]+))?""")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_BRACKET = re.compile(r"\\.|\n[ \t]*\n|[\[\]]")


@dataclass(frozen=True)
class Link:
    """One link as it is written.

    Attributes:
        form: "inline" for `[text](target)`, "reference" for `[text][target]`, "definition" for
            `[text]: target`, "tag" for HTML. The target of a reference is the label of a definition.
        picture: whether it shows a picture; a definition does not know.
        target: as written, without brackets, quotes and title; of a tag, unescaped.
        line: of the target, from 1.
        span: the whole in the page's text.
        text: what is read: the words or the alternative text; of a tag, its attributes.
        place: the target with its brackets or quotes.
    """

    form: Literal["inline", "reference", "definition", "tag"]
    picture: bool
    target: str
    line: int
    span: Span
    text: Span
    place: Span


def is_local(target: str) -> bool:
    """Whether a target is an absolute path, which means something on one computer only."""
    return bool(_LOCAL.match(target) or _LOCAL.match(unquote(target)))


def attributes(text: str, span: Span) -> Iterator[tuple[str, str, Span, Span]]:
    """The attributes of a tag: name in small letters, unescaped value, span, and span of the quoted value."""
    for found in _ATTRIBUTE.finditer(text, *span):
        value = found["value"] or ""
        if value[:1] in ("'", '"'):
            value = value[1:-1]
        yield found["name"].lower(), unescape(value), found.span(), found.span("value")


def tag_links(text: str) -> Iterator[Link]:
    """The links in the tags of HTML, comments left out."""
    shown = _COMMENT.sub(blank, text)
    for found in _TAG.finditer(shown):
        for name, value, _, place in attributes(shown, found.span("attributes")):
            if name in ("src", "href", "poster"):
                picture = found["tag"].lower() == "img" and name == "src"
                line = _line(text, place[0])
                yield Link("tag", picture, value.strip(), line, found.span(), found.span("attributes"), place)


def links(text: str) -> list[Link]:
    """Every link of a page in the order of the page; code, comments and formulas (`$p[x](t)$`) have none.

    Of `[a][b]` and `[b]` only those are links whose label is defined.
    """
    shown = _COMMENT.sub(blank, without_formulas(prose(text).ljust(len(text))))
    found = list(tag_links(shown))
    for link in found:
        shown = _without(shown, link.span)
    labels = set()
    for match in _DEFINITION.finditer(shown):
        labels.add(label_of(match["label"]))
        start, end = match.span("label")[0] - 1, match.end()
        found.append(_link(text, "definition", False, match, (start, end), match.span("label")))
        shown = _without(shown, (start, end))
    found += _bracketed(text, shown, labels)
    return sorted(found, key=lambda link: link.span)


def _bracketed(text: str, shown: str, labels: set[str]) -> Iterator[Link]:
    opened: list[int] = []
    behind = 0  # the end of the last target: its own brackets open nothing
    for mark in _BRACKET.finditer(shown):
        if mark.start() < behind or mark[0][0] == "\\":
            continue
        if mark[0] == "[":
            opened.append(mark.start())
        elif mark[0] != "]":
            opened.clear()  # no link reaches over a blank line
        elif opened:
            start, close = opened.pop(), mark.start()
            picture = shown[max(start - 1, 0)] == "!" and shown[max(start - 2, 0)] != "\\"
            inner, start = (start + 1, close), start - picture
            if target := _TARGET.match(shown, mark.end()):
                yield _link(text, "inline", picture, target, (start, target.end()), inner)
                behind = target.end()
                continue
            label = _LABEL.match(shown, mark.end())
            named = label["label"].strip() if label else ""
            if label and label_of(named or text[slice(*inner)]) in labels:
                place = label.span("label") if named else inner
                end = label.end()
            elif label_of(text[slice(*inner)]) in labels:
                place, end = inner, mark.end()
            else:
                continue
            line = _line(text, place[0])
            yield Link("reference", picture, text[slice(*place)], line, (start, end), inner, place)
            behind = end


def label_of(text: str) -> str:
    """How labels are compared: without regard to capitals and white space."""
    return " ".join(text.split()).casefold()


def _link(
    text: str, form: Literal["inline", "definition"], picture: bool, match: re.Match, span: Span, inner: Span
) -> Link:
    group = "bare" if match["angle"] is None else "angle"
    place = match.span("place")
    return Link(form, picture, text[slice(*match.span(group))].strip(), _line(text, place[0]), span, inner, place)


def _without(text: str, span: Span) -> str:
    start, end = span
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def check_links(text: str) -> list[BlockError]:
    """One problem for every link to a path of this computer."""
    return [
        BlockError(link.line, f"the link {link.target} points into this computer: {ADVICE}.")
        for link in links(text)
        if link.form != "reference" and is_local(link.target)
    ]
