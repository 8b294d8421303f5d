"""What is wrong with a page before it becomes one: its blocks, and every text of it, inside blocks as outside."""

import difflib
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from site_tools.authoring.blocks.kinds import KINDS
from site_tools.authoring.blocks.reading import Blocks, read_blocks
from site_tools.authoring.fences import Block, BlockError, Fence, fences, kind_of, lines_of
from site_tools.authoring.formulas import check_formulas
from site_tools.authoring.links import check_links
from site_tools.authoring.numbers import check_numbers
from site_tools.authoring.page import Page, Value
from site_tools.authoring.prose import live_fences

_MARKS = re.compile(r"[\[\]$\\<>`]")  # without one there is no number, formula, link or tag


def check_text(text: str, facts: Mapping[str, Value]) -> list[BlockError]:
    """What is wrong with Markdown, wherever it stands: numbers, formulas and links; lines count from its own first."""
    if not _MARKS.search(text):
        return []
    return [*check_numbers(text, facts), *check_formulas(text), *check_links(text)]


def check_page(text: str, page: Page) -> Blocks:
    """The blocks of a page, and all that is wrong with it in the order of its lines."""
    found = read_blocks(text, page)
    lines = lines_of(text)
    for fence in live_fences(text):
        lines[fence.line - 1 : fence.end] = [""] * (fence.end - fence.line + 1)
    found.problems += check_text("\n".join(lines), page.facts)
    found.problems += filter(None, map(_misspelt, fences(text)))
    for fence, item in found.items:
        for path, value in _texts(item.block.values):
            if any(fnmatchcase(path, pattern) for pattern in item.prose):
                found.problems += _check_value(value, path, fence, item.block, page.facts)
    found.problems.sort(key=lambda problem: problem.line)
    return found


def _texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in the values of a block with its dotted key."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(below, f"{path}.{key}" if path else str(key))


def _check_value(value: str, path: str, fence: Fence, block: Block, facts: Mapping[str, Value]) -> Iterator[BlockError]:
    text, places = _as_written(value, fence, block.lines.get(path, block.line))
    for problem in check_text(text, facts):
        line = places[problem.line - 1]
        yield BlockError(line, f"{block.kind} block: {problem.message}")
    for inner in live_fences(value):
        yield block.error(path, f"a {kind_of(inner)} block cannot stand inside; put it before or behind this one.")


def _as_written(value: str, fence: Fence, first: int) -> tuple[str, list[int]]:
    """A value with its lines broken as in the page, where YAML may fold them, and the line of the page of each.

    Args:
        value: as YAML reads it.
        fence: where it stands.
        first: line of the page on which its key stands.
    """
    # only white space differs between the two, unless there are escapes between quotes
    written = [
        (word, number)
        for number, line in enumerate(lines_of(fence.body)[first - fence.line - 1 :], start=first)
        for word in line.split()
    ]
    wanted, words = value.split(), [word for word, _ in written]
    ahead = range(min(len(words), 40))  # the key, the mark of a folded text, and a comment
    start = next((i for i in ahead if words[i : i + len(wanted)] == wanted), None)
    if start is None or not wanted:
        return value, [first] * (value.count("\n") + 1)
    numbers = iter([number for _, number in written[start : start + len(wanted)]])
    lines: list[str] = []
    places: list[int] = []
    for line in value.split("\n"):
        behind = 0
        places.append(places[-1] if places else first)
        for index, word in enumerate(re.finditer(r"\S+", line)):
            number = next(numbers)
            if index == 0:
                places[-1] = number
            elif number != places[-1]:
                lines.append(line[behind : word.start()])
                places.append(number)
                behind = word.start()
        lines.append(line[behind:])
    return "\n".join(lines), places


def _misspelt(fence: Fence) -> BlockError | None:
    """The question whether a fence was meant to be a block, if its word is close to a kind and no language."""
    word = re.sub(r"^[{.\s]+", "", fence.info)
    name = (re.match(r"[\w-]*", word) or [""])[0]
    close = difflib.get_close_matches(name.lower(), KINDS, n=1, cutoff=0.75)
    if not close or kind_of(fence) in KINDS or (name == word == fence.info and _is_language(name)):
        return None
    question = f'"{fence.info}" is no block and no language; did you mean "{close[0]}"?'
    return BlockError(fence.line, f'{question} For code without colours write "text".')


def _is_language(name: str) -> bool:
    from pygments.lexers import find_lexer_class_by_name
    from pygments.util import ClassNotFound

    try:
        return bool(find_lexer_class_by_name(name))
    except ClassNotFound:
        return False
