"""A note written in Typora becomes a page of the course that works for every reader.

The pictures of such a note point into the disk of its author. They are copied beside the page, what is
missing is told to the author and marked for the reader, and the note itself is only read.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from demos.errors import UserError
from site_tools.authoring.active import host_of, is_allowed, shortened
from site_tools.authoring.links import Link, is_local, label_of, links
from site_tools.authoring.page import PAGE_SUFFIXES
from site_tools.messages import size
from site_tools.notes import code
from site_tools.notes import edits as note_edits
from site_tools.notes.edits import Edit
from site_tools.notes.files import Found, Shelf, as_link, find, name_of, readings, safe_name, write_page
from site_tools.notes.layout import as_python_markdown
from site_tools.notes.place import Place, find_place
from site_tools.notes.report import Event, Report, needs
from site_tools.notes.source import Note, read_note

_WEB = re.compile(r"(https?:)?//|www\.", re.I)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.I)  # two letters or more: one would be a drive of Windows


def import_note(
    path: Path,
    *,
    to: Path | None = None,
    language: str | None = None,
    force: bool = False,
    strict: bool = False,
    config: Path = Path("mkdocs.yml"),
) -> Report:
    """Write the page of a note, with its pictures in `<page name>.assets/` beside it.

    Args:
        path: the note.
        to: the page; see `find_place` for the one it becomes by itself.
        language: of the page.
        force: replace a page that is there.
        strict: write nothing if a file is missing.
        config: the configuration of the site.

    Raises:
        UserError: the note is not a text, the page is there or cannot be, or a file cannot be written.
    """
    note = read_note(path)
    place = find_place(path, to, language, config)
    page = place.page
    if page.exists() and page.samefile(path):
        raise UserError(
            f"{path} is the page itself, and a note is never changed: move it out of {place.docs[place.language]} and "
            "import it from there."
        )
    if page.exists() and not force:
        raise UserError(f"{page} exists: replace it with --force, or choose another place with --to.")
    work = _Links(note, place, Shelf(page.parent / f"{page.stem}.assets", replace=force))
    try:
        edits = [*work.edits(), *work.snippets(), *note_edits.without_boxes(note.body)]
    except OSError as error:
        raise UserError(f"{error.filename} cannot be read ({error.strerror}): mend its rights.") from None
    body = as_python_markdown(note_edits.apply(note.body, edits))
    written = not (strict and any(event.missing for event in work.events))
    if written:
        write_page(page, note.head + body, work.shelf.folder, work.shelf.copies)
    work.code(body)
    work.events.sort(key=lambda event: event.line)
    return Report(note, page, written, work.events, list(needs(note, place, body, work.shelf, work.used)))


class _Missing(Exception):
    """A link has nothing to point to; the text says why and what to do."""


class _Links:
    """Decides what becomes of every link of a note.

    Attributes:
        events: what was decided, in the order of the note.
        used: names of files beside the page that it links to.
    """

    def __init__(self, note: Note, place: Place, shelf: Shelf) -> None:
        self.note, self.place, self.shelf = note, place, shelf
        self.events: list[Event] = []
        self.used: set[str] = set()

    def edits(self) -> Iterator[Edit]:
        """What to change in the body of the note."""
        found = links(self.note.body)
        references: dict[str, list[Link]] = {}
        for link in found:
            if link.form == "reference":
                references.setdefault(label_of(link.target), []).append(link)
        for link in found:
            if link.form == "definition":
                uses = references.get(label_of(self.note.body[slice(*link.text)]), [])
                if uses or is_local(link.target):
                    yield from self._link(link, uses, picture=any(use.picture for use in uses))
            elif link.form != "reference":
                yield from self._link(link, [], picture=link.picture)

    def snippets(self) -> Iterator[Edit]:
        """Lines that would fetch a file of the site are made to show themselves."""
        for line, text, edit in code.snippets(self.note.body) if self.place.snippets else ():
            told = f"{shortened(text)}, which would have put a file of this site into the page"
            self.events.append(Event(self.note.above + line, "shown", told))
            yield edit

    def code(self, body: str) -> None:
        """Note what of the page the site's build will not let pass."""
        for line, finding in code.findings(body, self.note.body, self.place.allow):
            what, so = ("left", "as it is, but") if finding.kind == "foreign" else ("refused", "because")
            self.events.append(Event(self.note.above + line, what, f"{so} {finding.message}"))

    def _link(self, link: Link, uses: list[Link], *, picture: bool) -> Iterator[Edit]:
        file = None
        if self._points_to_a_file(link, picture):
            file = find(link.target, self.note, picture=picture)
            try:
                address = self._address(link, file, picture)
            except _Missing as error:
                self._tell(link, "missing", str(error))
                name = name_of(link.target)
                yield from note_edits.missing(self.note.body, link, uses, name, self.place.language)
                return
            if address != link.target:
                yield note_edits.point(link, address)
        if link.form == "tag" and link.picture:
            yield from note_edits.without_style(self.note.body, link, file.path if file else None)

    def _points_to_a_file(self, link: Link, picture: bool) -> bool:
        target = link.target
        if not target:
            return picture
        if is_local(target):
            return True
        if _WEB.match(target) and picture and not is_allowed(host_of(target) or "", self.place.allow):
            self._tell(link, "left", f"{target}: the site shows nothing from other servers; save the picture beside "
                       "the note and link to the file")  # fmt: skip
        elif target[:5].lower() == "data:" and picture:
            self._tell(link, "left", f"a picture inside the text ({size(len(target))}), which is fine if it is small")
        return not (_WEB.match(target) or _SCHEME.match(target) or target[0] in "#?")

    def _address(self, link: Link, found: Found | None, picture: bool) -> str:
        """The target of the link on its page.

        Raises:
            _Missing: there is nothing to link to.
        """
        target, folder = link.target, self.place.page.parent
        again = "import again with --force, or remove the link"
        if not target:
            raise _Missing("a picture without a path: give it one, or remove it")
        if Path(name_of(target)).suffix.lower() in PAGE_SUFFIXES and not picture:
            itself = name_of(target) == self.note.path.name
            page = self.place.page.name if itself else safe_name(name_of(target))
            if (folder / page).is_file() or page == self.place.page.name:
                return as_link(page, "".join(re.findall(r"#.*", target)))
        elif found:
            if found.refusal:
                raise _Missing(f"{target}: not copied, for {found.refusal} and {again}")
            name = self.shelf.name(found.path)
            if name not in self.used:
                self._tell(link, "copied", self._origin(found, target))
            self.used.add(name)
            return as_link(f"{self.shelf.folder.name}/{name}", found.rest)
        if not is_local(target) and any(
            os.path.isfile(os.path.normpath(folder / path)) for path, _ in readings(target)
        ):
            return target  # right already, seen from the page, whose folder may not exist yet
        if Path(name_of(target)).suffix.lower() in PAGE_SUFFIXES:
            raise _Missing(f"{target}: a page of its own; bring it into the site first, then {again}")
        raise _Missing(f"{target}: put {name_of(target)} beside the note and {again}")

    def _origin(self, found: Found, target: str) -> str:
        path, folder = found.path, self.note.path.resolve().parent
        shown = path.relative_to(folder) if path.is_relative_to(folder) else path
        told = f"{shown} ({size(path.stat().st_size)})"
        return f"{told}, found beside the note; the link says {target}" if found.beside else told

    def _tell(self, link: Link, what: str, text: str) -> None:
        self.events.append(Event(self.note.above + link.line, what, text))
