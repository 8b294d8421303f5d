"""What is read from a deck, against what was put in: words, notes, links with their places, and what will be lost."""

import copy
import io
from pathlib import Path

import pytest
from PIL import Image
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Emu
from pypdf import PdfWriter

from site_tools.lectures.converting import fonts, losses
from site_tools.lectures.converting.losses import find_losses, take_formula_pictures
from site_tools.lectures.converting.places import Transform, boxes
from site_tools.lectures.converting.slides_pdf import pdf_subject
from site_tools.lectures.converting.slides_pptx import SlideText, deck_subject, open_deck, read_slides
from site_tools.lectures.record import Font, Item, Media
from tests.support.decks import HEIGHT, WIDTH, blank_pdf, presentation, program

PX = 9525  # EMU in a pixel of a slide of 1280 x 720
NAMES = (
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
FORMULA = "<a14:m><m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath></a14:m>"


def place(x: int, y: int, width: int, height: int) -> tuple[Emu, Emu, Emu, Emu]:
    return Emu(x * PX), Emu(y * PX), Emu(width * PX), Emu(height * PX)


def text_box(text: str, fill: str = "", number: int = 90) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Box"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>'
        f'<a:xfrm><a:off x="{100 * PX}" y="{200 * PX}"/><a:ext cx="{600 * PX}" cy="{90 * PX}"/></a:xfrm>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{fill}</p:spPr>'
        f"<p:txBody><a:bodyPr/><a:lstStyle/><a:p>{text}</a:p></p:txBody></p:sp>"
    )


def formula_box(words: str, picture: str = "") -> str:
    """A box as PowerPoint writes it: the formula for those who can draw it, and a picture for the others."""
    fill = f'<a:blipFill><a:blip r:embed="{picture}"/><a:stretch/></a:blipFill>' if picture else ""
    return (
        f'<mc:AlternateContent {NAMES}><mc:Choice Requires="a14">{text_box(words + FORMULA)}</mc:Choice>'
        f"<mc:Fallback>{text_box('<a:r><a:t> </a:t></a:r>', fill)}</mc:Fallback></mc:AlternateContent>"
    )


def saved(deck, tmp_path: Path) -> Path:
    deck.save(str(tmp_path / "deck.pptx"))
    return tmp_path / "deck.pptx"


def read(deck, tmp_path: Path) -> list[SlideText]:
    return read_slides(open_deck(saved(deck, tmp_path)))


@pytest.fixture
def deck():
    return presentation()


@pytest.fixture
def slide(deck):
    """A slide with a title and nothing else."""
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "标题\vTitle"
    return slide


# --- Words -----------------------------------------------------------------------------------------


def test_titles_bullets_and_boxes(deck, tmp_path):
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Title"
    frame = slide.placeholders[1].text_frame
    frame.text = "First"
    for level, text in ((1, "Second"), (2, "Third"), (0, ""), (0, "Fourth")):
        paragraph = frame.add_paragraph()
        paragraph.text, paragraph.level = text, level
    slide.shapes.add_textbox(*place(0, 0, 99, 99)).text_frame.text = "  A  box \n of text "
    (found,) = read(deck, tmp_path)
    assert found.title == "Title"
    assert found.items == [
        Item("First", 0), Item("Second", 1), Item("Third", 2), Item("Fourth", 0), Item("A box"), Item("of text"),
    ]  # fmt: skip


def test_a_title_in_two_lines_is_one(deck, slide, tmp_path):
    assert read(deck, tmp_path)[0].title == "标题 Title"


def test_bullets_outside_placeholders_and_none_inside(deck, slide, tmp_path):
    frame = slide.shapes.add_textbox(*place(0, 0, 99, 99)).text_frame
    frame.text = "with"
    frame.paragraphs[0]._p.get_or_add_pPr().append(parse_xml(f'<a:buChar {NAMES} char="-"/>'))
    other = deck.slides.add_slide(deck.slide_layouts[1])
    other.placeholders[1].text_frame.text = "without"
    other.placeholders[1].text_frame.paragraphs[0]._p.get_or_add_pPr().append(parse_xml(f"<a:buNone {NAMES}/>"))
    first, second = read(deck, tmp_path)
    assert first.items == [Item("with", 0)]
    assert second.items == [Item("without", -1)]


def test_tables_groups_and_charts(deck, slide, tmp_path):
    table = slide.shapes.add_table(2, 2, *place(0, 100, 400, 100)).table
    for row, column, text in ((0, 0, "a"), (0, 1, "b"), (1, 0, "c\nd")):
        table.cell(row, column).text = text
    table.cell(1, 1)._tc.remove(table.cell(1, 1)._tc.txBody)  # as some programs leave it
    outer = slide.shapes.add_group_shape()
    inner = outer.shapes.add_group_shape()
    inner.shapes.add_textbox(*place(0, 300, 99, 99)).text_frame.text = "deep inside"
    data = CategoryChartData()
    data.categories = ["x"]
    data.add_series("s", (1,))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.PIE, *place(0, 400, 200, 200), data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "A chart"
    assert read(deck, tmp_path)[0].items == [
        Item(rows=(("a", "b"), ("c d", ""))), Item("deep inside"), Item("A chart"),
    ]  # fmt: skip


def test_formulas_are_read_with_the_words_around_them(deck, slide, tmp_path):
    slide.shapes._spTree.append(parse_xml(formula_box("<a:r><a:t>So </a:t></a:r>")))
    assert read(deck, tmp_path)[0].items == [Item("So E=mc")]


def test_page_numbers_and_dates_are_no_words(deck, tmp_path):
    layout = deck.slide_layouts[1]
    slide = deck.slides.add_slide(layout)
    for furniture in [one for one in layout.placeholders if one.placeholder_format.idx >= 10]:
        slide.shapes._spTree.append(copy.deepcopy(furniture._element))
        slide.shapes[-1].text_frame.text = "7"
    assert len(slide.placeholders) == 5
    assert read(deck, tmp_path)[0].items == []


def test_notes_are_read_and_hidden_slides_are_not(deck, slide, tmp_path):
    slide.notes_slide.notes_text_frame.text = "First line\n\nSecond  line"
    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden.shapes.title.text = "hidden"
    hidden._element.set("show", "0")
    last = deck.slides.add_slide(deck.slide_layouts[5])
    last.shapes.title.text = "last"
    assert [found.title for found in read(deck, tmp_path)] == ["标题 Title", "last"]
    assert read(deck, tmp_path)[0].notes == "First line\nSecond line"
    assert find_losses(saved(deck, tmp_path), "", drawn_here=False).hidden == 1


def test_what_a_deck_is_about_stands_in_its_properties(deck, tmp_path):
    deck.core_properties.subject = "Forgers \n and critics"
    assert deck_subject(open_deck(saved(deck, tmp_path))) == "Forgers and critics"
    pdf = blank_pdf(tmp_path / "deck.pdf", pages=1)
    assert pdf_subject(pdf) == ""
    writer = PdfWriter(clone_from=pdf)
    writer.add_metadata({"/Subject": "Forgers  and critics"})
    writer.write(pdf)
    assert pdf_subject(pdf) == "Forgers and critics"


# --- Links -----------------------------------------------------------------------------------------


def pixels(places) -> tuple:
    return boxes(places, WIDTH, HEIGHT)


def test_linked_shapes_have_their_address_words_and_place(deck, slide, tmp_path):
    shape = slide.shapes.add_shape(1, *place(100, 200, 300, 50))
    shape.text_frame.text = "Run it"
    shape.click_action.hyperlink.address = "a/b/?demo=x&steps=50#x"
    (link,) = read(deck, tmp_path)[0].links
    assert (link.address, link.text) == ("a/b/?demo=x&steps=50#x", "Run it")
    assert pixels(link.places) == ((100, 200, 300, 50),)


def test_a_turned_shape_has_the_rectangle_around_it(deck, slide, tmp_path):
    shape = slide.shapes.add_shape(1, *place(500, 300, 200, 100))
    shape.rotation = 90
    shape.click_action.hyperlink.address = "a/"
    (link,) = read(deck, tmp_path)[0].links
    assert pixels(link.places) == ((550, 250, 100, 200),)


def test_places_inside_groups_that_were_moved_and_stretched(deck, slide, tmp_path):
    outer = slide.shapes.add_group_shape()
    inner = outer.shapes.add_group_shape()
    shape = inner.shapes.add_shape(1, *place(100, 100, 100, 100))
    inner.shapes.add_shape(1, *place(200, 100, 100, 100))
    shape.click_action.hyperlink.address = "a/"
    # the inner group fills the outer one, which is moved to (400, 300) and drawn at half its size
    outer.left, outer.top, outer.width, outer.height = place(400, 300, 100, 50)
    (link,) = read(deck, tmp_path)[0].links
    assert pixels(link.places) == ((400, 300, 50, 50),)


def test_words_cut_into_runs_are_one_link_and_a_second_place_of_it_is_no_second_link(deck, slide, tmp_path):
    frame = slide.shapes.add_textbox(*place(10, 20, 300, 40)).text_frame
    for text, address in (("see ", ""), ("the ", "a/"), ("page", "a/"), (" or ", ""), ("web", "https://x.org/")):
        run = frame.paragraphs[0].add_run()
        run.text = text
        if address:
            run.hyperlink.address = address
    again = slide.shapes.add_shape(1, *place(500, 500, 90, 90))
    again.click_action.hyperlink.address = "a/"
    first, second = read(deck, tmp_path)[0].links
    assert (first.address, first.text, second.address, second.text) == ("a/", "the page", "https://x.org/", "web")
    assert pixels(first.places) == ((500, 500, 90, 90),)
    assert pixels(first.around) == ((10, 20, 300, 40),)


def test_links_in_tables(deck, slide, tmp_path):
    cell = slide.shapes.add_table(1, 1, *place(0, 0, 90, 90)).table.cell(0, 0)
    run = cell.text_frame.paragraphs[0].add_run()
    run.text = "in a cell"
    run.hyperlink.address = "a/"
    (link,) = read(deck, tmp_path)[0].links
    assert (link.address, link.text) == ("a/", "in a cell")


def test_jumps_count_the_slides_that_are_shown(deck, slide, tmp_path):
    deck.slides.add_slide(deck.slide_layouts[6])._element.set("show", "0")
    target = deck.slides.add_slide(deck.slide_layouts[6])
    for goal in (target, deck.slides[1]):
        slide.shapes.add_shape(1, *place(0, 0, 90, 90)).click_action.target_slide = goal
    assert [link.address for link in read(deck, tmp_path)[0].links] == ["#slide-2"]


def test_boxes_are_cut_at_the_edges_and_not_doubled():
    whole = Transform.to_fractions(WIDTH, HEIGHT)
    spots = [
        (*whole(x, y), *whole(x + w, y + h)) for x, y, w, h in ((-50, 10, 100, 50), (0, 12, 40, 40), (2000, 0, 9, 9))
    ]
    assert pixels(spots) == ((0, 10, 50, 50),)
    assert pixels(reversed(spots)) == ((0, 10, 50, 50),)


# --- Losses ----------------------------------------------------------------------------------------


def lost(deck, tmp_path, *, drawn_here: bool = True):
    return find_losses(saved(deck, tmp_path), "中文 text", drawn_here=drawn_here)


def test_nothing_is_lost_of_a_plain_deck(deck, slide, tmp_path, monkeypatch):
    monkeypatch.setattr(losses, "installed", lambda: frozenset(["calibri", "宋体"]))
    found = lost(deck, tmp_path)
    assert (found.fonts, found.animations, found.transitions, found.media, found.formulas, found.hidden) == (
        (),
        (),
        (),
        (),
        (),
        0,
    )


def test_animations_and_transitions_by_slide(deck, slide, tmp_path):
    slide._element.append(parse_xml(f"<p:transition {NAMES}><p:fade/></p:transition>"))
    second = deck.slides.add_slide(deck.slide_layouts[6])
    second._element.append(parse_xml(f'<p:transition {NAMES} spd="slow"/>'))  # none chosen
    timing = "<p:timing {}><p:tnLst><p:par>{}</p:par></p:tnLst></p:timing>"
    second._element.append(parse_xml(timing.format(NAMES, "<p:cTn><p:animEffect/></p:cTn>")))
    third = deck.slides.add_slide(deck.slide_layouts[6])
    third._element.append(parse_xml(timing.format(NAMES, "")))  # PowerPoint leaves an empty one behind
    found = lost(deck, tmp_path)
    assert (found.animations, found.transitions) == ((2,), (1,))


def test_videos_and_sounds_by_name_and_size(deck, slide, tmp_path):
    film = slide.shapes.add_movie(io.BytesIO(b"film" * 100), *place(0, 0, 90, 90), mime_type="video/mp4")
    film.name = "Noise becomes a shoe"
    outside = deck.slides.add_slide(deck.slide_layouts[6])
    outside.part.rels.get_or_add_ext_rel(RT.AUDIO, "C:\\music\\song.mp3")
    assert lost(deck, tmp_path).media == (Media(1, "Noise becomes a shoe.mp4", 400), Media(2, "song.mp3", 0))


def test_fonts_of_theme_and_runs_that_are_not_there(deck, slide, tmp_path, monkeypatch):
    run = slide.shapes.title.text_frame.paragraphs[0].runs[0]
    run.font.name = "华文行楷"
    run._r.get_or_add_rPr().append(parse_xml(f'<a:ea {NAMES} typeface="Microsoft YaHei"/>'))
    run._r.get_or_add_rPr().append(parse_xml(f'<a:cs {NAMES} typeface="+mn-cs"/>'))
    monkeypatch.setattr(losses, "installed", lambda: frozenset(["noto sans cjk sc", "arial"]))
    found = lost(deck, tmp_path)
    assert found.fonts == (
        Font("Calibri", ""), Font("Microsoft YaHei", "Noto Sans CJK SC"), Font("华文行楷", ""),
    )  # fmt: skip
    assert lost(deck, tmp_path, drawn_here=False).fonts == ()
    monkeypatch.setattr(losses, "installed", lambda: None)
    assert lost(deck, tmp_path).fonts == ()


def test_a_chinese_theme_font_counts_only_where_chinese_stands(deck, slide, tmp_path, monkeypatch):
    monkeypatch.setattr(losses, "installed", frozenset)
    names = [font.name for font in find_losses(saved(deck, tmp_path), "English only", drawn_here=True).fonts]
    assert names == ["Calibri"]


def test_a_theme_font_that_no_text_takes_is_not_missed(deck, tmp_path, monkeypatch):
    monkeypatch.setattr(losses, "installed", frozenset)
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    run = slide.shapes.add_textbox(*place(0, 0, 90, 90)).text_frame.paragraphs[0].add_run()
    run.text, run.font.name = "中文 and English", "A"
    assert {font.name for font in lost(deck, tmp_path).fonts} == {"A", "宋体"}
    run._r.get_or_add_rPr().append(parse_xml(f'<a:ea {NAMES} typeface="B"/>'))
    assert {font.name for font in lost(deck, tmp_path).fonts} == {"A", "B"}


def test_the_list_of_fonts_is_read(monkeypatch, tmp_path):
    program(tmp_path, "fc-list", "print('Microsoft YaHei,微软雅黑\\nDejaVu Sans')")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert fonts.installed() == {"microsoft yahei", "微软雅黑", "dejavu sans"}
    assert fonts.missing(["微软雅黑", "DEJAVU SANS"], fonts.installed()) == ()
    (tmp_path / "fc-list").unlink()
    assert fonts.installed() is None


def test_formulas_amid_words_are_lost_unless_the_deck_holds_their_picture(deck, slide, tmp_path):
    picture = slide.part.get_or_add_image_part(io.BytesIO(_png()))[1]
    slide.shapes._spTree.append(parse_xml(formula_box("<a:r><a:t>So </a:t></a:r>", picture)))
    for words in ("<a:r><a:t>So </a:t></a:r>", ""):
        other = deck.slides.add_slide(deck.slide_layouts[6])
        other.shapes._spTree.append(parse_xml(formula_box(words)))
    assert lost(deck, tmp_path).formulas == (2,)
    assert lost(deck, tmp_path, drawn_here=False).formulas == ()


def test_pictures_of_formulas_take_their_place(deck, slide, tmp_path):
    picture = slide.part.get_or_add_image_part(io.BytesIO(_png()))[1]
    slide.shapes._spTree.append(parse_xml(formula_box("<a:r><a:t>So </a:t></a:r>", picture)))
    slide.shapes._spTree.append(parse_xml(formula_box("<a:r><a:t>kept </a:t></a:r>")))
    again = Presentation(str(saved(deck, tmp_path)))
    assert take_formula_pictures(again)
    (drawn,) = [shape for shape in again.slides[0].shapes if shape.name == "Box"]
    assert drawn._element.find(".//" + qn("a:blip")).get(qn("r:embed")) == picture
    assert len(again.slides[0]._element.xpath(".//*[local-name()='AlternateContent']")) == 1
    assert not take_formula_pictures(again)


def _png() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(content, "PNG")
    return content.getvalue()
