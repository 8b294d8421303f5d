"""The Python-Markdown extension: demo and exercise blocks, numbers in prose and links to shared files.

It needs no MkDocs: another generator that runs Python-Markdown gets the same pages from it. The
plugin gives it one `Page` at a time and reads back what the page turned out to need.
"""

import json
import os
import posixpath
import re
import xml.etree.ElementTree as etree
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from site_tools import numbers
from site_tools.blocks import BlockError, live_fences, parse, prose
from site_tools.demo_block import Demo, Element, check_demo, element_html
from site_tools.exercise_block import TEXT, Exercise, check_exercise

_PLACEHOLDER = re.compile(r"^[ ]{0,3}\x02live:(\d+)\x03[ ]*$", re.M)


@dataclass
class Page:
    """What the extension must know of the page it renders.

    Attributes:
        language: of the page; text around exercises is in it.
        assets: folder with figures, models and data.
        elements: tag -> live element, all there are.
        models: model name -> poster below `assets`.
        facts: key -> number for prose.
        root: path from the page to the root of the site, "" or ending in "/".
        uri: path of the source below the folder of its language.
        source: the file of the page, or None.
        sources: file on disk -> path below the root of the site, for files that all languages share.
        shared: that path -> its URL there.
        demos, exercises: what was found, after rendering; id -> block.
    """

    language: str = "zh"
    assets: Path = Path("docs/assets")
    elements: Mapping[str, Element] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, numbers.Value] = field(default_factory=dict)
    root: str = ""
    uri: str = "index.md"
    source: Path | None = None
    sources: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[str, str] = field(default_factory=dict)
    demos: dict[str, Demo] = field(default_factory=dict)
    exercises: dict[str, Exercise] = field(default_factory=dict)


@dataclass
class Blocks:
    """The blocks of one page in the order of the page, and what is wrong with them."""

    items: list[tuple[int, int, str, Demo | Exercise]] = field(default_factory=list)
    problems: list[BlockError] = field(default_factory=list)

    @property
    def demos(self) -> dict[str, Demo]:
        """id -> demo."""
        return {item.id: item for *_, item in self.items if isinstance(item, Demo)}

    @property
    def exercises(self) -> dict[str, Exercise]:
        """id -> exercise."""
        return {item.id: item for *_, item in self.items if isinstance(item, Exercise)}


def read_blocks(text: str, page: Page) -> Blocks:
    """Find, read and check every block of a page; one wrong block does not hide the next."""
    found = Blocks()
    parsed = []
    for fence in live_fences(text):
        try:
            parsed.append((fence, parse(fence)))
        except BlockError as error:
            found.problems.append(error)
    checked: list[tuple[int, int, str, Demo | Exercise]] = []
    seen: set[str] = set()

    def keep(fence, block, make) -> Demo | Exercise | None:
        try:
            item = make()
            if item.id in seen:
                raise block.error("id", f'the id "{item.id}" stands twice on this page; choose another.')
        except BlockError as error:
            found.problems.append(error)
            return None
        seen.add(item.id)
        checked.append((fence.line, fence.end, fence.indent, item))
        return item

    demos: dict[str, Demo] = {}
    for number, (fence, block) in enumerate(((f, b) for f, b in parsed if b.kind == "demo"), start=1):
        if demo := keep(fence, block, lambda b=block, n=number: check_demo(b, page.elements, page.assets, page.models, n)):
            demos[demo.id] = demo
    for fence, block in parsed:
        if block.kind == "exercise":
            keep(fence, block, lambda b=block: check_exercise(b, demos))
    # only now all exercises are known; ids of broken ones count, their own error is enough
    exercises = {str(block.values.get("id")) for _, block in parsed if block.kind == "exercise"}
    for demo in demos.values():
        if demo.after and demo.after not in exercises:
            found.problems.append(
                demo.block.error("after", f'no exercise on this page has the id "{demo.after}"; {numbers.nearest(demo.after, exercises)}')
            )
    found.items = sorted(checked, key=lambda item: item[0])
    found.problems.sort(key=lambda error: error.line)
    return found


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
        page.demos, page.exercises = found.demos, found.exercises
        self.extension.items = []
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
        if before := block[: found.start()].strip("\n"):
            self.parser.parseBlocks(parent, [before])
        item = self.extension.items[int(found[1])]
        build = self._demo if isinstance(item, Demo) else self._exercise
        build(parent, item)
        if after := block[found.end() :].strip("\n"):
            blocks.insert(0, after)

    def _demo(self, parent: etree.Element, demo: Demo) -> None:
        page = self.extension.page
        figure = etree.SubElement(parent, "figure", {"class": "live-figure", "id": demo.id})
        # stashed: its pictures are addressed from the page and must not be taken for links in the source
        figure.text = self.parser.md.htmlStash.store(element_html(demo, page.assets, page.root))
        etree.SubElement(figure, "figcaption").text = demo.caption

    def _markdown(self, parent: etree.Element, text: str) -> None:
        self.parser.parseChunk(parent, self.extension.preprocessor.prepare(text))

    def _exercise(self, parent: etree.Element, exercise: Exercise) -> None:
        text = TEXT.get(self.extension.page.language, TEXT["en"])
        box = etree.SubElement(parent, "live-exercise", {"class": "live-exercise", "id": exercise.id, "kind": exercise.kind})
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
            goal = etree.SubElement(box, "p", {"class": "exercise-answer", "data-demo": exercise.demo, "data-state": state})
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


class _SourceLinks(Treeprocessor):
    """Before links are resolved: a shared file may be named by its real place, as editors show it.

    `../../assets/x.svg` seen from `docs/zh/a/b.md` is `docs/assets/x.svg`, which lies outside
    `docs/zh`; the site has it at `assets/x.svg`.
    """

    def __init__(self, md: Markdown, extension: "LiveBlocks") -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: etree.Element) -> None:
        page = self.extension.page
        if page.source is None:
            return
        folder = page.source.parent
        for element, key, url, rest in _links(root):
            uri = page.sources.get(os.path.normpath(folder / unquote(url)))
            if uri is not None:
                element.set(key, quote(posixpath.relpath(uri, posixpath.dirname(page.uri) or ".")) + rest)


class _SiteLinks(Treeprocessor):
    """After links are resolved: shared files lie at the root of the site, not in the folder of a language."""

    def __init__(self, md: Markdown, extension: "LiveBlocks") -> None:
        super().__init__(md)
        self.extension = extension

    def run(self, root: etree.Element) -> None:
        page = self.extension.page
        addresses = set(page.shared.values())
        for element, key, url, rest in _links(root):
            # MkDocs has written as many ".." as lead to the folder of the language
            address = re.sub(r"^(\.\./)*", "", url)
            if address in addresses:
                element.set(key, f"{page.root}{address}{rest}")


def _links(root: etree.Element):
    for element in root.iter():
        key = {"a": "href", "img": "src"}.get(element.tag)
        url = element.get(key) if key else None
        if url and not re.match(r"[a-z]+:|/|#", url):
            found = re.match(r"([^?#]*)(.*)", url, re.S)
            yield element, key, found[1], found[2]


class LiveBlocks(Extension):
    """`page` is set before each page; `items` lives for one conversion."""

    def __init__(self, page: Page | None = None) -> None:
        super().__init__()
        self.page = page or Page()
        self.items: list[Demo | Exercise] = []
        self.preprocessor: _BlockPreprocessor

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
        md.treeprocessors.register(_SourceLinks(md, self), "live-source-links", 1)
        md.treeprocessors.register(_SiteLinks(md, self), "live-site-links", -1)
