"""Slides in the looks of the course: text that fits, pictures that keep their shape, buttons that lead to the site.

Buttons name places below the root of the site. The lecture page makes hotspots of them; opened in
PowerPoint itself they lead nowhere, for a deck does not know where the site will be published.
"""

import io
import unicodedata
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

WIDTH, HEIGHT = 13.333, 7.5  # inches, 16:9
MARGIN = 0.7
INK, SOFT, PAPER, SHADE, FOLLOW, SEAL = "1D2B30", "4D5A5F", "FBFAF6", "F0EDE4", "125F6C", "A83A26"
# Debian has both; PowerPoint takes the system's own Chinese type where they are missing
SANS, SERIF = "Noto Sans CJK SC", "Noto Serif CJK SC"
LANGUAGES = {"zh": "zh-CN", "en": "en-US"}  # as a run of text names them
LINE = 1.35  # height of a line in font sizes


def width_of(text: str) -> float:
    """Width of a text in font sizes: Chinese letters fill a square, others about half of one."""
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.54 for letter in text)


def fitting(paragraphs: list[str], width: float, height: float, sizes: tuple[int, ...]) -> int:
    """The largest font size (points) at which the paragraphs fit into a box (inches); the smallest if none does."""
    for size in sizes:
        lines = sum(max(1, -(-width_of(text) * size // (72 * width))) for text in paragraphs)
        if lines * size * LINE <= 72 * height:
            return size
    return sizes[-1]


class Deck:
    """A presentation under way; positions and sizes are in inches."""

    def __init__(self, footer: str, language: str) -> None:
        self.presentation = Presentation()
        self.presentation.slide_width, self.presentation.slide_height = Inches(WIDTH), Inches(HEIGHT)
        self.footer, self.language = footer, LANGUAGES[language]
        self._slide: Any = None  # the slide that is being filled

    @property
    def count(self) -> int:
        """How many slides there are."""
        return len(self.presentation.slides)

    def add(self, title: str, *, tag: str = "", notes: str = "") -> None:
        """A new slide with its title, a small line above it, and notes for the speaker."""
        layout = self.presentation.slide_layouts[5]  # "Title Only": what outlines and screen readers look for
        self._slide = self.presentation.slides.add_slide(layout)
        fill = self._slide.background.fill
        fill.solid()
        fill.fore_color.rgb = RGBColor.from_string(PAPER)
        box = self._slide.shapes.title
        box.left, box.top, box.width, box.height = (Inches(value) for value in (MARGIN, 0.62, WIDTH - 2 * MARGIN, 0.9))
        box.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        size = fitting([title], WIDTH - 2 * MARGIN, 0.8, (32, 28, 24, 20))
        self._write(box.text_frame, [title], size=size, font=SERIF, bold=True)
        if tag:
            self.text([tag], MARGIN, 0.35, WIDTH - 2 * MARGIN, 0.35, sizes=(14,), colour=SEAL, bold=True)
        self.text(
            [f"{self.footer}　{self.count}"], MARGIN, HEIGHT - 0.5, WIDTH - 2 * MARGIN, 0.3, sizes=(11,), colour=SOFT
        )
        if notes:
            self._slide.notes_slide.notes_text_frame.text = notes

    def cover(self, title: str, lessons: list[str], closing: str, png: bytes) -> None:
        """The first slide: what the deck is, what is in it, and a picture of that."""
        self.add(title)
        box = self._slide.shapes.title
        box.top, box.height, box.width = Inches(1.0), Inches(1.3), Inches(5.6)
        self._write(box.text_frame, [title], size=fitting([title], 5.6, 1.2, (54, 48, 44, 40)), font=SERIF, bold=True)
        self._bar(MARGIN, 2.4, 1.2, 0.06, SEAL)
        self.text(lessons, MARGIN, 2.8, 5.6, 2.9, sizes=(24, 22, 20, 18), font=SERIF, gap=0.4)
        self.text([closing], MARGIN, 6.0, 5.6, 0.7, sizes=(16,), colour=SOFT)
        self.picture(png, 6.7, 1.0, WIDTH - 6.7 - MARGIN, 5.6, title)

    def _bar(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        shape = self._slide.shapes.add_shape(
            MSO_SHAPE.RECTANGLE, *(Inches(value) for value in (left, top, width, height))
        )
        self._ground(shape, colour)

    def text(
        self, paragraphs: list[str], left: float, top: float, width: float, height: float, *,
        sizes: tuple[int, ...] = (24, 22, 20, 18, 16, 14, 12), colour: str = INK, bold: bool = False,
        font: str = SANS, middle: bool = False, gap: float = 0.0,
    ) -> None:  # fmt: skip
        """Paragraphs in a box, as large as fits; `gap` is the space between them in lines."""
        box = self._slide.shapes.add_textbox(*(Inches(value) for value in (left, top, width, height)))
        room = height / (1 + gap * (len(paragraphs) - 1) / max(1, len(paragraphs)))
        size = fitting(paragraphs, width, room, sizes)
        box.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
        self._write(box.text_frame, paragraphs, size=size, colour=colour, bold=bold, font=font, gap=gap)

    def panel(self, paragraphs: list[str], left: float, top: float, width: float, height: float, **options) -> None:
        """Text on a shaded ground."""
        self._bar(left, top, width, height, SHADE)
        self.text(paragraphs, left + 0.2, top + 0.08, width - 0.4, height - 0.16, middle=True, **options)

    def picture(self, png: bytes, left: float, top: float, width: float, height: float, description: str) -> None:
        """A picture in the middle of a box, as large as its shape allows."""
        picture = self._slide.shapes.add_picture(io.BytesIO(png), 0, 0)
        scale = min(Inches(width) / picture.width, Inches(height) / picture.height)
        picture.width, picture.height = Emu(int(picture.width * scale)), Emu(int(picture.height * scale))
        picture.left = Emu(int(Inches(left) + (Inches(width) - picture.width) / 2))
        picture.top = Emu(int(Inches(top) + (Inches(height) - picture.height) / 2))
        picture._element.nvPicPr.cNvPr.set("descr", description)

    def button(self, text: str, address: str, left: float, top: float, width: float, height: float = 0.55) -> None:
        """A shape that leads to a place of the site; the lecture page makes a hotspot of it."""
        shape = self._slide.shapes.add_shape(
            MSO_SHAPE.ROUNDED_RECTANGLE, *(Inches(value) for value in (left, top, width, height))
        )
        self._ground(shape, FOLLOW)
        self._write(shape.text_frame, [text], size=18, colour=PAPER, bold=True)
        shape.text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER
        shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        shape.click_action.hyperlink.address = address

    def save(self, path: Path, *, title: str, subject: str, author: str, made_from: str) -> None:
        """Write the file; the same slides make the same bytes."""
        from site_tools.course.decks.package import reproducible

        reproducible(self.presentation, path, title=title, subject=subject, author=author, made_from=made_from)

    @staticmethod
    def _ground(shape, colour: str) -> None:
        shape.fill.solid()
        shape.fill.fore_color.rgb = RGBColor.from_string(colour)
        shape.line.fill.background()
        shape.shadow.inherit = False

    def _write(self, frame, paragraphs, *, size, colour=INK, bold=False, font=SANS, gap=0.0) -> None:
        frame.clear()
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for index, text in enumerate(paragraphs):
            paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
            paragraph.alignment = PP_ALIGN.LEFT
            paragraph.line_spacing = 1.15
            paragraph.space_after = Pt(size * LINE * gap)
            run = paragraph.add_run()
            run.text = text
            run.font.size, run.font.bold, run.font.name = Pt(size), bold, font
            run.font.color.rgb = RGBColor.from_string(colour)
            run._r.get_or_add_rPr().set("lang", self.language)  # whose quotation marks and hyphens these are
            east_asian = run._r.get_or_add_rPr().makeelement(qn("a:ea"), {"typeface": font})
            run._r.get_or_add_rPr().append(east_asian)
