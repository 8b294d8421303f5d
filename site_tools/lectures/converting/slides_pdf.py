"""What a PDF says of its pages: words, and links with the places where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject

from demos.errors import UserError
from site_tools.lectures.converting.places import Place
from site_tools.lectures.converting.programs import PAGE_SECONDS, ToolError, require_poppler, run_tool
from site_tools.lectures.converting.slides_pptx import FoundLink, SlideText
from site_tools.lectures.record import Item

# how pypdf stumbles over files that break its rules
_DAMAGE = (PyPdfError, ValueError, LookupError, TypeError, AttributeError, RecursionError, OSError)


@dataclass(frozen=True)
class Annotation:
    """A link on a page of a PDF: where to ("#slide-5" for a page), and its place."""

    address: str
    place: Place


def read_annotations(pdf: Path, name: str) -> list[list[Annotation]]:
    """The links of every page.

    Raises:
        UserError: not a PDF that can be read without a password.
    """
    try:
        reader = PdfReader(pdf)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UserError(f"{name} is protected by a password: save it without one and upload that.")
        numbers = {page.indirect_reference: number for number, page in enumerate(reader.pages, start=1)}
        return [_annotations(reader, page, numbers) for page in reader.pages]
    except _DAMAGE as error:
        raise UserError(f"{name} is damaged ({error}): export the PDF again and upload that.") from None


def pdf_subject(pdf: Path) -> str:
    """What a PDF that can be read is about, as its properties say; "" if they do not, or not legibly."""
    try:
        properties = PdfReader(pdf).metadata
        return " ".join(str(properties.subject or "").split()) if properties else ""
    except _DAMAGE:
        return ""


def _annotations(reader: PdfReader, page, numbers: Mapping) -> list[Annotation]:
    if page.rotation:  # its links would stand elsewhere than they say
        return []
    left, bottom, right, top = map(float, page.cropbox)
    found = []
    for reference in page.get("/Annots") or []:
        annotation = reference.get_object()
        address = _address(reader, annotation, numbers) if isinstance(annotation, DictionaryObject) else ""
        corners = annotation.get("/Rect") if address else None
        if corners is not None and len(corners) == 4 and right > left and top > bottom:
            x0, y0, x1, y1 = map(float, corners)  # any two opposite ones, y upwards
            x = [(value - left) / (right - left) for value in (min(x0, x1), max(x0, x1))]
            y = [(top - value) / (top - bottom) for value in (max(y0, y1), min(y0, y1))]
            found.append(Annotation(address, (x[0], y[0], x[1], y[1])))
    return found


def _address(reader: PdfReader, annotation: DictionaryObject, numbers: Mapping) -> str:
    if annotation.get("/Subtype") != "/Link":
        return ""
    action = annotation.get("/A", DictionaryObject()).get_object()
    if "/URI" in action:
        return str(action["/URI"])
    target = annotation.get("/Dest", action.get("/D"))
    if isinstance(target, str) and target in reader.named_destinations:
        target = reader.named_destinations[target].dest_array
    number = numbers.get(target[0]) if isinstance(target, ArrayObject) and target else None
    return f"#slide-{number}" if number else ""


def same_address(first: str, second: str) -> bool:
    """Whether two addresses are one, in whatever way programs have escaped them."""
    return unquote(first).rstrip("/") == unquote(second).rstrip("/")


def read_pages(pdf: Path, annotations: list[list[Annotation]], name: str) -> list[SlideText]:
    """The words and links of every page; the first line of a page is its title."""
    try:
        text = run_tool(require_poppler("pdftotext"), "-enc", "UTF-8", pdf, "-", seconds=PAGE_SECONDS).decode("utf-8")
    except ToolError as error:
        raise UserError(f"pdftotext could not read {name} ({error}): export the PDF again and upload that.") from None
    pages = text.split("\f")[: len(annotations)]
    pages += [""] * (len(annotations) - len(pages))
    return [_page(page, links) for page, links in zip(pages, annotations, strict=True)]


def _page(text: str, annotations: list[Annotation]) -> SlideText:
    title, *lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()] or [""]
    found = SlideText(title, [Item(line) for line in lines])
    for annotation in annotations:
        link = next((one for one in found.links if one.address == annotation.address), None)
        if link is None:
            found.links.append(link := FoundLink(annotation.address))
        link.places.append(annotation.place)
    return found
