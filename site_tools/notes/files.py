"""The files a note links to: where they are on this computer, and where they go."""

import filecmp
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path, PureWindowsPath
from urllib.parse import quote, unquote

from demos.errors import UserError
from demos.files import write_text
from site_tools.notes.source import Note

# What notes link to beside pictures and pages. Not .json and .key: keys of cloud services and of servers are that.
ATTACHMENTS = (
    ".7z", ".bib", ".csv", ".doc", ".docx", ".mov", ".mp3", ".mp4", ".pdf", ".ppt", ".pptx", ".py", ".rar", ".tex",
    ".tsv", ".txt", ".vtt", ".wav", ".webm", ".xls", ".xlsx", ".zip",
)  # fmt: skip
PICTURES = (".apng", ".avif", ".bmp", ".gif", ".ico", ".jfif", ".jpeg", ".jpg", ".png", ".svg", ".webp")

_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|[\\/]{2}")


@dataclass(frozen=True)
class Found:
    """A file that a link means.

    Attributes:
        path: where it is.
        rest: what followed the path in the link, such as "#page=3".
        beside: whether it was found by its name beside the note instead of where the link points.
        refusal: why it must not be published, and what to do; "" if it may be.
    """

    path: Path
    rest: str
    beside: bool
    refusal: str


def find(target: str, note: Note, *, picture: bool) -> Found | None:
    """The file that a link of a note means, None if it is not on this computer.

    Where the link points comes first. Then, as when a note was sent together with its pictures, the end of
    the path below the note's folder, and the name alone in the folders in which Typora puts pictures.
    A file that may be published goes before one that must not.

    Args:
        target: of the link.
        note: the link's.
        picture: whether the page shows the file.
    """
    refused = None
    for path, rest in readings(target):
        for place, beside in _places(path, note):
            if existing := _existing(place):
                found = Found(existing, rest, beside, refusal(existing, note, picture=picture))
                if not found.refusal:
                    return found
                refused = refused or found
    return refused


def readings(target: str) -> Iterator[tuple[str, str]]:
    """The paths a target may mean, likeliest first, each with what follows it in the link.

    `100%.png` and `a#1.png` are names of files; `100%25.png` and `a.pdf#page=1` mean others.
    """
    plain = re.sub(r"^file:(//(localhost)?(?=/))?", "", target, flags=re.I)
    plain = re.sub(r"^/+(?=[A-Za-z]:([\\/]|%5C))", "", plain, flags=re.I)
    unescaped = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", plain)
    for text in dict.fromkeys((plain, unescaped)):
        path, rest = re.fullmatch(r"([^#?]*)(.*)", text, re.S).groups()  # type: ignore[union-attr]  # always matches
        for choice in dict.fromkeys(((text, ""), (unquote(text), ""), (path, rest), (unquote(path), rest))):
            if choice[0]:
                yield choice


def name_of(target: str) -> str:
    """The name of the file at the end of a target."""
    path = re.split(r"[?#]", target, maxsplit=1)[0]
    return re.split(r"[\\/]", unquote(path).rstrip("\\/"))[-1] or target


def _places(path: str, note: Note) -> Iterator[tuple[Path, bool]]:
    folder = note.path.resolve().parent
    if _WINDOWS.match(path):
        parts = list(PureWindowsPath(path).parts[1:])
        if os.name == "nt":
            yield Path(path), False
    else:
        parts = re.split(r"[\\/]+", path)
        if parts[0]:
            yield folder.joinpath(*parts), False
        else:
            if note.root and (os.name == "nt" or not _WINDOWS.match(note.root)):
                yield folder.joinpath(note.root.replace("\\", "/"), *parts[1:]), False
            yield Path("/", *parts[1:]), False
    parts = [part for part in parts if part not in ("", ".", "..")]
    for start in range(len(parts)):
        yield folder.joinpath(*parts[start:]), True
    for name in (f"{note.path.stem}.assets", note.pictures):
        if name and parts:
            yield folder.joinpath(name.replace("\\", "/"), parts[-1]), True


def _existing(path: Path) -> Path | None:
    """The file; on Windows and macOS, where notes come from, capitals and composed accents make no difference."""
    try:
        if path.is_file():
            return path
        twins = (file for file in sorted(path.parent.iterdir()) if _key(file.name) == _key(path.name))
        return next((file for file in twins if file.is_file()), None)
    except (OSError, ValueError):
        return None  # no such folder, or a name that no file can have


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def refusal(file: Path, note: Note, *, picture: bool) -> str:
    """Why a file must not be published, and what to do; "" if it may be.

    A note may come from somebody else, and its links must not carry keys and passwords of this computer into
    the site. Pictures may lie anywhere, for editors keep them in folders of their own. Anything else must be of
    a kind that notes link to, and lie with the note, as what was sent or kept with it does.
    """
    file, folder = file.resolve(), note.path.resolve().parent
    suffix = file.suffix.lower()
    if suffix in PICTURES:
        return ""
    if picture:
        return "it is not a picture that browsers show; link to another file"
    if suffix not in ATTACHMENTS:
        kinds = " ".join(ATTACHMENTS)
        return f"it is neither a picture nor one of {kinds}; if everybody may read it, link to a .zip that holds it"
    if not file.is_relative_to(folder):
        return f"it lies outside the note's folder; if everybody may read it, put it into {folder}"
    if any(part.startswith(".") for part in file.relative_to(folder).parts):
        return "it is hidden; if everybody may read it, link to a copy that is not"
    return ""


def safe_name(name: str) -> str:
    """A name that needs no quoting in a link; letters of every language are kept."""
    name = unicodedata.normalize("NFC", name)
    kept = "".join(c if c.isalnum() or c in "._-" or (ord(c) > 127 and c.isprintable()) else "-" for c in name)
    stem, dot, suffix = re.sub(r"-{2,}", "-", kept).strip(".").rpartition(".")
    return f"{stem.strip('-._') or 'file'}{dot}{suffix}" if dot else suffix.strip("-") or "file"


def as_link(path: str, rest: str = "") -> str:
    """A path, and what follows it in a link, as a target: readable, but for what would end or change the link."""

    def quoted(text: str, safe: str) -> str:
        return re.sub(r"[\x00-\x7f]", lambda found: quote(found[0], safe=safe), text)

    return quoted(path, "/._-~") + quoted(rest, "/._-~#?=&%:,")


@dataclass
class Shelf:
    """The folder of one page's files, each under a name of its own.

    Attributes:
        folder: beside the page.
        replace: whether files that are there already may be replaced.
        copies: name -> file to copy.
    """

    folder: Path
    replace: bool = False
    copies: dict[str, Path] = field(default_factory=dict)

    def name(self, file: Path) -> str:
        """The name of a file in the folder; equal files of one name share it, different ones get a number."""
        safe = Path(safe_name(file.name))
        for number in count(1):
            name = safe.name if number == 1 else f"{safe.stem}-{number}{safe.suffix}"
            taken = self._taken().get(_key(name))
            if taken is None:
                self.copies[name] = file
                return name
            if filecmp.cmp(taken[1], file, shallow=False):
                return taken[0]
        raise AssertionError

    def _taken(self) -> dict[str, tuple[str, Path]]:
        there = {} if self.replace else self._there()
        return {_key(name): (name, file) for name, file in {**there, **self.copies}.items()}

    def _there(self) -> dict[str, Path]:
        return {path.name: path for path in sorted(self.folder.iterdir())} if self.folder.is_dir() else {}

    def unused(self, used: set[str]) -> list[str]:
        """The names of files in the folder that are not in `used`."""
        return [name for name in self._there() if name not in used]


def write_page(page: Path, text: str, folder: Path, copies: Mapping[str, Path]) -> None:
    """Write a page and copy its files beside it: all of them, or none and everything is as it was.

    Raises:
        UserError: a file cannot be read or written.
    """
    try:
        with ExitStack() as made:
            _make_folder(page.parent, made)
            with (
                tempfile.TemporaryDirectory(prefix=f".{page.stem}.", dir=page.parent) as stage,
                ExitStack() as undo,
            ):
                for number, file in enumerate(copies.values()):
                    shutil.copyfile(file, f"{stage}/{number}.new")
                if copies:
                    _make_folder(folder, undo)
                for number, name in enumerate(copies):
                    place, old = folder / name, f"{stage}/{number}.old"
                    if place.exists():
                        os.replace(place, old)
                        undo.callback(os.replace, old, place)
                    os.replace(f"{stage}/{number}.new", place)
                    undo.callback(place.unlink)
                write_text(page, text)  # last: a page never links to what is not there
                undo.pop_all()
            made.pop_all()
    except OSError as error:
        raise UserError(
            f"{page} was not written ({error.strerror}: {error.filename}): make room or mend the rights of that file "
            "or its folder."
        ) from None


def _make_folder(folder: Path, undo: ExitStack) -> None:
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir()
        undo.callback(_remove_empty, missing)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
