"""How large a picture is, so that the page keeps its place free and does not jump when it comes."""

import re
import struct
from functools import lru_cache
from pathlib import Path

_POINTS = 4 / 3  # CSS pixels in a point, the unit of drawn figures


def png_size(head: bytes) -> tuple[int, int]:
    """Width and height from the first 24 bytes of a PNG."""
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def picture_size(path: Path) -> tuple[int, int] | None:
    """Width and height of a PNG or SVG in CSS pixels; None for anything else."""
    return _size(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=256)
def _size(path: Path, _modified_ns: int) -> tuple[int, int] | None:
    # what a name says is not always so: screenshots and downloads come under any
    with path.open("rb") as file:
        start = file.read(4000)
    if start.startswith(b"\x89PNG\r\n\x1a\n") and len(start) >= 24:
        return png_size(start[:24])
    if path.suffix.lower() == ".svg":
        head = start.decode("utf-8", errors="replace")
        if found := re.search(r'<svg[^>]*\bviewBox="\s*\S+\s+\S+\s+([\d.]+)\s+([\d.]+)', head):
            scale = _POINTS if re.search(r'<svg[^>]*\bwidth="[\d.]+pt"', head) else 1
            return round(scale * float(found[1])), round(scale * float(found[2]))
    return None
