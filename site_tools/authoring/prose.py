"""The text of a page without its code: what numbers, formulas, links and headings are looked for in."""

from collections.abc import Iterator

from site_tools.authoring.blocks.kinds import KINDS
from site_tools.authoring.fences import Fence, code_spans, fences, kind_of, lines_of, without


def live_fences(text: str) -> Iterator[Fence]:
    """The fences that are blocks of ours."""
    return (fence for fence in fences(text) if kind_of(fence) in KINDS)


def prose(text: str) -> str:
    """The page with its code blanked out, character for character: fences, of blocks only the marks, and code spans."""
    lines = lines_of(text)

    def blank_lines(start: int, end: int) -> None:
        lines[start:end] = [" " * len(line) for line in lines[start:end]]

    for fence in fences(text):
        first, last = fence.line - 1, fence.end
        if kind_of(fence) not in KINDS:
            blank_lines(first, last)
            continue
        for inner in fences(fence.body):
            blank_lines(first + inner.line, min(first + inner.end + 1, last))
        # the marks of a block would be taken for a code span around all it says
        blank_lines(first, first + 1)
        if fence.closed:
            blank_lines(last - 1, last)
    text = "\n".join(lines)
    return without(text, code_spans(text))
