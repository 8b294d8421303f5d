"""The blocks of one page: found, read and checked, each by its kind and then against the others."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from site_tools.authoring.blocks.kinds import KINDS
from site_tools.authoring.fences import BlockError, Fence, fences, kind_of, parse
from site_tools.authoring.page import Item, Page
from site_tools.authoring.prose import prose

# the same for a page and for the decks that link to it, and in `serve` for all that has not changed
parse_once = lru_cache(maxsize=2048)(parse)


@dataclass
class Blocks:
    """The sound blocks of one page in its order, each with its place, and what is wrong with the others."""

    items: list[tuple[Fence, Item]] = field(default_factory=list)
    problems: list[BlockError] = field(default_factory=list)

    @property
    def by_id(self) -> dict[str, Item]:
        """id -> block."""
        return {item.id: item for _, item in self.items}


def read_blocks(text: str, page: Page) -> Blocks:
    """Find, read and check every block of a page; one wrong block does not hide the next."""
    found = Blocks()
    headings = set(re.findall(r"\{:?[^{}\n]*#([\w-]+)", prose(text)))  # ids given by hand: `## Title { #id }`
    counts = dict.fromkeys(KINDS, 0)
    items: dict[str, Item] = {}
    broken: dict[str, str] = {}
    for fence in fences(text):
        if kind_of(fence) not in KINDS:
            if not fence.closed:  # what stands behind it would be neither seen here nor shown as code
                sentence = "the code that begins here is never closed; end it with a line of the same fence."
                found.problems.append(BlockError(fence.line, sentence))
            continue
        block = None
        try:
            block = parse_once(fence)
            counts[block.kind] += 1
            item = KINDS[block.kind].check(block, page, counts[block.kind])
            if item.id in headings:
                raise block.error("id", f'the id "{item.id}" is already that of a heading; choose another.')
            if item.id in items:
                raise block.error("id", f'the id "{item.id}" stands twice on this page; choose another.')
        except BlockError as error:
            found.problems.append(error)
            if block:
                broken[str(block.values.get("id"))] = block.kind
            continue
        items[item.id] = item
        found.items.append((fence, item))
    for item in items.values():
        try:
            item.meet(items, broken)
        except BlockError as error:
            found.problems.append(error)
    found.problems.sort(key=lambda error: error.line)
    return found
