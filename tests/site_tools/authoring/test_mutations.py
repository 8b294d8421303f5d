"""Whatever happens to a block, the page is right or its author reads one sentence with the line, at once."""

import random
import re
import time
from pathlib import Path
from typing import NoReturn

import pytest
from markdown import Markdown

from site_tools.authoring.checks import check_page
from site_tools.authoring.extension import LiveBlocks, without_marks
from site_tools.authoring.fences import BlockError, kind_of
from site_tools.authoring.formulas import Formulas
from site_tools.authoring.numbers import references
from site_tools.authoring.page import Page
from site_tools.authoring.prose import live_fences
from site_tools.bundle import REGISTRY, Drawing, read_elements
from site_tools.models.manifest import read_manifests
from site_tools.setup.environment import WEB
from tests.support.mutations import mutated

ROOT = Path(__file__).parents[3]
LIMIT = 2.0  # seconds for one page
ELEMENTS = read_elements(WEB / "dist" / REGISTRY)
EXTENSIONS = ("attr_list", "tables", "md_in_html", "pymdownx.superfences", "toc")
PROSE = "[[x | .2f]] and $x_t$, `code`, [a](b)\n"
SOURCES = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").rglob("*.md"))]
# what the course's blocks name and a build would know; the web code's build draws the screens
MODELS = read_manifests(ROOT / "docs" / "assets" / "models")
FACTS = {reference.key: 1.25 for source in SOURCES for reference in references(source)} | {"x": 5}
PARTS = tuple({part for source in SOURCES for part in re.findall(r"^ +- ([\w-]+):", source, re.M)})
CHAPTERS = {name for source in SOURCES for name in re.findall(r"^```lessons\nchapter: (.+)", source, re.M)}
SCREENS = {use for source in SOURCES for use in re.findall(r"^```screen\nuse: ([\w-]+)", source, re.M)}


def page() -> Page:
    return Page(
        assets=ROOT / "docs" / "assets",
        elements=ELEMENTS,
        drawings={name: Drawing("github.com", "<p></p>", PARTS) for name in (*SCREENS, "home", "dashboard")},
        models=MODELS,
        facts=FACTS,
        chapters=CHAPTERS,
    )


def small_pages() -> list[str]:
    """Every block of the course on a page of its own, together with the one that it names."""
    pages = []
    for source in SOURCES:
        blocks = [f"```{kind_of(fence)}\n{fence.body}\n```\n" for fence in live_fences(source)]
        for block in blocks:
            named = re.findall(r"^(?:demo|after): ([\w-]+)", block, re.M)
            others = [other for other in blocks if any(f"\nid: {name}\n" in other for name in named)]
            others = [re.sub(r"^after: .*\n", "", other, flags=re.M) for other in others]
            pages.append("# A page\n\n" + "\n".join([block, *others, PROSE]))
    return pages


PAGES = small_pages()


class Refused(Exception):
    """What stopped a conversion."""

    def __init__(self, problems: list[BlockError]):
        super().__init__(problems)
        self.problems = problems


def refuse(page: Page, problems: list[BlockError]) -> NoReturn:
    raise Refused(problems)


def judge(text: str) -> bool:
    """Whether the page is right; fails unless it is, or is refused in one sentence a problem."""
    text, one, html = without_marks(text), page(), ""  # as the plugin does
    problems = check_page(text, one).problems
    if not problems:
        try:
            html = Markdown(extensions=[*EXTENSIONS, LiveBlocks(lambda _: one, refuse), Formulas()]).convert(text)
        except Refused as error:
            problems = error.problems
    for problem in problems:
        assert 1 <= problem.line <= text.count("\n") + 1
        assert "\n" not in problem.message
        assert 10 < len(problem.message) < 1000
    if not problems:
        shown = sum(map(html.count, ('<figure class="', "<live-exercise ", "<lesson-cards ")))
        assert shown == len(list(live_fences(text)))
    return not problems


def judge_many(seed: str, count: int) -> tuple[int, int]:
    """How many pages were right, and how many refused."""
    random_ = random.Random(seed)
    right = 0
    for _ in range(count):
        text = mutated(random_.choice(PAGES), random_)
        start = time.perf_counter()
        try:
            right += judge(text)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error}\n{text!r}") from error
        assert time.perf_counter() - start < LIMIT, text
    return right, count - right


def test_the_pages_are_right_before_anything_happens_to_them():
    assert len(PAGES) > 60
    assert [
        (text, [str(problem) for problem in check_page(text, page()).problems]) for text in PAGES if not judge(text)
    ] == []


def test_damaged_blocks_end_in_a_sentence_or_a_right_page():
    right, refused = judge_many("quick", 300)
    assert right > 20
    assert refused > 100


@pytest.mark.slow
@pytest.mark.parametrize("part", range(20))
def test_twenty_thousand_damaged_blocks_end_in_a_sentence_or_a_right_page(part):
    right, refused = judge_many(f"part {part}", 1000)
    assert right > 60
    assert refused > 300
