"""Which bytes of a deck are a drawing (SVG): LibreOffice judges by them, whatever the deck says of a picture.

Other kinds of pictures are only looked at; a drawing can name files, and LibreOffice draws them in.
"""

import re
import zlib

_DRAWING = re.compile(rb"<(?:[\w.-]+:)?svg[\s>/]", re.I)
_HEAD = 2**16  # bytes in which a drawing shows that it is one; LibreOffice looks at fewer
_LARGEST = 2**24


def as_drawing(content: bytes) -> bytes | None:
    """The text of a drawing, packed or not; None if this is something else.

    A photo that holds one among its remarks is no drawing: it does not begin as XML does.
    """
    if content.startswith(b"\x1f\x8b"):
        try:
            content = zlib.decompressobj(31).decompress(content, _LARGEST)
        except zlib.error:
            return None
    head = content[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return content if head.startswith(b"<") and _DRAWING.search(head) else None


def holds_drawing(old_deck: bytes) -> bool:
    """Whether a .ppt, which keeps pictures one behind the other, has a drawing among them, packed or not."""
    starts = (found.start() for found in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", old_deck))
    packed = (_unpacked(old_deck[start : start + _HEAD]) for start in starts)
    return bool(_DRAWING.search(old_deck)) or any(map(_DRAWING.search, packed))


def _unpacked(start: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(start, _HEAD)
    except zlib.error:
        return b""
