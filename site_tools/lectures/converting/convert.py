"""One deck file becomes pictures, a PDF and a record; all of it replaces what was there, or nothing does."""

import re
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from pptx.exc import PythonPptxError

from demos.errors import UserError
from demos.files import write_json
from site_tools.lectures.converting import fonts
from site_tools.lectures.converting.container import deck_kind
from site_tools.lectures.converting.losses import find_losses, take_formula_pictures
from site_tools.lectures.converting.outputs import replace, staging
from site_tools.lectures.converting.outside import cut_links
from site_tools.lectures.converting.places import boxes
from site_tools.lectures.converting.programs import PAGE_SECONDS, ToolError, office_convert, require_poppler, run_tool
from site_tools.lectures.converting.slides_pdf import (
    Annotation,
    pdf_subject,
    read_annotations,
    read_pages,
    same_address,
)
from site_tools.lectures.converting.slides_pptx import SlideText, deck_subject, open_deck, read_slides
from site_tools.lectures.decks import MADE_MARK, STEM, Version
from site_tools.lectures.record import Link, Losses, Record, Slide, to_json
from site_tools.messages import shown

WIDTH, QUALITY = 1280, 75
TALLEST = 12 * WIDTH  # WebP ends at 16 383 pixels
THUMB_WIDTH, THUMB_QUALITY = 176, 55  # for the row of thumbnails, which would else load every slide

Tell = Callable[[str], None]


def convert(version: Version, *, progress: Tell, warn: Tell) -> Record:
    """Make all outputs of a deck file anew.

    Args:
        version: the deck file.
        progress: told in a few words what is being done.
        warn: told in a sentence what went otherwise than asked for.

    Raises:
        UserError: the deck is no deck, a program is missing, hangs or fails, or the folder cannot be
            written; the outputs there are untouched.
    """
    with staging(version) as folder, TemporaryDirectory(prefix="lectures-") as temporary:
        before = converter, digest, companion = version.fingerprint()
        source = _read(version, Path(temporary), progress, warn)
        slides = []
        for number, (text, links) in enumerate(zip(source.texts, source.annotations, strict=True), start=1):
            progress(f"slide {number} of {len(source.texts)}")
            slides.append(_slide(version, number, text, links, source.pdf, folder))
        makes_pdf = source.drawn and not version.companion  # the author's own is left alone, also if it does not fit
        if makes_pdf:
            (folder / version.output(STEM, ".pdf").name).write_bytes(source.pdf.read_bytes() + MADE_MARK)
        record = Record(
            converter=converter,
            sha256=digest,
            companion=companion,
            makes_pdf=makes_pdf,
            language=_language("\n".join(text.words for text in source.texts)),
            subject=source.subject,
            slides=tuple(slides),
            losses=source.losses,
        )
        if version.fingerprint() != before:
            raise UserError(
                f"{shown(version.path)} was saved again while it was being converted: run the command again."
            )
        write_json(folder / version.json.name, to_json(record))
        replace(version, record, folder)
    return record


@dataclass(frozen=True)
class _Source:
    """A deck taken apart: the PDF to show, whether LibreOffice drew it, its links and words by page, its subject."""

    pdf: Path
    drawn: bool
    annotations: list[list[Annotation]]
    texts: list[SlideText]
    subject: str
    losses: Losses = Losses()


def _read(version: Version, work: Path, progress: Tell, warn: Tell) -> _Source:
    name = shown(version.path)
    kind = deck_kind(version.path)
    progress("reading")
    if kind == "pdf":
        annotations = read_annotations(version.path, name)
        texts = read_pages(version.path, annotations, name)
        if not texts:
            raise UserError(f"{name} has no pages: export it again and upload that.")
        return _Source(version.path, False, annotations, texts, pdf_subject(version.path))
    env = fonts.environment(work)
    copy = Path(shutil.copyfile(version.path, work / f"deck.{kind}"))  # LibreOffice leaves its locks beside it
    deck = copy if kind == "pptx" else office_convert(copy, "pptx", name, env)
    inside = work / "inside.pptx"
    with _readable(name):
        cut = cut_links(deck, inside)
        opened = open_deck(deck)
        texts, subject = read_slides(opened), deck_subject(opened)
    if not texts:
        raise UserError(f"{name} has no slides, or hides them all: show at least one and upload it again.")
    drawable = inside if kind == "pptx" else copy
    pdf, drawn, annotations = _pages(version, drawable, len(texts), env, progress, warn)
    with _readable(name):
        losses = find_losses(deck, "\n".join(text.words for text in texts), drawn_here=drawn, cut=cut)
    return _Source(pdf, drawn, annotations, texts, subject, losses)


def _pages(
    version: Version, copy: Path, count: int, env: dict[str, str], progress: Tell, warn: Tell
) -> tuple[Path, bool, list[list[Annotation]]]:
    """The PDF whose pages are the slides, whether LibreOffice drew it, and its links by page."""
    name = shown(version.path)
    if version.companion:
        annotations = read_annotations(version.companion, shown(version.companion))
        if len(annotations) == count:
            return version.companion, False, annotations
        warn(
            f"{shown(version.companion)} has {len(annotations)} pages, but {name} shows {count} slides: "
            "it is not used; export it again with one slide a page, or delete it."
        )
    progress("LibreOffice")
    if copy.suffix == ".pptx":
        with _readable(name):
            deck = open_deck(copy)
            if take_formula_pictures(deck):
                deck.save(str(copy))
    pdf = office_convert(copy, "pdf", name, env)
    annotations = read_annotations(pdf, name)
    if len(annotations) != count:
        raise UserError(
            f"LibreOffice made {len(annotations)} pages of the {count} slides of {name}: "
            "export it as PDF in PowerPoint and upload that beside it under the same name."
        )
    return pdf, True, annotations


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """What a deck may hold is without end: what python-pptx stumbles over is told like other damage."""
    try:
        yield
    except (
        PythonPptxError,
        SyntaxError,
        LookupError,
        ArithmeticError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
    ) as error:
        raise UserError(
            f"{name} is damaged or of an unknown make ({error}): open it in PowerPoint, save it again and upload that."
        ) from error


def _slide(version: Version, number: int, text: SlideText, found: list[Annotation], pdf: Path, folder: Path) -> Slide:
    """Draw one page and put what is known of it together."""
    picture = _draw(pdf, number, shown(version.path))
    thumb = picture.resize(
        (THUMB_WIDTH, max(1, round(THUMB_WIDTH * picture.height / picture.width))), Image.Resampling.LANCZOS
    )
    names = [version.output(f"{kind}-{number:02d}", ".webp").name for kind in ("slide", "thumb")]
    picture.save(folder / names[0], quality=QUALITY, method=6)
    thumb.save(folder / names[1], quality=THUMB_QUALITY, method=6)
    links = []
    for link in text.links:
        exact = [annotation.place for annotation in found if same_address(annotation.address, link.address)]
        places = [*link.places, *(exact or link.around)]
        links.append(Link(link.address, link.text, boxes(places, *picture.size)))
    return Slide(
        picture=names[0],
        thumb=names[1],
        width=picture.width,
        height=picture.height,
        thumb_width=thumb.width,
        thumb_height=thumb.height,
        title=text.title,
        items=tuple(text.items),
        notes=text.notes,
        links=tuple(links),
    )


def _draw(pdf: Path, page: int, name: str) -> Image.Image:
    size = ("-scale-to-x", str(WIDTH), "-scale-to-y", "-1", "-cropbox")
    try:
        drawn = run_tool(
            require_poppler("pdftoppm"), "-f", str(page), "-l", str(page), *size, pdf, seconds=PAGE_SECONDS
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(drawn))
    except (ToolError, OSError) as error:
        raise UserError(
            f"pdftoppm could not draw page {page} of {name} ({error}): export the PDF again and upload that."
        ) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        picture = None
    if picture is None or picture.height > TALLEST:
        raise UserError(
            f"Page {page} of {name} is more than {TALLEST // WIDTH} times as high as wide, which is no slide: "
            "cut it into pages and upload that."
        )
    return picture.convert("RGB")


def _language(words: str) -> str:
    """The deck's language by its characters: Chinese slides are full of Latin letters, English ones hold no Chinese."""
    chinese, latin = len(re.findall(r"[\u3400-\u9fff]", words)), len(re.findall(r"[A-Za-z]+", words))
    return "" if not chinese + latin else "zh" if 5 * chinese > latin else "en"
