"""The words of a .pptx: titles, bullets, tables, notes and links, in the order in which a screen reader reads them.

Hidden slides are left out, as LibreOffice leaves them out, so that slide n is page n.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.slide import Slide as PptxSlide

from site_tools.lectures.converting.places import Place, Transform, place_of
from site_tools.lectures.record import Item

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"

Shape = Any  # of python-pptx, whose kinds share attributes but no base that declares them

_FURNITURE = {PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER, PP_PLACEHOLDER.SLIDE_NUMBER}
_BULLETED = {PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY, PP_PLACEHOLDER.VERTICAL_OBJECT}


@dataclass
class FoundLink:
    """A link before its places on the picture are known exactly.

    Attributes:
        address: as in the deck; "#slide-5" for a jump inside it.
        text: of what is linked.
        places: of linked shapes.
        around: places of the shapes in which linked words stand.
    """

    address: str
    text: str = ""
    places: list[Place] = field(default_factory=list)
    around: list[Place] = field(default_factory=list)


@dataclass
class SlideText:
    """The words of one slide."""

    title: str = ""
    items: list[Item] = field(default_factory=list)
    notes: str = ""
    links: list[FoundLink] = field(default_factory=list)

    @property
    def words(self) -> str:
        """All of them, for a look at the whole."""
        cells = (cell for item in self.items for row in item.rows for cell in row)
        return "\n".join([self.title, *(item.text for item in self.items), *cells, self.notes])


def open_deck(path: Path):
    """A deck as python-pptx sees it; the caller may change it, the file stays as it is."""
    return Presentation(str(path))


def deck_subject(deck) -> str:
    """What the deck is about, as its properties say; "" if they do not."""
    return _one_line(deck.core_properties.subject)


def shown_slides(deck) -> list[PptxSlide]:
    """The slides that are not hidden."""
    return [slide for slide in deck.slides if slide._element.get("show") not in ("0", "false")]


def read_slides(deck) -> list[SlideText]:
    """The words of every slide that is shown. Changes `deck`: alternatives give way to what they stand for."""
    slides = shown_slides(deck)
    numbers = {str(slide.part.partname): number for number, slide in enumerate(slides, start=1)}
    width, height = deck.slide_width, deck.slide_height
    return [_Reader(slide, Transform.to_fractions(width, height), numbers).read() for slide in slides]


class _Reader:
    """Reads one slide; `numbers` are those of the slides a link may jump to."""

    def __init__(self, slide: PptxSlide, transform: Transform, numbers: Mapping[str, int]) -> None:
        self.slide, self.transform, self.numbers = slide, transform, numbers
        self.found = SlideText()

    def read(self) -> SlideText:
        _take_choices(self.slide._element)
        title = self.slide.shapes.title
        self.found.title = _words(title) if title is not None else ""
        for shape, transform in _walk(self.slide.shapes, self.transform):
            self._links(shape, transform)
            if title is None or shape.shape_id != title.shape_id:
                self.found.items.extend(item for item in _items(shape) if item.text or any(map(any, item.rows)))
        for link in self.found.links:
            link.text = _one_line(link.text)
        if self.slide.has_notes_slide and (frame := self.slide.notes_slide.notes_text_frame) is not None:
            lines = (_one_line(_text(paragraph)) for paragraph in frame._txBody.p_lst)
            self.found.notes = "\n".join(filter(None, lines))
        return self.found

    def _links(self, shape: Shape, transform: Transform) -> None:
        place = place_of(shape, transform)
        for click in shape._element.xpath("./*/p:cNvPr/a:hlinkClick"):
            if link := self._link(click):
                link.text = link.text or _words(shape) or shape._element.xpath("string(./*/p:cNvPr/@descr)")
                link.places += [place] if place else []
        last = None  # the address and paragraph of the run before
        for click in shape._element.xpath("./p:txBody//a:rPr/a:hlinkClick | .//a:tbl//a:rPr/a:hlinkClick"):
            run = click.getparent().getparent()
            paragraph, text = run.getparent(), run.findtext(qn("a:t")) or ""
            if link := self._link(click):
                if not link.text or last == (link.address, paragraph):  # words cut into runs are one link
                    link.text += text
                link.around += [place] if place and place not in link.around else []
                last = link.address, paragraph

    def _link(self, click) -> FoundLink | None:
        """The slide's one entry for this address; None for what leads nowhere a page can lead."""
        relation = self.slide.part.rels.get(click.get(qn("r:id")))
        if relation is None:
            return None
        if relation.is_external:
            address = relation.target_ref.strip()
        else:
            number = self.numbers.get(str(relation.target_part.partname))
            address = f"#slide-{number}" if number else ""
        if not address:
            return None
        known = next((link for link in self.found.links if link.address == address), None)
        if known is None:
            self.found.links.append(known := FoundLink(address))
        return known


def _take_choices(root) -> None:
    """Put what newer programs show (mc:Choice) where the alternatives stand: python-pptx would see neither."""
    for alternatives in root.xpath(".//p:spTree//*[local-name()='AlternateContent']"):
        parent = alternatives.getparent()
        if parent is None or parent.tag not in (qn("p:spTree"), qn("p:grpSp")):
            continue
        chosen = alternatives.find(f"{MC}Choice")
        if chosen is None or chosen.find(".//" + qn("p:txBody")) is None:
            chosen = alternatives.find(f"{MC}Fallback") if alternatives.find(f"{MC}Fallback") is not None else chosen
        for child in list(chosen) if chosen is not None else ():
            alternatives.addprevious(child)
        parent.remove(alternatives)


def _walk(shapes, transform: Transform) -> Iterator[tuple[Shape, Transform]]:
    """Every shape, also inside groups, with the way from its coordinates to fractions of the slide."""
    for shape in shapes:
        yield shape, transform
        if shape._element.tag == qn("p:grpSp"):
            yield from _walk(shape.shapes, transform.into_group(shape._element.grpSpPr.xfrm))


def _items(shape: Shape) -> Iterator[Item]:
    if shape.is_placeholder and shape.placeholder_format.type in _FURNITURE:
        return
    if shape.has_text_frame:
        bulleted = shape.is_placeholder and shape.placeholder_format.type in _BULLETED
        for paragraph in shape.text_frame._txBody.p_lst:
            yield Item(_one_line(_text(paragraph)), level=_level(paragraph, bulleted))
    elif getattr(shape, "has_table", False):
        rows = (
            [_one_line(" ".join(map(_text, c.text_frame._txBody.p_lst))) for c in row.cells] for row in shape.table.rows
        )
        yield Item(rows=tuple(map(tuple, rows)))
    elif getattr(shape, "has_chart", False):
        for paragraph in shape.chart._chartSpace.xpath(".//a:p"):
            yield Item(_one_line(_text(paragraph)))
    else:
        for diagram in shape._element.xpath(".//*[local-name()='relIds']"):
            if diagram.tag == f"{{{DIAGRAM}}}relIds" and (relation := shape.part.rels.get(diagram.get(qn("r:dm")))):
                for paragraph in parse_xml(relation.target_part.blob).iter(qn("a:p")):
                    yield Item(_one_line(_text(paragraph)), level=0)


def _level(paragraph, bulleted: bool) -> int:
    properties = paragraph.find(qn("a:pPr"))
    own = "" if properties is None else " ".join(child.tag.rpartition("}")[2] for child in properties)
    listed = "buNone" not in own and (bulleted or "buChar" in own or "buAutoNum" in own or "buBlip" in own)
    return int(properties.get("lvl", 0)) if listed and properties is not None else 0 if listed else -1


def _text(paragraph) -> str:
    """All words of a paragraph, those of its formulas too."""
    parts = []
    for element in paragraph.iter():
        if element.tag in (qn("a:t"), f"{MATH}t"):
            parts.append(element.text or "")
        elif element.tag == qn("a:br"):
            parts.append(" ")
    return "".join(parts)


def _words(shape: Shape) -> str:
    return _one_line(" ".join(map(_text, shape.text_frame._txBody.p_lst))) if shape.has_text_frame else ""


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
