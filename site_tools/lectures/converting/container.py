"""What a deck file really is, by its bytes; one sentence for everything that cannot become a lecture."""

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from demos.errors import UserError
from site_tools.lectures.converting.drawings import holds_drawing
from site_tools.messages import shown

Kind = Literal["pptx", "ppt", "pdf"]

MIB = 2**20
WEB_UPLOAD = 25 * MIB
PUSH = 100 * MIB
# What a deck may unpack to. A long one with many photos stays below a tenth of this.
PARTS = 10_000
UNPACKED = 1024 * MIB
RATIO = 100  # to its own size, of a deck that unpacks to more than
SMALL = 64 * MIB  # in which white bitmaps may shrink as much as they like
WAYS_OUT = (
    "compress its media (File > Info > Compress Media, Picture Format > Compress Pictures), split it by lecture, "
    "push it with git or GitHub Desktop (up to 100 MiB), or attach it to a release"
)

_SAVE_AS = "open it in PowerPoint, save it as .pptx and upload that"
_SAVE_AGAIN = "open it in PowerPoint, save it again and upload that"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# of the "Current User" stream of a .ppt: MS-PPT 2.3.2, headerToken
_PPT_PLAIN, _PPT_ENCRYPTED = b"\x5f\xc0\x91\xe3", b"\xdf\xc4\xd1\xf3"
# how zipfile stumbles over damage
_UNZIPPING = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError, ValueError)
# a part that only this kind of file has -> what it is
_ZIPPED = {
    "word/document.xml": "a Word document",
    "xl/workbook.xml": "an Excel workbook",
    "Index/Document.iwa": "a Keynote presentation",
    "index.apxl": "a Keynote presentation",
    "mimetype": "an OpenDocument file",
}


def check_size(path: Path) -> str | None:
    """A warning about a deck that GitHub's web page would not take.

    Raises:
        UserError: empty, or more than GitHub takes at all.
    """
    size = path.stat().st_size
    if size == 0:
        raise UserError(f"{shown(path)} is empty (0 bytes): its upload broke off; upload it again.")
    told = f"{shown(path)} has {size / MIB:.0f} MiB"
    if size > PUSH:
        raise UserError(f"{told}, and GitHub takes no file over 100 MiB: {WAYS_OUT} instead.")
    return f"{told}, more than the 25 MiB of GitHub's upload page: {WAYS_OUT}." if size > WEB_UPLOAD else None


def deck_kind(path: Path) -> Kind:
    """The kind of a deck, which its suffix must tell as well.

    Raises:
        UserError: it is something else, protected, with macros, or damaged.
    """
    content = path.read_bytes()
    kind = _kind(path, content)
    suffix = path.suffix.lower().lstrip(".")
    if kind != suffix:
        raise UserError(f"{shown(path)} is really a .{kind} file: rename it to {path.stem}.{kind}.")
    return kind


def _kind(path: Path, content: bytes) -> Kind:
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if content.startswith(b"PK"):
        return _zipped(path)
    if content.startswith(_OLE):
        return _ole(path, content)
    if not content.strip(b"\0"):
        raise UserError(f"{shown(path)} holds nothing but zeros: its upload or copy broke off; upload it again.")
    if content.startswith(b"version https://git-lfs"):
        raise UserError(f"{shown(path)} is only a pointer of Git LFS: take the deck out of LFS and push it itself.")
    raise UserError(f"{shown(path)} is neither a PowerPoint nor a PDF file: {_SAVE_AS}.")


def _zipped(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            _check_unpacked(path, package.infolist())
            if damaged := package.testzip():
                raise UserError(f"{shown(path)} is damaged ({damaged} cannot be read): {_SAVE_AGAIN}.")
            types = package.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
    except _UNZIPPING as error:
        raise UserError(f"{shown(path)} is damaged or was cut off while uploading ({error}): {_SAVE_AGAIN}.") from None
    if "ppt/presentation.xml" not in names:
        what = next((what for part, what in _ZIPPED.items() if part in names), "a zip of something else")
        raise UserError(f"{shown(path)} is really {what}, not a deck: export it as PDF or PowerPoint and upload that.")
    if any(name.endswith("vbaProject.bin") for name in names) or b"macroEnabled" in types:
        raise UserError(f"{shown(path)} carries macros, which no lecture page runs: {_SAVE_AS}.")
    for other, what in ((b"slideshow.main", "slide show (.ppsx)"), (b"template.main", "template (.potx)")):
        if b"presentationml." + other in types:
            raise UserError(f"{shown(path)} is really a {what}: {_SAVE_AS}.")
    return "pptx"


def _check_unpacked(path: Path, parts: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse a zip made to fill disk or memory, before anything of it is unpacked."""
    size = sum(part.file_size for part in parts)
    if len(parts) > PARTS or size > UNPACKED or (size > SMALL and size > RATIO * path.stat().st_size):
        raise UserError(
            f"{shown(path)} unpacks to {size / MIB:.0f} MiB in {len(parts)} parts, which no deck needs (up to "
            f"{UNPACKED // MIB} MiB, {RATIO} times its own size, and {PARTS} parts are taken): {_SAVE_AGAIN}."
        )


def _ole(path: Path, content: bytes) -> Kind:
    """Old Office files and protected new ones are both OLE containers, told apart by the names of their streams."""

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    old_deck = has("PowerPoint Document")
    if has("EncryptedPackage") or (old_deck and _PPT_ENCRYPTED in content and _PPT_PLAIN not in content):
        raise UserError(
            f"{shown(path)} is protected by a password: open it in PowerPoint, empty the password under "
            "File > Info > Protect Presentation > Encrypt with Password, save it and upload that."
        )
    if old_deck and holds_drawing(content):
        raise UserError(
            f"{shown(path)} holds a drawing (SVG) in place of a picture, which may draw in other files: {_SAVE_AS}."
        )
    if old_deck:
        return "ppt"
    what = "an old Word document" if has("WordDocument") else "an old Excel workbook" if has("Workbook") else None
    raise UserError(f"{shown(path)} is {f'really {what}' if what else 'no PowerPoint file'}, not a deck: {_SAVE_AS}.")
