"""Every link of a page with its place in the text, and those that only work on the author's computer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Literal
from urllib.parse import unquote

from site_tools.authoring.fences import BlockError, blank, without
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

# Text in which a bracket, quote or comment never ends must not be read to its end from every place where one begins:
# where a pattern could, a scan stands instead.
_PARENTHESIS = re.compile(r"\([ \t]*")
_ANGLE = re.compile(r"<[^<>\n]*>")
_IN_TARGET = re.compile(r"""[()\n]|(?<=[ \t])["']""")
_END_OF_TARGET = re.compile(r"""[ \t]*(?:(?<=[ \t])(?:"[^"\n]*"|'[^'\n]*')[ \t]*)?\)""")
_LABEL = re.compile(r"[ ]?\[(?P<label>[^\[\]]*)\]")
_DEFINITION = re.compile(
    rf"^[ \t>]*\[(?P<label>[^\^\[\]\n][^\[\]\n]*)\]:[ \t]*"
    rf"(?:(?P<angle><[^<>\n]*>)|(?P<bare>(?:{_LOCAL.pattern})[^\n]*|[^\s<!\[]\S*))(?P<rest>[^\n]*)$",
    re.M | re.I,
)
_OPENING = re.compile(r"(?<!\]\()<(?P<tag>[A-Za-z][\w-]*)(?=\s)")
_IN_TAG = re.compile(r"""[^<>"']+|"[^"]*"|'[^']*'""")
_ATTRIBUTE = re.compile(r"""(?P<name>[^\s"'<>/=]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'<>]+))?""")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_LONGEST_LABEL = 999  # as in CommonMark
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


def without_comments(text: str) -> str:
    """The page with its HTML comments blanked out; one that never ends is none."""
    closed = text.rfind("-->") + 3  # behind it every beginning would be looked at in vain
    return _COMMENT.sub(blank, text[:closed]) + text[closed:] if closed > 2 else text


def tags(text: str) -> Iterator[tuple[str, Span, Span]]:
    """The opening tags with attributes in HTML without comments: name, span of the whole and of the attributes."""
    lost: set[int] = set()  # places behind an attribute from which no tag ends
    behind = 0
    for found in _OPENING.finditer(text):
        if found.start() < behind:
            continue
        end, passed = found.end(), []
        while end not in lost and (part := _IN_TAG.match(text, end)):
            passed.append(end)
            end = part.end()
        if text[end : end + 1] == ">":
            behind = end + 1
            yield found["tag"], (found.start(), behind), (found.end(), end)
        else:
            lost.update(passed)


def tag_links(text: str) -> Iterator[Link]:
    """The links in the tags of HTML, comments left out."""
    shown = without_comments(text)
    for tag, span, inner in tags(shown):
        for name, value, _, place in attributes(shown, inner):
            if name in ("src", "href", "poster"):
                picture = tag.lower() == "img" and name == "src"
                yield Link("tag", picture, value.strip(), _line(text, place[0]), span, inner, place)


def links(text: str) -> list[Link]:
    """Every link of a page in the order of the page; code, comments and formulas (`$p[x](t)$`) have none.

    Of `[a][b]` and `[b]` only those are links whose label is defined.
    """
    shown = without_comments(without_formulas(prose(text).ljust(len(text))))
    in_tags = list(tag_links(shown))
    shown = without(shown, dict.fromkeys(link.span for link in in_tags))
    defined = list(_definitions(text, shown))
    shown = without(shown, [link.span for link in defined])
    labels = {label_of(text[slice(*link.text)]) for link in defined}
    return sorted([*in_tags, *defined, *_bracketed(text, shown, labels)], key=lambda link: link.span)


def _definitions(text: str, shown: str) -> Iterator[Link]:
    for found in _DEFINITION.finditer(shown):
        place = bare = found.span("angle")
        rest = found["rest"]
        if found["angle"]:
            bare = (place[0] + 1, place[1] - 1)
        elif _LOCAL.match(found["bare"]):  # which may hold spaces
            start = found.start("bare")
            place = bare = (start, start + len(_untitled(found["bare"])))
            rest = ""
        else:
            place = bare = found.span("bare")
        if not rest.strip(" \t") or (rest[0] in " \t" and not _untitled(rest)):
            label = found.span("label")
            target = text[slice(*bare)].strip()
            yield Link("definition", False, target, _line(text, place[0]), (label[0] - 1, found.end()), label, place)


def _untitled(line: str) -> str:
    """The line without the title at its end."""
    line = line.rstrip(" \t")
    if line[-1:] in ('"', "'") and (start := line.rfind(line[-1], 0, -1)) > 0 and line[start - 1] in " \t":
        return line[:start].rstrip(" \t")
    return line


def _target(text: str, start: int) -> tuple[Span, Span, int] | None:
    """The target in the parentheses that begin at `start`: its place, the same without brackets, and the end of all."""
    if not (opening := _PARENTHESIS.match(text, start)):
        return None
    start, depth = opening.end(), 0
    if (angle := _ANGLE.match(text, start)) and (end := _END_OF_TARGET.match(text, angle.end())):
        return angle.span(), (start + 1, angle.end() - 1), end.end()
    # editors write paths with spaces and parentheses as they are
    for mark in _IN_TARGET.finditer(text, start):
        if mark[0] == "\n" or (mark[0] == "(" and depth == 2):
            return None
        if mark[0] == "(":
            depth += 1
        elif mark[0] == ")" and depth:
            depth -= 1
        elif (
            not depth and (mark[0] == ")" or mark.start() > start) and (end := _END_OF_TARGET.match(text, mark.start()))
        ):
            place = (start, start + len(text[start : mark.start()].rstrip(" \t")))
            return place, place, end.end()
    return None


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
            if target := _target(shown, mark.end()):
                place, bare, behind = target
                words = text[slice(*bare)].strip()
                yield Link("inline", picture, words, _line(text, place[0]), (start, behind), inner, place)
                continue
            label = _LABEL.match(shown, mark.end())
            named = label["label"].strip() if label else ""
            own = label_of(text[slice(*inner)]) if labels and close - start <= _LONGEST_LABEL else ""
            if label and (label_of(named) if named else own) in labels:
                place = label.span("label") if named else inner
                end = label.end()
            elif own in labels:
                place, end = inner, mark.end()
            else:
                continue
            line = _line(text, place[0])
            yield Link("reference", picture, text[slice(*place)], line, (start, end), inner, place)
            behind = end


def label_of(text: str) -> str:
    """How labels are compared: without regard to capitals and white space."""
    return " ".join(text.split()).casefold()


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def check_links(text: str) -> list[BlockError]:
    """One problem for every link to a path of this computer."""
    return [
        BlockError(link.line, f"the link {link.target} points into this computer: {ADVICE}.")
        for link in links(text)
        if link.form != "reference" and is_local(link.target)
    ]
