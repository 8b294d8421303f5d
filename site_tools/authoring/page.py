"""One page as the Markdown extensions see it, and the blocks found on it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from site_tools.authoring.blocks.demo import Demo, Element, check_demo
from site_tools.authoring.blocks.exercise import Exercise, check_exercise
from site_tools.authoring.blocks.screen import Drawing, Screen, check_screen
from site_tools.authoring.fences import KINDS, BlockError, fences, kind_of, nearest, parse, prose
from site_tools.authoring.numbers import Value

Item = Demo | Exercise | Screen


@dataclass
class Page:
    """What the extension must know of the page it renders.

    Attributes:
        language: of the page; text around exercises is in it.
        assets: folder with figures, models and data.
        elements: tag -> live element, all there are.
        drawings: name -> drawn page of GitHub, all there are; `drawing_styles` is the address of their styles.
        models: model name -> poster below `assets`.
        facts: key -> number for prose.
        root: path from the page to the root of the site, "" or ending in "/".
        uri: path of the source below the folder of its language.
        url: address of the page below that folder.
        source: the file of the page, or None.
        sources: file on disk -> path below the root of the site, for files that all languages share.
        shared: that path -> its URL there.
        demos, exercises, screens: what was found, after rendering; id -> block.
    """

    language: str = "zh"
    assets: Path = Path("docs/assets")
    elements: Mapping[str, Element] = field(default_factory=dict)
    drawings: Mapping[str, Drawing] = field(default_factory=dict)
    drawing_styles: str = ""
    models: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Value] = field(default_factory=dict)
    root: str = ""
    uri: str = "index.md"
    url: str = "./"
    source: Path | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)
    demos: dict[str, Demo] = field(default_factory=dict)
    exercises: dict[str, Exercise] = field(default_factory=dict)
    screens: dict[str, Screen] = field(default_factory=dict)


@dataclass
class Blocks:
    """The blocks of one page in the order of the page, and what is wrong with them."""

    items: list[tuple[int, int, str, Item]] = field(default_factory=list)
    problems: list[BlockError] = field(default_factory=list)

    @property
    def demos(self) -> dict[str, Demo]:
        """id -> demo."""
        return {item.id: item for *_, item in self.items if isinstance(item, Demo)}

    @property
    def exercises(self) -> dict[str, Exercise]:
        """id -> exercise."""
        return {item.id: item for *_, item in self.items if isinstance(item, Exercise)}

    @property
    def screens(self) -> dict[str, Screen]:
        """id -> screen."""
        return {item.id: item for *_, item in self.items if isinstance(item, Screen)}


def read_blocks(text: str, page: Page) -> Blocks:
    """Find, read and check every block of a page; one wrong block does not hide the next."""
    found = Blocks()
    parsed = []
    for fence in fences(text):
        if kind_of(fence) not in KINDS:
            if not fence.closed:  # what stands behind it would be neither seen here nor shown as code
                sentence = "the code that begins here is never closed; end it with a line of the same fence."
                found.problems.append(BlockError(fence.line, sentence))
            continue
        try:
            parsed.append((fence, parse(fence)))
        except BlockError as error:
            found.problems.append(error)
    checked: list[tuple[int, int, str, Item]] = []
    seen: set[str] = set()
    headings = set(re.findall(r"\{:?[^{}\n]*#([\w-]+)", prose(text)))  # ids given by hand: `## Title { #id }`

    demos: dict[str, Demo] = {}
    # demos first: an exercise may name one further down
    for fence, block in sorted(parsed, key=lambda pair: pair[1].kind != "demo"):
        try:
            item: Item
            if block.kind == "demo":
                item = check_demo(block, page.elements, page.assets, page.models, number=len(seen) + 1)
            elif block.kind == "screen":
                item = check_screen(block, page.drawings, number=len(seen) + 1)
            else:
                item = check_exercise(block, demos)
            if item.id in headings:
                raise block.error("id", f'the id "{item.id}" is already that of a heading; choose another.')
            if item.id in seen:
                raise block.error("id", f'the id "{item.id}" stands twice on this page; choose another.')
        except BlockError as error:
            found.problems.append(error)
            continue
        seen.add(item.id)
        checked.append((fence.line, fence.end, fence.indent, item))
        if isinstance(item, Demo):
            demos[item.id] = item
    # only now all exercises are known; ids of broken ones count, their own error is enough
    exercises = {str(block.values.get("id")) for _, block in parsed if block.kind == "exercise"}
    for demo in demos.values():
        if demo.after and demo.after not in exercises:
            found.problems.append(
                demo.block.error(
                    "after",
                    f'no exercise on this page has the id "{demo.after}"; {nearest(demo.after, exercises)}',
                )
            )
    found.items = sorted(checked, key=lambda item: item[0])
    found.problems.sort(key=lambda error: error.line)
    return found
