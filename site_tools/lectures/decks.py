"""Where decks are: a folder each below the folder of lectures, or a loose file there; found, named and put in order."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from site_tools.authoring.published import is_fit, unfit
from site_tools.lectures.record import CONVERTER, Record, read_record, sha256
from site_tools.messages import shown

SUFFIXES = (".pptx", ".ppt", ".pdf")
# What PowerPoint, WPS, Keynote and LibreOffice also write; uploaded in good faith, and answered with a sentence.
OTHER_SUFFIXES = (".pptm", ".ppsx", ".ppsm", ".pps", ".potx", ".potm", ".pot", ".dps", ".dpt", ".key", ".odp")
STEM = "slides"
MADE_MARK = b"\n%made from the deck beside it by live-models\n"  # a comment, which readers of PDF skip
_NUMBER = re.compile(r"\d+(?![0-9A-Za-z])")  # "03-gan" and "03对抗", but not "3D"
_LANGUAGE = re.compile(r"(?P<stem>.+)\.(?P<language>[A-Za-z]{2})")
# What else is uploaded where a deck should be: packed anywhere, the others in a folder that holds no deck.
_PACKED = (".zip", ".rar", ".7z")
_NO_DECKS = (*_PACKED, ".doc", ".docx", ".mp4")


@dataclass(frozen=True)
class Version:
    """One file of a deck.

    Attributes:
        path: the file.
        folder: where its outputs lie.
        language: whose readers it is for; "" for all.
        companion: the author's own PDF of it, whose pages are then the pictures, or None.
    """

    path: Path
    folder: Path
    language: str = ""
    companion: Path | None = None

    def output(self, stem: str, suffix: str) -> Path:
        """One of its outputs; those of a language carry its code."""
        return self.folder / f"{stem}{f'.{self.language}' if self.language else ''}{suffix}"

    @property
    def json(self) -> Path:
        """Where the conversion is recorded."""
        return self.output(STEM, ".json")

    @property
    def pdf(self) -> Path:
        """The PDF that readers download: the deck itself, the author's, or the one that was made."""
        return self.path if self.path.suffix.lower() == ".pdf" else self.companion or self.output(STEM, ".pdf")

    def fingerprint(self) -> tuple[int, str, str]:
        """What alone decides whether the outputs are up to date: the converter and the contents."""
        return CONVERTER, sha256(self.path), sha256(self.companion) if self.companion else ""

    def last_record(self) -> Record | None:
        """What was recorded, if all outputs are there."""
        record = read_record(self.json)
        return record if record and all(path.is_file() for path in self.outputs(record)) else None

    def current_record(self) -> Record | None:
        """The same, if it was made from this very file; else None."""
        record = self.last_record()
        up_to_date = record and (record.converter, record.sha256, record.companion) == self.fingerprint()
        return record if up_to_date else None

    def outputs(self, record: Record) -> list[Path]:
        """Every file that conversion wrote, its record last."""
        pictures = [self.folder / name for slide in record.slides for name in (slide.picture, slide.thumb)]
        return [*pictures, *([self.output(STEM, ".pdf")] if record.makes_pdf else []), self.json]


@dataclass(frozen=True)
class Deck:
    """One lecture.

    Attributes:
        name: of its folder, and of its page.
        number: at the front of its name, or None.
        versions: its files; at least one.
        unused: other deck files in its folder, which nobody will see.
    """

    name: str
    number: int | None
    versions: tuple[Version, ...]
    unused: tuple[Path, ...] = ()

    def version(self, language: str) -> Version:
        """The file for readers of a language: their own, else the one for all, else any."""
        by_language = {version.language: version for version in self.versions}
        return by_language.get(language) or by_language.get("") or self.versions[0]


def find_decks(root: Path) -> tuple[list[Deck], list[str]]:
    """The decks below a folder in the order of the lectures, and one sentence for everything wrong with names.

    Numbered ones come first; those without a number follow by name. A folder that is not there has no decks.
    """
    problems = unfit([root])
    decks: dict[str, Deck] = {}
    for name, folder, files, unused in [*_folders(root, problems), *_loose(root, problems)]:
        versions = tuple(_version(found, folder, language, problems) for language, found in sorted(files.items()))
        number = _NUMBER.match(name)
        deck = Deck(name, int(number[0]) if number else None, versions, unused)
        if name in decks:
            problems.append(f"{_both(decks[name], deck)} are two decks of one name: rename one of them.")
        elif name.lower() in ("index", "readme"):  # MkDocs takes both for the page of a folder
            problems.append(f"{shown(versions[0].path)}: {name} is the page of all lectures; rename the deck.")
        else:
            decks[name] = deck
    ordered = sorted(decks.values(), key=lambda deck: (deck.number is None, deck.number or 0, deck.name.casefold()))
    for first, second in pairwise(ordered):
        if first.number is not None and first.number == second.number:
            problems.append(f"{_both(first, second)} both have number {first.number}: give one of them another.")
    return ordered, problems


def _both(first: Deck, second: Deck) -> str:
    return f"{shown(first.versions[0].path)} and {shown(second.versions[0].path)}"


Found = tuple[str, Path, dict[str, list[Path]], tuple[Path, ...]]
"""A deck's name, the folder of its outputs, language -> files, and deck files that are not used."""


def _folders(root: Path, problems: list[str]) -> Iterator[Found]:
    for folder in _visible(root):
        if not folder.is_dir():
            continue
        groups = _groups(folder, problems)
        unused = [
            path for path in folder.glob("*/*") if _is_deck(path) and is_fit(path)
        ]  # a folder dropped into a folder
        if STEM in groups:
            unused += [path for stem in groups if stem != STEM for path in _files(groups[stem])]
            groups = {STEM: groups[STEM]}
        if len(groups) > 1:
            names = " and ".join(path.name for group in groups.values() for path in _files(group)[:1])
            problems.append(
                f"{shown(folder)} holds {names}: name one of them {STEM}, or give each a folder of its own."
            )
        elif groups:
            (files,) = groups.values()
            yield folder.name, folder, files, tuple(sorted(unused))
        elif unused:
            problems.append(f"{shown(unused[0])} lies one folder too deep: move it up into {shown(folder)}.")
        elif others := [path for path in _visible(folder) if path.suffix.lower() in _NO_DECKS]:
            problems.append(f"{shown(others[0])} is no deck: upload the .pptx or .pdf itself into {shown(folder)}.")


def _files(group: dict[str, list[Path]]) -> list[Path]:
    return [path for paths in group.values() for path in paths]


def _loose(root: Path, problems: list[str]) -> Iterator[Found]:
    for name, files in _groups(root, problems).items():
        yield name, root / name, files, ()
    for path in _visible(root):
        if path.suffix.lower() in _PACKED and not path.is_dir():
            problems.append(f"{shown(path)} is no deck: upload the .pptx or .pdf itself into {shown(root)}.")


def _groups(folder: Path, problems: list[str]) -> dict[str, dict[str, list[Path]]]:
    """The deck files of one folder: name without language -> language -> files."""
    groups: dict[str, dict[str, list[Path]]] = {}
    for path in _visible(folder):
        suffix = path.suffix.lower()
        if path.is_dir() or suffix not in SUFFIXES + OTHER_SUFFIXES:
            continue
        if not os.access(path, os.R_OK):
            problems.append(f"{shown(path)} cannot be read: mend its rights, or upload it again.")
        elif suffix in OTHER_SUFFIXES:
            problems.append(f"{shown(path)}: a {suffix} file cannot be read here; save it as .pptx or .pdf.")
        elif _is_deck(path):
            found = _LANGUAGE.fullmatch(path.stem)
            stem, language = (found["stem"], found["language"].lower()) if found else (path.stem, "")
            stem = STEM if stem.lower() == STEM else stem
            groups.setdefault(stem, {}).setdefault(language, []).append(path)
    return groups


def _is_deck(path: Path) -> bool:
    """Whether this is a deck file of an author; PDFs that were made are not."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES or path.name.startswith((".", "~$")) or not path.is_file():
        return False
    return suffix != ".pdf" or not is_made(path)


def _visible(folder: Path) -> list[Path]:
    """What lies in a folder by name, without hidden files, the lock files of Office, and what cannot be published."""
    paths = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in paths if not path.name.startswith((".", "~$")) and is_fit(path))


def is_made(pdf: Path) -> bool:
    """Whether this PDF was made by a conversion, and is not the author's: it says so behind its end."""
    with pdf.open("rb") as file:
        file.seek(max(0, pdf.stat().st_size - len(MADE_MARK)))
        return file.read() == MADE_MARK


def _version(files: list[Path], folder: Path, language: str, problems: list[str]) -> Version:
    decks = [path for path in files if path.suffix.lower() != ".pdf"]
    pdfs = [path for path in files if path not in decks]
    for many in (decks, pdfs):
        if len(many) > 1:
            problems.append(f"{' and '.join(map(shown, many))} are two files of one deck: keep one of them.")
    # .pptx sorts behind .ppt, and tells more
    return Version((decks or pdfs)[-1], folder, language, pdfs[-1] if decks and pdfs else None)
