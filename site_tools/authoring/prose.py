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
    for fence in fences(text):
        inside = range(fence.line - 1, fence.end)
        # the marks of a block would be taken for a code span around all it says
        for index in (inside[0], inside[-1]) if kind_of(fence) in KINDS else inside:
            lines[index] = " " * len(lines[index])
    text = "\n".join(lines)
    return without(text, code_spans(text))
