"""Fenced blocks that are more than code: found, read and checked with page and line.

A block is a fence whose body is YAML. This module knows fences and YAML; which info words make a block
is told by `blocks.kinds`, and what its keys mean by the module of that kind.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from site_tools.authoring.plain_yaml import YamlError, read
from site_tools.messages import nearest

_FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_TAB = 4  # columns, as in Python-Markdown, which writes spaces for tabs before it looks at blocks
LONGEST_ID = 80
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class BlockError(Exception):
    """Something wrong on one line of a page.

    Attributes:
        line: line of the page's Markdown, counted from 1.
        message: what is wrong and what to do, in one line and without the place.
    """

    def __init__(self, line: int, message: str) -> None:
        # it quotes what authors wrote, which may be long and have lines of its own
        self.message = re.sub(r'"([^"]{60})[^"]+"', r'"\1…"', " ".join(message.split()))
        super().__init__(self.message)
        self.line = line


@dataclass(frozen=True)
class Fence:
    """One fenced stretch of a page.

    Attributes:
        info: what stands behind the opening fence.
        line: line of the opening fence, from 1.
        end: line of the closing fence; the last line of the page if it never closes.
        indent: white space before the fence.
        body: the lines between, without that indent.
        closed: whether there is a closing fence.
    """

    info: str
    line: int
    end: int
    indent: str
    body: str
    closed: bool


@dataclass(frozen=True)
class Block:
    """One block, its YAML read but its keys not yet judged.

    Attributes:
        kind: the info word.
        line: line of the opening fence.
        values: key -> value.
        lines: key -> line of the page; the keys of list items are "choices.0.text" and so on.
        written: by the same names, numbers, true and false as they stand in the page.
    """

    kind: str
    line: int
    values: Mapping[str, object]
    lines: dict[str, int] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)

    def error(self, key: str, message: str) -> BlockError:
        """An error at `key`, or at the block if the key has no line of its own."""
        return BlockError(self.lines.get(key, self.line), f"{self.kind} block: {message}")


def lines_of(text: str) -> list[str]:
    """The lines of a page as Markdown sees them.

    `str.splitlines` also ends one at the vertical tabs that PowerPoint leaves, at U+2028 and others: whoever counted
    that way would point at the wrong line of the page, and cut rows of tables and lines of code in two.
    """
    return text.removesuffix("\n").split("\n") if text else []


def fences(text: str) -> Iterator[Fence]:
    """Every outermost fence of a page; what stands inside a fence is text and opens nothing."""
    lines = lines_of(text)
    index = 0
    while index < len(lines):
        opening = _FENCE.match(lines[index])
        if not opening:
            index += 1
            continue
        fence, indent = opening["fence"], opening["indent"]
        closing = re.compile(rf"^[ \t]*{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
        end = next((i for i in range(index + 1, len(lines)) if closing.match(lines[i])), None)
        body = lines[index + 1 : end]
        yield Fence(
            info=opening["info"].strip(" \t"),
            line=index + 1,
            end=(end if end is not None else len(lines) - 1) + 1,
            indent=indent,
            body="\n".join(_outdented(line, len(indent.expandtabs(_TAB))) for line in body),
            closed=end is not None,
        )
        index = len(lines) if end is None else end + 1


def _outdented(line: str, width: int) -> str:
    """The line without its first `width` columns of white space; as it is if it has fewer."""
    column, index = 0, 0
    while column < width and line[index : index + 1] in (" ", "\t"):
        column += 1 if line[index] == " " else _TAB - column % _TAB
        index += 1
    return line[index:] if column == width else line


def kind_of(fence: Fence) -> str:
    """The first word of the info string, "" if there is none."""
    found = _NAME.match(fence.info)
    return found[0] if found else ""


def blank(found: re.Match) -> str:
    """White space in the place of a match, so that everything behind it stays where it is."""
    return re.sub(r"[^\n]", " ", found[0])


def without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with white space in the place of `spans`, which stand in the order of the text."""
    parts, behind = [], 0
    for start, end in spans:
        parts += [text[behind:start], re.sub(r"[^\n]", " ", text[start:end])]
        behind = end
    return "".join([*parts, text[behind:]])


def code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where code between backticks begins and ends.

    A blank line ends a span, so that a forgotten backtick cannot hide the page.
    """
    ends: dict[str, int] = {}  # run of backticks -> where the next run as long, in the same paragraph, ends
    runs: list[tuple[int, int | None]] = []
    for mark in reversed(list(re.finditer(r"`+|\n[ \t]*(?=\n)", text))):
        if mark[0][0] == "\n":
            ends.clear()
        else:
            runs.append((mark.start(), ends.get(mark[0])))
            ends[mark[0]] = mark.end()
    behind = 0
    for start, end in reversed(runs):
        if end and start >= behind:
            yield start, end
            behind = end


def parse(fence: Fence) -> Block:
    """Read the YAML of a block.

    Raises:
        BlockError: never closed, empty, not a mapping, not YAML, or a key twice.
    """
    kind = kind_of(fence)
    if not fence.closed:
        raise BlockError(
            fence.line, f"{kind} block: it is never closed; end it with a line of the same fence as its first."
        )
    try:
        document = read(fence.body)
    except YamlError as error:
        raise BlockError(fence.line + error.line, f"{kind} block: {error.message}") from None
    if document.value is None:
        raise BlockError(fence.line, f"{kind} block: it is empty; write one `key: value` a line.")
    if not isinstance(document.value, dict):
        raise BlockError(fence.line + 1, f"{kind} block: write one `key: value` a line, with a space behind the colon.")
    lines = {key: fence.line + line for key, line in document.lines.items()}
    return Block(kind, fence.line, document.value, lines, document.written)


def check_keys(block: Block, allowed: Iterable[str], required: Iterable[str], where: str = "") -> None:
    """Every key is known and none is missing.

    Raises:
        BlockError: at the line of the wrong key, with the nearest valid one.
    """
    allowed = set(allowed)
    for key in block.values:
        if key not in allowed:
            raise block.error(str(key), f'unknown key "{key}"{where}; {nearest(str(key), allowed)}')
    for key in required:
        if key not in block.values:
            raise block.error(key, f'the key "{key}" is missing{where}.')


def text_of(block: Block, key: str) -> str:
    """The value of `key` as text that is not empty.

    Raises:
        BlockError: a list, a mapping, or nothing.
    """
    value = block.values[key]
    if value is None or isinstance(value, dict | list) or not str(value).strip():
        raise block.error(key, f'"{key}" must be text.')
    return block.written.get(key, str(value)).strip()


def identifier(block: Block, key: str) -> str:
    """The value of `key` as an id usable in a link.

    Raises:
        BlockError: anything but a letter followed by letters, digits, - and _, or too many of them.
    """
    value = text_of(block, key)
    if not _NAME.fullmatch(value):
        raise block.error(key, f'"{key}" is "{value}": an id begins with a letter and holds only a-z, 0-9, - and _.')
    if len(value) > LONGEST_ID:  # other sentences name it
        raise block.error(key, f'"{key}" has {len(value)} characters: an id has at most {LONGEST_ID}.')
    return value
