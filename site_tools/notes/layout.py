"""The layout of a note as Python-Markdown reads it.

Typora counts the depth of a list from the text of the item above, knows no indented code (a line that
begins with tabs is a paragraph, as in Chinese print) and lets a list begin right below a paragraph.
Python-Markdown counts in steps of four columns, takes the rest for code and wants an empty line.
"""

import re

from site_tools.authoring.fences import fences, lines_of
from site_tools.authoring.prose import prose

STEP = 4
BLANK = " \t"  # other white space, such as the wide spaces before a Chinese paragraph, is text
_ITEM = re.compile(r"(?P<marker>[-*+]|(?P<number>\d{1,9})[.)])(?P<gap>[ \t]+)(?=\S)")
_RULE = re.compile(r"([-*_])[ \t]*(?:\1[ \t]*){2,}")
_OPENER = re.compile(r"#{1,6}[ \t]|>")  # begins something new even right below a paragraph
# footnotes, definitions and what this site adds hold the text that is indented below them
_HOLDER = re.compile(r"\[\^[^\]]+\]:|:[ \t]{3}|!!![ \t]|\?\?\?|===[ \t]+\S")
_VERBATIM = re.compile(
    r"<(?P<tag>pre|script|style)\b.*?</(?P=tag)>|<!--.*?-->|^[ \t]*\$\$(?:(?!\n[ \t]*\n).)*?\$\$", re.S | re.I | re.M
)


def as_python_markdown(body: str) -> str:
    """The same text with list items, and what belongs to them, at four spaces a level."""
    first_lines = _verbatim(body)
    made: list[str] = []
    columns: list[int] = []  # where the text of each open item begins
    moved = (0, "")  # columns before the verbatim block, and its new indent
    above = ""  # what the line above belongs to: "text", an "item", something "else", or "" if it is empty
    for number, line in enumerate(lines_of(body)):
        text = line.lstrip(BLANK)
        if first_lines.get(number, number) != number:
            made.append(_moved(line, *moved))
            continue
        if not text.strip():
            made.append("")
            above = ""
            continue
        old = line[: len(line) - len(text)]
        indent = len(old.expandtabs(STEP))
        # only a first item may begin right below a paragraph: other numbers are years that came to stand there
        item = _item(text, first=above == "text" and not (columns and indent < columns[-1]))
        verbatim, holder = number in first_lines, _HOLDER.match(text)
        if above in ("text", "item") and not (item or holder or verbatim or _OPENER.match(text)):
            made.append(" " * STEP * len(columns) + text if columns else line)  # the paragraph goes on
            continue
        while columns and indent < columns[-1]:
            columns.pop()
        new = " " * STEP * len(columns)
        if item and above == "text":
            made.append("")
        made.append(new + text)
        if verbatim:
            moved = indent, new
        if item:
            width = len(f"{item['marker']}{item['gap']}".expandtabs(STEP))
            columns.append(indent + (width if width <= len(item["marker"]) + STEP else len(item["marker"]) + 1))
        elif holder:
            columns.append(indent + STEP)
        above = "item" if item else "else" if verbatim or holder or _OPENER.match(text) else "text"
    return "".join(f"{line}\n" for line in made)


def _item(text: str, *, first: bool) -> re.Match | None:
    found = None if _RULE.fullmatch(text.rstrip()) else _ITEM.match(text)
    return None if found and first and found["number"] not in (None, "1") else found


def _verbatim(body: str) -> dict[int, int]:
    """Line -> first line of the code, raw text or formula that it belongs to; both from 0."""
    ranges = [(fence.line - 1, fence.end) for fence in fences(body)]
    shown = prose(body)
    for found in _VERBATIM.finditer(shown):
        start = shown.count("\n", 0, found.start())
        ranges.append((start, start + found[0].count("\n") + 1))
    return {line: start for start, end in reversed(ranges) for line in range(start, end)}


def _moved(line: str, columns: int, new: str) -> str:
    """A line of a verbatim block, without at most the columns before the block: what goes beyond is part of the code.

    Columns are counted as CommonMark does, for an editor may indent a fence by spaces and its code by tabs.
    """
    if not line.strip(BLANK):
        return ""
    for taken in range(len(line)):
        width = len(line[:taken].expandtabs(STEP))
        if width >= columns or line[taken] not in BLANK:
            break
    return new + " " * (width - columns) + line[taken:]  # a tab that reaches further leaves the rest
