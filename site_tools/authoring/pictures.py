"""What a picture is and how large, so that the page keeps its place free and does not jump when it comes."""

import re
import struct
from functools import lru_cache
from html import escape
from pathlib import Path
from urllib.parse import quote

_POINTS = 4 / 3  # CSS pixels in a point, the unit of drawn figures
_LARGEST = 100_000  # pixels; a picture that says more is damaged

_BEGINNINGS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"))
_NUMBER = r"(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})"
_SVG = re.compile(r"<svg[\s>][^<>]*")
_VIEW_BOX = re.compile(rf'\bviewBox="\s*[-\d.]+[\s,]+[-\d.]+[\s,]+{_NUMBER}[\s,]+{_NUMBER}\s*"')


def png_size(head: bytes) -> tuple[int, int]:
    """Width and height from the first 24 bytes of a PNG."""
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def picture_format(path: Path) -> str:
    """The format by what the file holds: "png", "svg", "jpeg", "gif", "webp" or "avif"; "" for anything else."""
    start = _start(path)
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[4:12] in (b"ftypavif", b"ftypavis"):
        return "avif"
    found = next((name for beginning, name in _BEGINNINGS if start.startswith(beginning)), "")
    return found or ("svg" if _SVG.search(start.decode("utf-8", errors="replace")) else "")


def picture_size(path: Path) -> tuple[int, int] | None:
    """Width and height of a PNG or SVG in CSS pixels; None for anything else."""
    start = _start(path)
    # what a name says is not always so: screenshots and downloads come under any
    if start.startswith(b"\x89PNG\r\n\x1a\n") and len(start) >= 24:
        return _plausible(*png_size(start))
    svg = _SVG.search(start.decode("utf-8", errors="replace")) if path.suffix.lower() == ".svg" else None
    if svg and (found := _VIEW_BOX.search(svg[0])):
        scale = _POINTS if re.search(r'\bwidth="[\d.]+pt"', svg[0]) else 1
        return _plausible(round(scale * float(found[1])), round(scale * float(found[2])))
    return None


def picture_html(picture: Path, alt: str, assets: Path, root: str, style: str) -> str:
    """A picture that loads when it comes near the screen; two of them if it has a light and a dark version.

    Args:
        picture: a file below `assets`; of "x-light.svg" the twin "x-dark.svg" is shown at night, if there is one.
        alt: what it shows.
        assets: the folder that is `assets/` in the site.
        root: path from the page to the root of the site, "" or ending in "/".
        style: its class.
    """
    versions = [(picture, "")]
    if picture.stem.endswith("-light"):
        dark = picture.with_name(picture.name.replace("-light", "-dark"))
        if dark.is_file():
            versions = [(picture, "#only-light"), (dark, "#only-dark")]
    images = []
    for path, theme in versions:
        size = picture_size(path)
        measures = f' width="{size[0]}" height="{size[1]}"' if size else ""
        url = f"{root}assets/{quote(path.relative_to(assets).as_posix())}{theme}"
        images.append(f'<img class="{style}" src="{url}" alt="{escape(alt)}"{measures} loading="lazy">')
    return "".join(images)


def _plausible(width: int, height: int) -> tuple[int, int] | None:
    return (width, height) if 0 < width <= _LARGEST and 0 < height <= _LARGEST else None


def _start(path: Path) -> bytes:
    """The first 4000 bytes; none of what is no file, cannot be read, or has a name that no file can have."""
    try:
        return _read_start(path, path.stat().st_mtime_ns) if path.is_file() else b""
    except (OSError, ValueError):
        return b""


@lru_cache(maxsize=256)
def _read_start(path: Path, _modified_ns: int) -> bytes:
    with path.open("rb") as file:
        return file.read(4000)
