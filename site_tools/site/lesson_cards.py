"""The cards of the `lessons` block, written when every page has been read: titles, exercises and posters are known."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from mkdocs.structure import StructureItem
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page as MkDocsPage

from demos.errors import UserError
from site_tools.authoring import numbers
from site_tools.authoring.blocks.demo import Demo
from site_tools.authoring.blocks.exercise import Exercise
from site_tools.authoring.blocks.lessons import Lesson, Lessons, cards_html, lesson_facts, lesson_problems
from site_tools.authoring.pictures import picture_format
from site_tools.site.language_build import LanguageBuild, tell


def chapters(nav: Navigation) -> dict[str, list[MkDocsPage]]:
    """Every title of the navigation with the pages below it, in its order; of two with one name the first."""
    found: dict[str, list[MkDocsPage]] = {}
    _gather(nav.items, found)
    return found


def _gather(items: Iterable[StructureItem], found: dict[str, list[MkDocsPage]]) -> list[MkDocsPage]:
    pages: list[MkDocsPage] = []
    for item in items:
        if isinstance(item, Section):
            below = _gather(item.children, found)
            found.setdefault(item.title, below)
            pages += below
        elif isinstance(item, MkDocsPage):
            pages.append(item)
    return pages


def fill(page: MkDocsPage, build: LanguageBuild) -> str:
    """The content of a page, its cards filled in.

    Raises:
        UserError: a lesson lacks what its card must say; the text has the place of the block.
    """
    html = page.content or ""
    for block in build.items(page.file.src_uri):
        if isinstance(block, Lessons):
            try:
                lessons = [lesson for one in build.chapters[block.chapter] if (lesson := _lesson(one, page, build))]
                if not lessons:
                    raise ValueError(f'no page of the chapter "{block.chapter}" is a lesson.')
            except ValueError as error:
                own = build.pages[page.file.src_uri]
                raise UserError(tell(own, [block.block.error("chapter", str(error))])) from None
            root = build.root(page.file.url)
            html = block.with_cards(html, cards_html(lessons, build.assets, root, build.language))
    return html


def _lesson(page: MkDocsPage, seen_from: MkDocsPage, build: LanguageBuild) -> Lesson | None:
    """What the card of a page says; None if the page is no lesson.

    Raises:
        ValueError: something is missing or wrong; the text says of which page, and what to write.
    """
    uri, meta = page.file.src_uri, _meta(page)
    declared = meta.get("lesson")
    if declared is False:
        return None
    for key, sentence in lesson_problems(declared):  # of a notebook: front matter has been checked by its lines
        raise ValueError(f'the card of {uri}: "{f"lesson.{key}" if key else "lesson"}" {sentence}')
    declared = declared or {}
    home = "its front matter" if uri.endswith(".md") else "the notebook's metadata"
    if "minutes" not in declared:
        raise ValueError(
            f'the card of {uri} has no time; write "lesson:" and below it "minutes: 20" into {home}, or '
            '"lesson: false" if it is no lesson.'
        )
    outcome = declared.get("outcome") or meta.get("description")
    if not outcome:
        raise ValueError(f'the card of {uri} has no sentence; write "outcome: ..." below "lesson:" in {home}.')
    try:
        outcome = numbers.fill(str(outcome), build.facts | lesson_facts(declared))
    except ValueError as error:
        raise ValueError(f"the card of {uri}: {error}") from None
    items = build.items(uri)
    return Lesson(
        uri=uri,
        url=page.file.url_relative_to(seen_from.file),
        title=str(meta.get("title") or page.title),
        outcome=outcome,
        minutes=declared["minutes"],
        picture=_picture(uri, declared, [item.poster for item in items if isinstance(item, Demo)], build.assets),
        exercises=tuple(item.id for item in items if isinstance(item, Exercise)),
    )


def _picture(uri: str, declared: Mapping[str, object], posters: list[Path | None], assets: Path) -> Path:
    if "picture" in declared:
        picture = assets / str(declared["picture"])
        if not picture.resolve().is_relative_to(assets.resolve()) or not picture_format(picture):
            raise ValueError(f'the card of {uri}: there is no picture "{declared["picture"]}" below {assets.name}/.')
        return picture
    poster = next(filter(None, posters), None)
    if poster is None:
        raise ValueError(
            f'the card of {uri} has no picture, and no demo of that page has one; write "picture: figures/..." below '
            f'"lesson:", with its path below {assets.name}/.'
        )
    return poster


def _meta(page: MkDocsPage) -> Mapping:
    if page.file.src_uri.endswith(".ipynb"):
        return json.loads(page.file.content_string).get("metadata", {})
    return page.meta
