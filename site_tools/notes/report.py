"""What an author hears when a note has been imported, and what the site still needs before it builds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from site_tools.authoring.links import links
from site_tools.authoring.prose import prose
from site_tools.notes.edits import words_of
from site_tools.notes.files import Shelf, name_of
from site_tools.notes.place import Place
from site_tools.notes.source import Note

_TITLE = re.compile(r"^#(?!#)[ \t]*(?P<hashes>[^\n]*?)[ \t#]*$|^(?P<line>\S[^\n]*)\n=+[ \t]*$", re.M)
_STYLED = re.compile(r"""<(?!img\b)[a-z](?:[^<>"']|"[^"]*"|'[^']*')*?\sstyle\s*=""", re.I)
_WITHOUT_WORDS = re.compile(r"|img|image|(?:image|img|screenshot)?[-_ \d.]+", re.I)


@dataclass(frozen=True)
class Event:
    """What became of one link: its line in the note, "copied", "missing" or "left", and the rest of the sentence."""

    line: int
    what: str
    text: str

    @property
    def missing(self) -> bool:
        """Whether the author must do something about it."""
        return self.what == "missing"


@dataclass(frozen=True)
class Report:
    """The result of an import.

    Attributes:
        note, page: the source, and the file it becomes.
        written: whether the page was written.
        events: what became of the links, in the order of the note.
        needs: what the site still needs, one phrase each.
    """

    note: Note
    page: Path
    written: bool
    events: list[Event]
    needs: list[str]

    @property
    def missing(self) -> int:
        """How many links have no file."""
        return sum(event.missing for event in self.events)

    def __str__(self) -> str:
        """One line a link, then the whole."""
        name = self.note.path.name
        words = {"copied": "copied" if self.written else "found", "missing": "missing", "left": "left"}
        lines = [f"{name}:{event.line}: {words[event.what]} {event.text}" for event in self.events]
        numbers = [f"{count} {word}" for what, word in words.items() if (count := self._count(what))]
        counted = f": {', '.join(numbers)}" if numbers else ""
        lines.append(f"{self.page} {'is' if self.written else 'was not'} written{counted}.")
        if self.missing:
            folder = self.note.path.resolve().parent
            where = f"where the link points, in {folder} and in {folder / self.note.path.stem}.assets"
            lines.append(f"What is missing was looked for {where}{'; the page says so in its place' * self.written}.")
        if self.note.encoding == "GB18030":
            lines.append("The note was read as GB18030; if its characters are wrong, save it as UTF-8 and try again.")
        if self.written and self.needs:
            lines += ["The site still needs:", *(f"- {need}" for need in self.needs)]
        return "\n".join(lines)

    def _count(self, what: str) -> int:
        return sum(event.what == what for event in self.events)


def needs(note: Note, place: Place, body: str, shelf: Shelf, used: set[str]) -> Iterator[str]:
    """What the site still needs for a page with this body, most pressing first.

    Args:
        note, place, body: the source, its page, and the text below the front matter there.
        shelf, used: the files beside the page, and the names of those it links to.
    """
    for twin in place.twins:
        if not twin.exists():
            yield f"{twin}, the same page in the other language: the build stops without it"
    title = _title(body)
    if not place.in_nav():
        entry = yaml.safe_dump({title or place.page.stem: place.uri}, allow_unicode=True, width=1000).strip()
        yield f"an entry under nav in {place.configs[place.language]}: `- {entry}`"
    if title is None:
        yield f"a heading of level 1 as the first line of {place.page}: `# Title`"
    pictures = [link for link in links(note.body) if link.picture]
    if lines := [link.line for link in pictures if _says_nothing(words_of(note.body, link), name_of(link.target))]:
        yield f"words for readers who do not see the pictures, `![what it shows](...)`: {_lines(note, lines)}"
    shown = prose(note.body)
    if lines := [shown.count("\n", 0, found.start()) + 1 for found in _STYLED.finditer(shown)]:
        yield f"other means than style=, which the site's pages forbid: {_lines(note, lines)}"
    if left := [] if not shelf.replace else shelf.unused(used):
        yield f"a look at {shelf.folder}, where the page links no more to {', '.join(left)}"


def _title(body: str) -> str | None:
    found = _TITLE.search(prose(body))
    if not found:
        return None
    start, end = found.span("hashes" if found["hashes"] is not None else "line")
    return re.sub(r"\s*\{[^{}]*\}$|[*`]", "", body[start:end]).strip()


def _says_nothing(words: str, name: str) -> bool:
    return bool(_WITHOUT_WORDS.fullmatch(words.strip())) or words in (name, Path(name).stem)


def _lines(note: Note, lines: list[int]) -> str:
    numbers = sorted({note.above + line for line in lines})
    return f"line{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))} of the note"
