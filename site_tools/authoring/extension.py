"""The Python-Markdown extension: blocks, numbers in prose and links to shared files.

It needs no MkDocs: another generator that runs Python-Markdown gets the same pages from it. Whoever
converts a page says which `Page` it is, and reads back from there what it turned out to hold.
"""

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable
from typing import NoReturn

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor

from site_tools.authoring import numbers
from site_tools.authoring.checks import check_page
from site_tools.authoring.fences import BlockError
from site_tools.authoring.page import Item, Page
from site_tools.authoring.prose import prose
from site_tools.authoring.raw_links import Finished, LiftLinks, LowerLinks
from site_tools.authoring.shared_links import SiteLinks, SourceLinks
from site_tools.authoring.snippets import origins

Refuse = Callable[[Page, list[BlockError]], NoReturn]

_PLACEHOLDER = re.compile(r"^[ ]{0,3}\x02live:(\d+)\x03[ ]*$", re.M)


def without_marks(text: str) -> str:
    """The text without the two characters that Python-Markdown keeps for itself, and takes out before it reads."""
    return text.translate({0x02: None, 0x03: None})


def _raise_first(page: Page, problems: list[BlockError]) -> NoReturn:
    raise problems[0]


def _at_home(problem: BlockError, line: int, snippet: str) -> BlockError:
    """The problem at its line in the source, which knows nothing of the lines of a snippet."""
    return BlockError(line, f"in what {snippet} brings: {problem.message}" if snippet else problem.message)


class _SourcePreprocessor(Preprocessor):
    """Keeps the lines as they were written, before snippets add theirs."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.source: list[str] = []

    def run(self, lines: list[str]) -> list[str]:
        self.source = list(lines)
        return lines


class _BlockPreprocessor(Preprocessor):
    """Checks the page, and lifts the blocks out of the text before anything can take them for code."""

    def __init__(self, md: Markdown, page: Callable[[], Page], refuse: Refuse) -> None:
        super().__init__(md)
        self.page = page
        self.refuse = refuse
        self.written = _SourcePreprocessor(md)
        self.items: list[Item] = []
        self.places: list[int] = []  # of their fences
        self.read: list[str] = []  # the lines in which they stood

    def run(self, lines: list[str]) -> list[str]:
        page, self.read = self.page(), list(lines)
        found = check_page("\n".join(lines), page)
        if found.problems:
            self.tell(found.problems)
        page.items = found.by_id
        self.items, self.places = [], [fence.line for fence, _ in found.items]
        for fence, item in found.items:
            mark = f"{fence.indent}\x02live:{len(self.items)}\x03"
            lines[fence.line - 1 : fence.end] = [mark] + [""] * (fence.end - fence.line)
            self.items.append(item)
        return lines

    def tell(self, problems: list[BlockError]) -> NoReturn:
        """Stop with problems whose lines count in what was read, snippets and all."""
        places = origins(self.written.source, self.read)
        self.refuse(self.page(), [_at_home(problem, *places[problem.line - 1]) for problem in problems])

    def number(self, key: str, form: str | None, written: str) -> str:
        """A number as it stands in the page."""
        page = self.page()
        try:
            return numbers.write(page.facts, key, form)
        except ValueError as error:  # one that Markdown sees and the check does not
            self.refuse(page, [page.problem(written, str(error))])

    def prepare(self, text: str) -> str:
        """Markdown from inside a block, after the preprocessors that the page's own text still has ahead."""
        lines = text.split("\n")
        reached = False
        for preprocessor in self.md.preprocessors:
            if reached:
                lines = preprocessor.run(lines)
            reached = reached or preprocessor is self
        return "\n".join(lines)


class _BlockProcessor(BlockProcessor):
    """Puts what a block became where it stood; the pen of the blocks."""

    def __init__(self, md: Markdown, lifted: _BlockPreprocessor) -> None:
        super().__init__(md.parser)
        self.lifted = lifted

    @property
    def page(self) -> Page:
        return self.lifted.page()

    def test(self, _parent: etree.Element, block: str) -> bool:
        return bool(_PLACEHOLDER.search(block))

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        found = _PLACEHOLDER.search(block)
        assert found  # `test` has seen it
        if before := block[: found.start()].strip("\n"):
            self.parser.parseBlocks(parent, [before])
        self.lifted.items[int(found[1])].render(parent, self)
        if after := block[found.end() :].strip("\n"):
            blocks.insert(0, after)

    def markdown(self, parent: etree.Element, text: str) -> None:
        self.parser.parseChunk(parent, self.lifted.prepare(text))

    def plain(self, text: str) -> str:
        return numbers.fill(text, self.page.facts)

    def finished(self, html: str) -> str:
        # stashed: its pictures are addressed from the page and must not be taken for links in the source
        return self.parser.md.htmlStash.store(Finished(html))


class _LostPostprocessor(Postprocessor):
    """Refuses blocks that stand where Markdown reads no blocks: their marks are still there when all is done."""

    def __init__(self, md: Markdown, lifted: _BlockPreprocessor) -> None:
        super().__init__(md)
        self.lifted = lifted

    def run(self, text: str) -> str:
        lost = dict.fromkeys(re.findall(r"\x02live:(\d+)\x03", text))
        sentence = "the block stands in code or HTML; begin its line at the left margin."
        if lost:
            self.lifted.tell([BlockError(self.lifted.places[int(number)], sentence) for number in lost])
        return text


class _NumberPreprocessor(Preprocessor):
    """Writes numbers before tables are cut into cells: the bar in `[[key | .2f]]` would cut them too."""

    def __init__(self, md: Markdown, lifted: _BlockPreprocessor) -> None:
        super().__init__(md)
        self.lifted = lifted

    def run(self, lines: list[str]) -> list[str]:
        visible = prose("\n".join(lines)).split("\n")  # code blanked out, at the same places in each line
        for index, shown in enumerate(visible):
            for found in reversed(list(re.finditer(numbers.REFERENCE, shown))):
                number = self.lifted.number(found["key"], found["format"], found[0])
                lines[index] = lines[index][: found.start()] + number + lines[index][found.end() :]
        return lines


class _NumberProcessor(InlineProcessor):
    def __init__(self, md: Markdown, lifted: _BlockPreprocessor) -> None:
        super().__init__(numbers.REFERENCE, md)
        self.lifted = lifted

    def handleMatch(self, m: re.Match, data: str) -> tuple[str, int, int]:  # noqa: N802 - the name is Python-Markdown's
        return self.lifted.number(m["key"], m["format"], m[0]), m.start(0), m.end(0)


class LiveBlocks(Extension):
    """Blocks, numbers and links to shared files.

    Args:
        find: the page that a converter is at; asked while it converts. Without it, each converter has an empty one.
        refuse: told of everything wrong with a page, it raises what stops the conversion; else the first of it is
            raised.
    """

    def __init__(self, find: Callable[[Markdown], Page] | None = None, refuse: Refuse = _raise_first) -> None:
        super().__init__()
        self.find = find
        self.refuse = refuse

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        alone = Page()

        def page() -> Page:
            return self.find(md) if self.find else alone

        lifted = _BlockPreprocessor(md, page, self.refuse)
        md.preprocessors.register(lifted.written, "live-source", 40)
        # after snippets (32) and the cleaning of white space (30), before fences become code (25)
        md.preprocessors.register(lifted, "live-blocks", 28)
        md.parser.blockprocessors.register(_BlockProcessor(md, lifted), "live-blocks", 175)
        # after fences have become code (25)
        md.preprocessors.register(_NumberPreprocessor(md, lifted), "live-numbers", 24)
        # after code spans (190) and escapes (180), before links (160)
        md.inlinePatterns.register(_NumberProcessor(md, lifted), "live-numbers", 175)
        # MkDocs resolves links at priority 0
        md.treeprocessors.register(SourceLinks(md, page), "live-source-links", 1)
        md.treeprocessors.register(SiteLinks(md, page), "live-site-links", -1)
        md.postprocessors.register(_LostPostprocessor(md, lifted), "live-lost", -10)
        lift = LiftLinks(md)
        md.treeprocessors.register(lift, "live-lift-links", 2)
        md.treeprocessors.register(LowerLinks(md, lift), "live-lower-links", -2)
