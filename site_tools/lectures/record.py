"""What a conversion leaves behind in `slides.json`: the text, links and losses of a deck, and what it was made from.

The only place where the shape of that JSON is defined; the pages are made from it alone.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path

# Raise it when the same deck would now give other outputs: everything is then converted again.
CONVERTER = 3

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels of the slide's picture."""


@dataclass(frozen=True)
class Item:
    """One paragraph or one table of a slide.

    Attributes:
        text: of a paragraph.
        level: depth of a bullet, from 0; -1 for text that is not in a list.
        rows: of a table.
    """

    text: str = ""
    level: int = -1
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Link:
    """Where a part of a slide leads.

    Attributes:
        address: as in the deck; "#slide-5" for a jump inside it.
        text: what is linked, "" for a shape without words.
        boxes: the places on the picture; none if they are unknown.
    """

    address: str
    text: str
    boxes: tuple[Box, ...] = ()

    @property
    def words(self) -> str:
        """The text to read, say and find: without the triangle that our decks' buttons begin with."""
        return self.text.removeprefix("▶").strip()


@dataclass(frozen=True)
class Slide:
    """One slide: its picture and everything a reader may search for, hear or follow.

    Attributes:
        picture, thumb: file names in the deck's folder.
        width, height: of the picture, pixels.
        thumb_width, thumb_height: of the small one.
        title: "" if it has none.
        items: the text without the title, in the deck's order.
        notes: of the speaker; lines are paragraphs.
    """

    picture: str
    thumb: str
    width: int
    height: int
    thumb_width: int
    thumb_height: int
    title: str = ""
    items: tuple[Item, ...] = ()
    notes: str = ""
    links: tuple[Link, ...] = ()

    @property
    def label(self) -> str:
        """The title, else the first line."""
        first = (item.text or " ".join(item.rows[0]) for item in self.items if item.text or item.rows)
        return self.title or next(first, "")


@dataclass(frozen=True)
class Font:
    """A font of the deck that was not there, and the one that was taken for it ("" if LibreOffice chose)."""

    name: str
    stand_in: str = ""


@dataclass(frozen=True)
class Media:
    """A video or sound: on which slide, its name, and its bytes (0 if it lies outside the deck)."""

    slide: int
    name: str
    bytes: int


@dataclass(frozen=True)
class Outside:
    """Something that a slide names, and that lies outside the deck: on which slide, and its name."""

    slide: int
    name: str


@dataclass(frozen=True)
class Losses:
    """What the pictures cannot show; slides by their number.

    Attributes:
        formulas: slides on which a formula is missing.
        hidden: how many slides are hidden in the deck and left out.
        outside: pictures, charts and objects that were not fetched.
        missing: slides with pictures that the deck ought to hold and does not.
    """

    fonts: tuple[Font, ...] = ()
    animations: tuple[int, ...] = ()
    transitions: tuple[int, ...] = ()
    media: tuple[Media, ...] = ()
    formulas: tuple[int, ...] = ()
    hidden: int = 0
    outside: tuple[Outside, ...] = ()
    missing: tuple[int, ...] = ()


@dataclass(frozen=True)
class Record:
    """One converted deck file.

    Attributes:
        converter: `CONVERTER` at that time.
        sha256: of the deck.
        companion: SHA-256 of the author's own PDF that the pictures were made from, or "".
        makes_pdf: whether a PDF was made; else the deck is one, or has one beside it.
        language: the deck's own, "zh" or "en"; "" if it has no text.
        subject: what it is about, in its author's words (a property of the file); "" if it says nothing.
    """

    converter: int
    sha256: str
    companion: str
    makes_pdf: bool
    language: str
    subject: str
    slides: tuple[Slide, ...]
    losses: Losses = field(default_factory=Losses)


def to_json(record: Record) -> dict:
    """The record as plain JSON values."""
    return asdict(record)


def _slide(value: dict) -> Slide:
    items = tuple(Item(one["text"], one["level"], tuple(map(tuple, one["rows"]))) for one in value["items"])
    links = tuple(Link(one["address"], one["text"], tuple(map(_box, one["boxes"]))) for one in value["links"])
    return Slide(**value | {"items": items, "links": links})


def _box(value: list[int]) -> Box:
    x, y, width, height = value
    return x, y, width, height


def _losses(value: dict) -> Losses:
    fonts, media = (tuple(kind(**one) for one in value[key]) for kind, key in ((Font, "fonts"), (Media, "media")))
    lists = {key: tuple(value[key]) for key in ("animations", "transitions", "formulas")}
    # of decks without these, older records say nothing
    later = {
        "outside": tuple(Outside(**one) for one in value.get("outside", ())),
        "missing": tuple(value.get("missing", ())),
    }
    return Losses(**value | lists | later | {"fonts": fonts, "media": media})


def read_record(path: Path) -> Record | None:
    """What was recorded there; None if there is nothing, or not what this version writes."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        slides = tuple(map(_slide, value["slides"]))
        return Record(**value | {"slides": slides, "losses": _losses(value["losses"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def sha256(path: Path) -> str:
    """Of a file; what has not changed since is not read again."""
    status = path.stat()
    return _sha256(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _sha256(path: Path, _modified_ns: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
