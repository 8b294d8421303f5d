"""Decks for tests: real ones made with python-pptx, and converted ones written by hand, which need no LibreOffice."""

import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw
from pptx import Presentation
from pptx.util import Emu
from pypdf import PdfWriter

from demos.files import write_json
from site_tools.__main__ import main
from site_tools.lectures.decks import MADE_MARK, Version
from site_tools.lectures.record import CONVERTER, Item, Link, Losses, Record, Slide, sha256, to_json

WIDTH, HEIGHT = 1280, 720


def presentation():
    """An empty deck of 16:9, 1280 x 720 pixels of 9525 EMU."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Emu(WIDTH * 9525), Emu(HEIGHT * 9525)
    return deck


def small_deck(path: Path, *titles: str) -> Path:
    """A deck of slides with a title and a line of text each."""
    deck = presentation()
    for title in titles or ("One", "Two"):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text_frame.text = f"Text of {title}"
    path.parent.mkdir(parents=True, exist_ok=True)
    deck.save(str(path))
    return path


def blank_pdf(path: Path, pages: int) -> Path:
    """A PDF of empty pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=960, height=540)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer.write(path)
    return path


@dataclass
class Made:
    """One slide of a deck that nobody needs to convert."""

    title: str
    text: tuple[str, ...] = ()
    notes: str = ""
    links: tuple[Link, ...] = ()
    items: tuple[Item, ...] = field(default=())


def converted(
    folder: Path,
    *slides: Made,
    language: str = "",
    of: str = "en",
    losses: Losses | None = None,
    content: bytes = b"deck",
    subject: str = "",
) -> Version:
    """A deck file with outputs that are up to date, each picture with its number in large."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"slides{f'.{language}' if language else ''}.pptx"
    path.write_bytes(content + language.encode())
    version = Version(path, folder, language)
    recorded = []
    for number, made in enumerate(slides, start=1):
        names = [version.output(f"{kind}-{number:02d}", ".webp").name for kind in ("slide", "thumb")]
        picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
        ImageDraw.Draw(picture).text((400, 200), str(number), fill="black", font_size=300)
        picture.save(folder / names[0], quality=60)
        picture.resize((256, 144)).save(folder / names[1], quality=60)
        items = made.items or tuple(Item(line, level=0) for line in made.text)
        recorded.append(
            Slide(names[0], names[1], WIDTH, HEIGHT, 256, 144, made.title, items, made.notes, tuple(made.links))
        )
    version.output("slides", ".pdf").write_bytes(b"%PDF-" + MADE_MARK)
    record = Record(CONVERTER, sha256(path), "", True, of, subject, tuple(recorded), losses or Losses())
    write_json(version.json, to_json(record))
    return version


def program(folder: Path, name: str, body: str) -> Path:
    """A program of our own on a PATH that holds `folder`: Python that is run with `sys` imported."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\nfrom pathlib import Path\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


# What LibreOffice and poppler would do, as far as a conversion asks: as many pages as the deck has slides.
OFFICE = """
import zipfile
source, folder = Path(sys.argv[-1]), Path(sys.argv[sys.argv.index("--outdir") + 1])
pages = sum(name.startswith("ppt/slides/slide") for name in zipfile.ZipFile(source).namelist())
from pypdf import PdfWriter
writer = PdfWriter()
for _ in range(pages):
    writer.add_blank_page(width=960, height=540)
writer.write(folder / f"{source.stem}.pdf")
"""
DRAW = "sys.stdout.buffer.write(b'P6 16 9 255\\n' + bytes(range(144)) * 3)"
TEXT = "print('A line')"


def fake_programs(folder: Path, monkeypatch, **bodies: str) -> Path:
    """Stand-ins on PATH for LibreOffice and poppler; `soffice="..."` replaces one."""
    for name, body in {"soffice": OFFICE, "pdftoppm": DRAW, "pdftotext": TEXT, **bodies}.items():
        program(folder, name, body)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def run(folder: Path, *arguments: str) -> int:
    """`python -m site_tools lectures` on a folder; its status."""
    return main(["lectures", "--folder", str(folder), *arguments])
