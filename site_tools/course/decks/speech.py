"""What a page says around its pictures: the words of whoever speaks to the slides."""

import re
from collections.abc import Sequence

from demos.errors import UserError
from site_tools.authoring.fences import blank, fences, lines_of
from site_tools.authoring.numbers import Value
from site_tools.course.decks.plain import plain

_SILENT = (
    r"\A---\n.*?\n---\n",  # the page's settings
    r"^/// .*?^///$",  # captions, which stand on the slide
    r"^(?:!!!|\?\?\?|===)[^\n]*(?:\n(?: {4}[^\n]*)?(?=\n|\Z))*",  # boxes, folded parts and tabs
    r"^\$\$.*?\$\$",  # formulas of their own
    r"^\{ [#.][^\n]*\}$",  # names of paragraphs
)
_POINT = re.compile(r"(?:·|\d+\.) ")
_NOT_SPOKEN = re.compile(r"[|!<{#]|\[\[")  # tables, pictures, HTML, headings, generated lists


def speech(text: str, places: Sequence[int], facts: dict[str, Value]) -> list[str]:
    """The paragraphs that belong to each picture: those of its section between the picture before and it, and
    behind the last one the rest of the section.

    Args:
        text: of the page.
        places: line of every picture, in order.
        facts: key -> number for prose.

    Returns:
        For every place its paragraphs, one a line; those with a formula that fits into no line are left out.
    """
    silent = text
    for pattern in _SILENT:
        silent = re.sub(pattern, blank, silent, flags=re.M | re.S)
    lines = lines_of(silent)
    for fence in fences(text):
        lines[fence.line - 1 : fence.end] = [""] * (fence.end - fence.line + 1)
    headings = [number for number, line in enumerate(lines, start=1) if re.match(r"#{1,2} ", line)]
    said: list[list[str]] = [[] for _ in places]
    for number, paragraph in _paragraphs(lines):
        start = max((heading for heading in headings if heading < number), default=0)
        end = min((heading for heading in headings if heading > number), default=len(lines) + 1)
        here = [index for index, place in enumerate(places) if start <= place < end]
        if here:
            nearest = next((index for index in here if places[index] > number), here[-1])
            said[nearest] += _spoken(paragraph, facts)
    return ["\n".join(_complete(words)) for words in said]


def _complete(words: list[str]) -> list[str]:
    """Without the lines that announce something which cannot be said aloud."""
    after = [*words[1:], ""]
    return [words[i] for i in range(len(words)) if words[i][-1] not in ":：" or _POINT.match(after[i])]


def _paragraphs(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Number of the first line and the lines of every paragraph."""
    found: list[tuple[int, list[str]]] = []
    inside = False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            inside = False
        elif inside:
            found[-1][1].append(line)
        else:
            found.append((number, [line]))
            inside = True
    return found


def _spoken(paragraph: list[str], facts: dict[str, Value]) -> list[str]:
    """The paragraph, or the points of a list, each on a line."""
    if _NOT_SPOKEN.match(paragraph[0].strip()):
        return []
    points: list[str] = []
    for line in paragraph:
        if points and not re.match(r"\s*(?:[-*]|\d+\.) ", line):
            points[-1] += f" {line.strip()}"
        else:
            points.append(line.strip())
    spoken = []
    for point in points:
        try:
            spoken.append(plain(re.sub(r"^[-*] ", "· ", point), facts))
        except UserError:
            continue
    return spoken
