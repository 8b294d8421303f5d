"""LibreOffice and poppler for real: what a deck shows, where its links lie, judged by the pixels of its pictures."""

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from pptx.dml.color import RGBColor
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.util import Pt
from pypdf import PdfReader

from site_tools.lectures.command import lectures
from site_tools.lectures.converting.programs import office_convert, run_tool
from site_tools.lectures.decks import MADE_MARK, find_decks
from site_tools.lectures.record import Box, Record
from site_tools.setup.programs import find_office
from tests.site_tools.lectures.test_text import NAMES, formula_box, place
from tests.support.decks import HEIGHT, WIDTH, presentation, small_deck

ROOT = Path(__file__).parents[3]
CONVERT = """
import sys
from pathlib import Path
from site_tools.lectures.command import lectures
lectures(Path(sys.argv[1]))
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (find_office() and shutil.which("pdftoppm") and shutil.which("pdftotext")),
        reason="LibreOffice and poppler are not installed, and could not be",
    ),
]

RED, GREEN, BLUE, LINK = (200, 0, 0), (0, 150, 0), (0, 0, 200), (0, 0, 255)


def filled(shape, colour: tuple[int, int, int]):
    shape.fill.solid()
    shape.fill.fore_color.rgb = RGBColor(*colour)
    shape.line.fill.background()
    shape.shadow.inherit = False
    return shape


def make_deck(path: Path) -> Path:
    deck = presentation()
    first = deck.slides.add_slide(deck.slide_layouts[1])
    first.shapes.title.text = "反向过程"
    first.placeholders[1].text_frame.text = "从噪声开始"
    first.notes_slide.notes_text_frame.text = "先放演示。"
    linked = filled(first.shapes.add_shape(1, *place(900, 500, 200, 100)), RED)
    linked.click_action.hyperlink.address = "diffusion/reverse-process/?demo=first-sample&steps=50#first-sample"
    group = first.shapes.add_group_shape()
    inside = filled(group.shapes.add_shape(1, *place(100, 100, 100, 100)), GREEN)
    inside.click_action.hyperlink.address = "https://example.org/a?b=1&c=2"
    group.left, group.top, group.width, group.height = place(100, 550, 240, 80)

    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden.shapes.title.text = "hidden"
    hidden._element.set("show", "0")

    words = deck.slides.add_slide(deck.slide_layouts[6])
    frame = words.shapes.add_textbox(*place(100, 100, 500, 400)).text_frame
    frame.word_wrap = True
    for text, address in (
        ("plain", ""), ("short", "a/"), ("a link so long that it has to go on in a second line of the box", "b/?x=1#y"),
    ):  # fmt: skip
        run = frame.add_paragraph().add_run()
        run.text, run.font.size = text, Pt(30)
        if address:
            run.hyperlink.address = address
    jump = frame.add_paragraph().add_run()
    jump.text, jump.font.size = "back to the start", Pt(30)
    relation = words.part.relate_to(first.part, RT.SLIDE)
    click = f'<a:hlinkClick {NAMES} r:id="{relation}" action="ppaction://hlinksldjump"/>'
    jump._r.get_or_add_rPr().append(parse_xml(click))

    formula = deck.slides.add_slide(deck.slide_layouts[6])
    content = io.BytesIO()
    Image.new("RGB", (60, 9), BLUE).save(content, "PNG")
    picture = formula.part.get_or_add_image_part(content)[1]
    formula.shapes._spTree.append(parse_xml(formula_box("<a:r><a:t>So </a:t></a:r>", picture)))
    formula._element.append(parse_xml(f"<p:transition {NAMES}><p:fade/></p:transition>"))
    path.parent.mkdir(parents=True)
    deck.save(str(path))
    return path


@pytest.fixture(scope="module")
def converted(tmp_path_factory) -> tuple[Path, Record]:
    """The folder of the deck, and its record."""
    root = tmp_path_factory.mktemp("lectures")
    make_deck(root / "03-反向" / "slides.pptx")
    lectures(root)
    return root / "03-反向", the_record(root)


def the_record(root: Path) -> Record:
    ((deck,), problems) = find_decks(root)
    assert not problems
    record = deck.versions[0].current_record()
    assert record
    return record


def ink(picture: Path, colour: tuple[int, int, int]) -> list[tuple[int, int]]:
    """The pixels that have nearly this colour."""
    image = Image.open(picture).convert("RGB")
    pixels = image.load()
    return [
        (x, y)
        for y in range(image.height)
        for x in range(image.width)
        if all(abs(a - b) < 60 for a, b in zip(pixels[x, y], colour, strict=True))
    ]


def around(points: list[tuple[int, int]]) -> Box:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs) - min(xs) + 1, max(ys) - min(ys) + 1


def close(first: Box, second: Box, by: int = 3) -> bool:
    return all(abs(a - b) <= by for a, b in zip(first, second, strict=True))


def test_one_picture_a_slide_that_is_shown(converted):
    folder, record = converted
    assert [slide.title for slide in record.slides] == ["反向过程", "", ""]
    pictures = [f"{kind}-0{number}.webp" for kind in ("slide", "thumb") for number in (1, 2, 3)]
    there = sorted(path.name for path in folder.iterdir())
    assert there == sorted([*pictures, "slides.json", "slides.pdf", "slides.pptx"])
    for slide in record.slides:
        with Image.open(folder / slide.picture) as picture, Image.open(folder / slide.thumb) as thumb:
            assert (picture.format, picture.size) == ("WEBP", (WIDTH, HEIGHT))
            assert picture.size == (slide.width, slide.height)
            assert thumb.size == (slide.thumb_width, slide.thumb_height) == (176, 99)
        assert (folder / slide.picture).stat().st_size < 60_000
        assert (folder / slide.thumb).stat().st_size < 6_000


def test_words_notes_and_language(converted):
    _, record = converted
    assert record.slides[0].items[0].text == "从噪声开始"
    assert record.slides[0].notes == "先放演示。"
    assert record.slides[2].items[0].text == "So E=mc"
    assert record.language in ("zh", "en")


def test_the_pdf_is_whole_and_says_that_it_was_made(converted):
    folder, record = converted
    pdf = folder / "slides.pdf"
    assert record.makes_pdf
    assert pdf.read_bytes().endswith(MADE_MARK)
    assert len(PdfReader(pdf).pages) == 3
    assert "反向过程" in run_tool("pdftotext", pdf, "-", seconds=60).decode()


def test_linked_shapes_lie_where_they_are_drawn(converted):
    folder, record = converted
    by_address = {link.address: link for link in record.slides[0].links}
    for address, colour in (
        ("diffusion/reverse-process/?demo=first-sample&steps=50#first-sample", RED),
        ("https://example.org/a?b=1&c=2", GREEN),
    ):
        (box,) = by_address[address].boxes
        assert close(box, around(ink(folder / record.slides[0].picture, colour)))


def test_linked_words_lie_where_they_are_drawn(converted):
    folder, record = converted
    links = record.slides[1].links
    assert [link.address for link in links] == ["a/", "b/?x=1#y", "#slide-1"]
    assert [len(link.boxes) >= least for link, least in zip(links, (1, 2, 1), strict=True)] == [True] * 3
    boxes = [box for link in links for box in link.boxes]
    points = ink(folder / record.slides[1].picture, LINK)
    assert len(points) > 500

    def within(point: tuple[int, int], box: Box) -> bool:
        return box[0] - 3 <= point[0] <= box[0] + box[2] + 3 and box[1] - 3 <= point[1] <= box[1] + box[3] + 3

    assert all(any(within(point, box) for box in boxes) for point in points)
    assert all(any(within(point, box) for point in points) for box in boxes)
    assert all(box[2] <= 510 and box[3] < 90 for box in boxes)  # words, not the box around them


def test_a_formula_is_shown_by_the_picture_that_the_deck_holds(converted):
    folder, record = converted
    assert close(around(ink(folder / record.slides[2].picture, BLUE)), (100, 200, 600, 90), by=6)
    assert record.losses.formulas == ()


def test_losses_are_named(converted):
    _, record = converted
    assert (record.losses.transitions, record.losses.hidden) == ((3,), 1)
    families = run_tool("fc-list", ":", "family", seconds=60).decode()
    assert ("Calibri" in [font.name for font in record.losses.fonts]) == ("Calibri" not in families)
    if "Carlito" in families and "Calibri" not in families:
        stand_in = next(font.stand_in for font in record.losses.fonts if font.name == "Calibri")
        used = run_tool("pdffonts", converted[0] / "slides.pdf", seconds=60).decode()
        assert stand_in == "Carlito"
        assert "Carlito" in used


def test_a_pdf_alone_gives_the_same_links_in_the_same_places(converted, tmp_path):
    folder, record = converted
    pdf = (folder / "slides.pdf").read_bytes().removesuffix(MADE_MARK)
    (tmp_path / "04-x.pdf").write_bytes(pdf)
    lectures(tmp_path)
    again = the_record(tmp_path)
    assert not again.makes_pdf
    assert again.slides[0].title == "反向过程"
    for slide, other in zip(record.slides, again.slides, strict=True):
        links = {link.address.replace("%3F", "?"): link.boxes for link in other.links}
        for link in slide.links:
            assert all(any(close(box, one) for one in links[link.address]) for box in link.boxes), link
        assert (tmp_path / "04-x" / other.picture).read_bytes() == (folder / slide.picture).read_bytes()


def test_an_old_deck_is_read_too(converted, tmp_path):
    folder, record = converted
    work = tmp_path / "work"
    work.mkdir()
    copy = Path(shutil.copyfile(folder / "slides.pptx", work / "deck.pptx"))
    office = find_office()
    run_tool(
        office, f"-env:UserInstallation={(work / 'profile').as_uri()}", "--headless", "--convert-to",
        "ppt:MS PowerPoint 97", "--outdir", work, copy, seconds=120,
    )  # fmt: skip
    (tmp_path / "lectures").mkdir()
    shutil.copyfile(work / "deck.ppt", tmp_path / "lectures" / "05-old.ppt")
    lectures(tmp_path / "lectures")
    old = the_record(tmp_path / "lectures")
    assert old.slides[0].title == "反向过程"
    assert old.slides[0].notes == "先放演示。"
    red = next(link for link in old.slides[0].links if "reverse-process" in link.address)
    assert any(close(box, around(ink(tmp_path / "lectures" / "05-old" / "slide-01.webp", RED))) for box in red.boxes)


def test_two_runs_at_once_do_not_wait_for_each_other_for_ever(tmp_path):
    roots = [tmp_path / name for name in ("a", "b")]
    for root in roots:
        small_deck(root / "01-x.pptx", "One", "Two")
    processes = [subprocess.Popen([sys.executable, "-c", CONVERT, root], cwd=ROOT) for root in roots]
    assert [process.wait(120) for process in processes] == [0, 0]
    assert all(len(the_record(root).slides) == 2 for root in roots)


def test_libreoffice_leaves_nothing_beside_the_deck(tmp_path):
    deck = small_deck(tmp_path / "deck.pptx")
    before = deck.read_bytes()
    office_convert(deck, "pdf", "deck")
    assert deck.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deck.pdf", "deck.pptx", "profile"]
