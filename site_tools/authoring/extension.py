"""The Python-Markdown extension: blocks, numbers in prose and links to shared files.

It needs no MkDocs: another generator that runs Python-Markdown gets the same pages from it. The
plugin gives it one `Page` at a time and reads back what the page turned out to need.
"""

import json
import re
import xml.etree.ElementTree as etree
from collections.abc import Mapping

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor

from site_tools.authoring import numbers
from site_tools.authoring.blocks.demo import Demo, element_html, poster_html
from site_tools.authoring.blocks.exercise import TEXT, Exercise
from site_tools.authoring.blocks.screen import Screen, drawing_html, screen_html
from site_tools.authoring.fences import BlockError, prose
from site_tools.authoring.page import Item, Page, read_blocks
from site_tools.authoring.raw_links import Finished, LiftLinks, LowerLinks
from site_tools.authoring.shared_links import SiteLinks, SourceLinks

_PLACEHOLDER = re.compile(r"^[ ]{0,3}\x02live:(\d+)\x03[ ]*$", re.M)


def without_marks(text: str) -> str:
    """The text without the two characters that Python-Markdown keeps for itself, and takes out before it reads."""
    return text.translate({0x02: None, 0x03: None})


class _BlockPreprocessor(Preprocessor):
    """Lifts the blocks out of the text before anything can take them for code."""

    def __init__(self, md: Markdown, extension: "LiveBlocks") -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        page = self.extension.page
        found = read_blocks("\n".join(lines), page)
        if found.problems:
            raise found.problems[0]
        page.demos, page.exercises, page.screens = found.demos, found.exercises, found.screens
        self.extension.items = []
        self.extension.lines = [line for line, *_ in found.items]
        for line, end, indent, item in found.items:
            lines[line - 1 : end] = [f"{indent}\x02live:{len(self.extension.items)}\x03"] + [""] * (end - line)
            self.extension.items.append(item)
        return lines

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
    """Puts what a block became where it stood."""

    def __init__(self, parser, extension: "LiveBlocks") -> None:
        super().__init__(parser)
        self.extension = extension

    def test(self, _parent: etree.Element, block: str) -> bool:
        return bool(_PLACEHOLDER.search(block))

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        found = _PLACEHOLDER.search(block)
        assert found  # `test` has seen it
        if before := block[: found.start()].strip("\n"):
            self.parser.parseBlocks(parent, [before])
        item = self.extension.items[int(found[1])]
        if isinstance(item, Demo):
            self._demo(parent, item)
        elif isinstance(item, Screen):
            self._screen(parent, item)
        else:
            self._exercise(parent, item)
        if after := block[found.end() :].strip("\n"):
            blocks.insert(0, after)

    def _demo(self, parent: etree.Element, demo: Demo) -> None:
        page = self.extension.page
        figure = etree.SubElement(parent, "figure", {"class": "live-figure", "id": demo.id})
        # stashed: its pictures are addressed from the page and must not be taken for links in the source
        if demo.drawing in page.drawings:
            poster = drawing_html(page.drawings[demo.drawing], demo.alt, page.drawing_styles, page.language)
        else:
            poster = poster_html(demo, page.assets, page.root)
        figure.text = self.parser.md.htmlStash.store(Finished(element_html(demo, poster)))
        etree.SubElement(figure, "figcaption").text = demo.caption

    def _screen(self, parent: etree.Element, screen: Screen) -> None:
        page = self.extension.page
        figure = etree.SubElement(parent, "figure", {"class": "github-figure", "id": screen.id})
        figure.text = self.parser.md.htmlStash.store(Finished(screen_html(screen, page.drawing_styles, page.language)))
        if screen.callouts:
            explanations = etree.SubElement(figure, "ol")
            for _, text in screen.callouts:
                etree.SubElement(explanations, "li").text = text
        etree.SubElement(figure, "figcaption").text = screen.caption

    def _markdown(self, parent: etree.Element, text: str) -> None:
        self.parser.parseChunk(parent, self.extension.preprocessor.prepare(text))

    def _exercise(self, parent: etree.Element, exercise: Exercise) -> None:
        text = TEXT.get(self.extension.page.language, TEXT["en"])
        box = etree.SubElement(
            parent, "live-exercise", {"class": "live-exercise", "id": exercise.id, "kind": exercise.kind}
        )
        etree.SubElement(box, "p", {"class": "exercise-kind"}).text = text[exercise.kind]
        question = etree.SubElement(box, "div", {"class": "exercise-question", "id": f"{exercise.id}-question"})
        self._markdown(question, exercise.question)
        self._answer(box, exercise, text)
        for part in ("hint", "solution"):
            if content := getattr(exercise, part):
                details = etree.SubElement(box, "details", {"class": f"exercise-{part}"})
                etree.SubElement(details, "summary").text = text[part]
                self._markdown(details, content)

    def _answer(self, box: etree.Element, exercise: Exercise, text: Mapping[str, str]) -> None:
        group = {"class": "exercise-answer", "aria-labelledby": f"{exercise.id}-question"}
        if exercise.choices:
            fieldset = etree.SubElement(box, "fieldset", group)
            for index, choice in enumerate(exercise.choices):
                holder = etree.SubElement(fieldset, "div", {"class": "exercise-choice"})
                label = etree.SubElement(holder, "label")
                right = {"data-correct": ""} if choice.correct else {}
                etree.SubElement(label, "input", {"type": "radio", "name": exercise.id, "value": str(index), **right})
                etree.SubElement(label, "span").text = choice.text
                etree.SubElement(holder, "p", {"class": "exercise-why", "hidden": ""}).text = choice.why
        elif exercise.answer is not None:
            label = etree.SubElement(box, "label", {"class": "exercise-answer"})
            etree.SubElement(label, "span").text = text["number"]
            number = {"data-answer": f"{exercise.answer:.12g}", "data-tolerance": f"{exercise.tolerance:.12g}"}
            etree.SubElement(label, "input", {"type": "text", "inputmode": "decimal", "autocomplete": "off", **number})
        else:
            state = json.dumps(exercise.state, ensure_ascii=False)
            goal = etree.SubElement(
                box, "p", {"class": "exercise-answer", "data-demo": exercise.demo, "data-state": state}
            )
            etree.SubElement(goal, "a", {"href": f"#{exercise.demo}"}).text = text["go"]


class _NumberPreprocessor(Preprocessor):
    """Writes numbers before tables are cut into cells: the bar in `[[key | .2f]]` would cut them too."""

    def __init__(self, md: Markdown, extension: "LiveBlocks") -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, lines: list[str]) -> list[str]:
        facts = self.extension.page.facts
        visible = prose("\n".join(lines)).split("\n")  # code blanked out, at the same places in each line
        for index, shown in enumerate(visible):
            for found in reversed(list(re.finditer(numbers.REFERENCE, shown))):
                number = numbers.write(facts, found["key"], found["format"])
                lines[index] = lines[index][: found.start()] + number + lines[index][found.end() :]
        return lines


class _NumberProcessor(InlineProcessor):
    def __init__(self, md: Markdown, extension: "LiveBlocks") -> None:
        super().__init__(numbers.REFERENCE, md)
        self.extension = extension

    def handleMatch(self, m: re.Match, data: str) -> tuple[str, int, int]:  # noqa: N802 - the name is Python-Markdown's
        return numbers.write(self.extension.page.facts, m["key"], m["format"]), m.start(0), m.end(0)


class LiveBlocks(Extension):
    """`page` is set before each page; `items` and the `lines` of their fences live for one conversion."""

    def __init__(self, page: Page | None = None) -> None:
        super().__init__()
        self.page = page or Page()
        self.items: list[Item] = []
        self.lines: list[int] = []
        self.preprocessor: _BlockPreprocessor

    def lost(self, html: str) -> list[BlockError]:
        """The blocks of the last conversion that stand where Markdown reads no blocks; `html` is what came out."""
        return [
            BlockError(self.lines[int(number)], "the block stands in code or HTML; begin its line at the left margin.")
            for number in dict.fromkeys(re.findall(r"\x02live:(\d+)\x03", html))
        ]

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        self.preprocessor = _BlockPreprocessor(md, self)
        # after snippets (32) and the cleaning of white space (30), before fences become code (25)
        md.preprocessors.register(self.preprocessor, "live-blocks", 28)
        md.parser.blockprocessors.register(_BlockProcessor(md.parser, self), "live-blocks", 175)
        # after fences have become code (25)
        md.preprocessors.register(_NumberPreprocessor(md, self), "live-numbers", 24)
        # after code spans (190) and escapes (180), before links (160)
        md.inlinePatterns.register(_NumberProcessor(md, self), "live-numbers", 175)
        # MkDocs resolves links at priority 0
        md.treeprocessors.register(SourceLinks(md, lambda: self.page), "live-source-links", 1)
        md.treeprocessors.register(SiteLinks(md, lambda: self.page), "live-site-links", -1)
        lift = LiftLinks(md)
        md.treeprocessors.register(lift, "live-lift-links", 2)
        md.treeprocessors.register(LowerLinks(md, lift), "live-lower-links", -2)
