"""The lectures in a build: their files at the root of the site, a page for each in every language, a list of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from site_tools.authoring.fences import lines_of
from site_tools.authoring.prose import prose
from site_tools.lectures.decks import Version, find_decks
from site_tools.lectures.pages.hotspots import Addresses, Target, source_link
from site_tools.lectures.pages.page import lecture_page
from site_tools.lectures.pages.view import Lecture, View, plain
from site_tools.lectures.record import Record
from site_tools.lectures.texts import texts
from site_tools.messages import shown

INDEX = "index.md"
_MARKER = re.compile(r"[ \t]*\[\[\s*lectures\s*\]\][ \t]*")


@dataclass(frozen=True)
class Shelf:
    """What a build knows of the lectures.

    Attributes:
        root: their folder.
        lectures: those of one language, in order.
        files: path below the root of the site -> file, for what readers see and download.
        problems: one sentence for every deck that is not converted as it is now.
    """

    root: Path
    lectures: list[Lecture] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def uri(self, path: Path) -> str:
        """Where a file of the folder lies in the site."""
        return f"{self.root.name}/{path.relative_to(self.root).as_posix()}"


def read_shelf(root: Path, language: str) -> Shelf:
    """The lectures of a language.

    A deck that has changed since it was converted is shown as it was; one that never was has no page.
    """
    decks, problems = find_decks(root)
    shelf = Shelf(root, problems=problems)
    for deck in decks:
        records = {version: version.current_record() for version in deck.versions}
        for version, record in records.items():
            if record is None:
                problems.append(
                    f"{shown(version.path)} has no up-to-date outputs: run `python -m site_tools lectures`."
                )
            if last := record or version.last_record():
                records[version] = last
                shelf.files.update({shelf.uri(path): path for path in _published(version, last)})
        version = deck.version(language)
        if record := records[version]:
            shelf.lectures.append(Lecture(deck, version, record, f"{root.name}/{deck.name}.md"))
    return shelf


def _published(version: Version, record: Record) -> list[Path]:
    return [path for path in {*version.outputs(record), version.path, version.pdf} if path != version.json]


def write_pages(shelf: Shelf, language: str, addresses: Addresses) -> tuple[dict[str, str], list[str]]:
    """The Markdown of every lecture's page, and a sentence for every link in a deck that leads nowhere.

    Args:
        shelf: the lectures.
        language: of the pages.
        addresses: where links in decks may lead.
    """
    pages, problems = {}, []
    for lecture in shelf.lectures:
        targets: dict[str, Target] = {}
        for number, slide in enumerate(lecture.record.slides, start=1):
            for link in slide.links:
                target = targets[link.address] = addresses.resolve(link.address, lecture.uri)
                if target.problem:
                    told = f"{shown(lecture.version.path)}, slide {number}: a link {target.problem}"
                    problems.append(told if told.endswith(("?", ".")) else f"{told}.")
        pages[lecture.uri] = lecture_page(View(lecture, language, _way(shelf, lecture.uri), targets.__getitem__))
    return pages, problems


def _way(shelf: Shelf, uri: str) -> Callable[[Path], str]:
    return lambda path: source_link(shelf.uri(path), uri)


def with_list(markdown: str, shelf: Shelf, language: str, uri: str) -> str:
    """The page with the list of lectures where it says `[[lectures]]` on a line of its own; no line is added.

    Args:
        markdown: of the page.
        shelf: the lectures.
        language: of the page.
        uri: of its source.
    """
    lines = lines_of(markdown)
    for number, line in enumerate(prose(markdown).split("\n")):  # in an example of code it stays as it is
        if _MARKER.fullmatch(line):
            lines[number] = _list(shelf, language, uri)
    return "\n".join(lines)


def _list(shelf: Shelf, language: str, uri: str) -> str:
    t = texts(language)
    if not shelf.lectures:
        return f'<p class="lecture-none">{t.empty}</p>'
    entries = []
    for lecture in shelf.lectures:
        slide = lecture.record.slides[0]
        thumb = escape(_way(shelf, uri)(lecture.version.folder / slide.thumb))
        about = t.separator.join(map(plain, lecture.topics))
        facts = " · ".join(filter(None, [t.slides.format(count=len(lecture.record.slides)), about]))
        entries.append(
            f'<li><a href="{escape(source_link(lecture.uri, uri))}">'
            f'<img src="{thumb}" alt="" width="{slide.thumb_width}" height="{slide.thumb_height}" loading="lazy">'
            f"<strong>{plain(lecture.title)}</strong></a><span>{facts}</span></li>"
        )
    return f'<ul class="lecture-list">{"".join(entries)}</ul>'


def expand_nav(nav: object, shelf: Shelf, *, index: bool) -> object:
    """The navigation with the lectures where it names their folder (`- Lectures: lectures/`).

    Args:
        nav: as configured; other entries stay as they are.
        shelf: the lectures.
        index: whether there is a page of all lectures, which then comes first.
    """
    folder = f"{shelf.root.name}/"
    pages = [*([folder + INDEX] if index else []), *(lecture.uri for lecture in shelf.lectures)]
    if isinstance(nav, dict):
        return {
            title: (pages[0] if len(pages) == 1 else pages) if item == folder else expand_nav(item, shelf, index=index)
            for title, item in nav.items()
        }
    if isinstance(nav, list):
        expanded: list[object] = []
        for item in nav:
            expanded += pages if item == folder else [expand_nav(item, shelf, index=index)]
        return expanded
    return nav
