"""What lies outside a deck stays there: nothing of it reaches LibreOffice or the reader, and all of it is named."""

import gzip
import http.server
import io
import re
import shutil
import threading
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image
from pptx.oxml.ns import qn

from demos.errors import UserError
from site_tools.lectures.command import lectures
from site_tools.lectures.converting import container
from site_tools.lectures.converting.container import deck_kind
from site_tools.lectures.converting.outside import Link, cut_links, reaches_out
from site_tools.lectures.converting.programs import find_office, run_tool
from site_tools.lectures.decks import find_decks
from site_tools.lectures.record import Media, Outside, Record
from site_tools.lectures.texts import loss_sentences
from tests.site_tools.lectures.test_input import ole
from tests.site_tools.lectures.test_text import place
from tests.support.decks import OFFICE, presentation, program, run, small_deck

RT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
RED, GREEN = (200, 0, 0), (0, 150, 0)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="60" height="40">{}</svg>'
)


def picture(colour: tuple[int, int, int], width: int = 60) -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (width, 40), colour).save(content, "PNG")
    content.seek(0)
    return content


def linked_deck(path: Path, secret: str, remote: str) -> Path:
    """A green picture that is the deck's own, and four places where `secret` or `remote` would be drawn."""
    deck = presentation()
    deck.slides.add_slide(deck.slide_layouts[6])
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    slide.shapes.add_picture(picture(GREEN), *place(100, 400, 300, 200))
    for number, (address, kind) in enumerate(((secret, "image"), (secret, "hyperlink"), (remote, "image"))):
        shape = slide.shapes.add_picture(picture(GREEN), *place(100 + 400 * number, 100, 300, 200))
        blip = shape._element.find(".//" + qn("a:blip"))
        del blip.attrib[qn("r:embed")]
        blip.set(qn("r:link"), slide.part.rels._add_relationship(RT + kind, address, is_external=True))
    drawn = slide.shapes.add_picture(picture(GREEN, 61), *place(500, 400, 300, 200))
    drawn.click_action.hyperlink.address = "https://example.org/kept"
    deck.save(str(path))
    svg = SVG.format(f'<image width="60" height="40" xlink:href="{secret}"/>')
    return rewritten(path, lambda name, content: svg.encode() if name == "ppt/media/image2.png" else content)


def rewritten(path: Path, change) -> Path:
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, change(name, content))
    return path


def relations(path: Path, part: str) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(part).decode()


SLIDE = "ppt/slides/_rels/slide2.xml.rels"
SECRET, REMOTE = "file:///home/a/secret%20plan.png", "http://127.0.0.1:9/x.png?size=1"


def test_everything_outside_is_cut_whatever_it_says_it_is_and_clicks_stay(tmp_path):
    deck = linked_deck(tmp_path / "a.pptx", SECRET, REMOTE)
    before = deck.read_bytes()
    cut = cut_links(deck, tmp_path / "b.pptx")
    assert deck.read_bytes() == before
    assert cut == {
        "/ppt/media/image2.png": [Link("image", "image2.png")],
        "/ppt/slides/slide2.xml": [
            Link("image", "secret plan.png"),
            Link("hyperlink", "secret plan.png"),
            Link("image", "x.png"),
        ],
    }
    assert re.findall(r'Target="(\w+:[^"]*)"', relations(tmp_path / "b.pptx", SLIDE)) == ["https://example.org/kept"]
    with zipfile.ZipFile(tmp_path / "b.pptx") as package:
        assert not any(b"secret" in package.read(name) for name in package.namelist())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('TargetMode="External"', 'TargetMode=" external "'),
        ('TargetMode="External"', ""),
        ("relationships/image", "relationships/slideLayout"),
        ("relationships/image", "relationships/anything"),
        ("relationships/image", "relationships/oleObject"),
        (SECRET, r"\\server\share\secret plan.png"),
        (SECRET, "//server/share/secret plan.png"),
        (SECRET, "D:\\pictures\\secret plan.png"),
        ('encoding="UTF-8"', 'encoding="ISO-8859-1"'),
    ],
)
def test_no_way_of_writing_it_gets_through(tmp_path, before, after):
    def change(name, content):
        return content.replace(before.encode(), after.encode()) if name == SLIDE else content

    deck = rewritten(linked_deck(tmp_path / "a.pptx", SECRET, REMOTE), change)
    assert cut_links(deck, tmp_path / "b.pptx")["/ppt/slides/slide2.xml"][0].name == "secret plan.png"
    left = relations(tmp_path / "b.pptx", SLIDE)
    assert "secret" not in left
    assert "127.0.0.1" not in left


def test_another_encoding_and_a_second_part_of_one_name_get_nothing_through(tmp_path):
    deck = linked_deck(tmp_path / "a.pptx", SECRET, REMOTE)
    rewritten(deck, lambda name, content: content.decode().replace("UTF-8", "UTF-16").encode("utf-16") if name == SLIDE
              else content)  # fmt: skip
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(deck, "a") as package:
        package.writestr(SLIDE, package.read(SLIDE))
    assert len(cut_links(deck, tmp_path / "b.pptx")["/ppt/slides/slide2.xml"]) == 3
    with zipfile.ZipFile(tmp_path / "b.pptx") as package:
        assert package.namelist().count(SLIDE) == 1
        assert b"secret" not in package.read(SLIDE)


@pytest.mark.parametrize(
    ("drawing", "outside"),
    [
        ('<image href="file:///a.png"/>', True),
        ('<image xlink:href="../a.png"/>', True),
        ('<use href="other.svg#a"/>', True),
        ("<g style=\"fill: url( 'http://a/b')\"/>", True),
        ("<style>@import 'a.css';</style>", True),
        ("<style>rect { fill: url(a.svg#b) }</style>", True),
        ('<g xml:base="file:///"/>', True),
        ('<image href="data:image/png;base64,PHN2ZyB4bWxucz0iYSI+PC9zdmc+"/>', True),  # a drawing in a drawing
        ("<rect>", True),  # what cannot be read
        ('<use href="#a"/><g fill="url(#b)"/><style>g { fill: url(#b) }</style>', False),
        ('<a href="https://example.org"><text>read file:///a.png</text></a>', False),
        ('<image href="data:image/png;base64,iVBORw0KGgo="/>', False),
    ],
)
def test_a_drawing_must_be_of_one_piece(drawing, outside):
    whole = SVG.format(drawing)
    assert reaches_out("image1.png", whole.encode()) == outside
    assert reaches_out("image1.emf", gzip.compress(whole.encode())) == outside
    assert reaches_out("image1.bin", f'<?xml version="1.0" encoding="UTF-16"?>{whole}'.encode("utf-16")) == outside
    styled = f'<?xml-stylesheet href="a.css"?>{whole}'
    assert reaches_out("image1.svg", styled.encode())
    entities = f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>{whole}'
    assert reaches_out("image1.svg", entities.encode())


@pytest.mark.parametrize("content", [SVG.format("").encode(), zlib.compress(SVG.format("").encode())])
def test_an_old_deck_with_a_drawing_for_a_picture_is_refused(tmp_path, content):
    """LibreOffice takes it for what it is, also where the deck says that it is a packed metafile."""
    path = tmp_path / "a.ppt"
    path.write_bytes(ole("PowerPoint Document", more=bytes(100) + content + bytes(100)))
    with pytest.raises(UserError, match=r"a\.ppt holds a drawing \(SVG\) in place of a picture"):
        deck_kind(path)


def test_pictures_are_no_drawings():
    assert not reaches_out("image1.png", picture(RED).read() + b"<svg>")
    assert not reaches_out("slide1.xml", b'<p:sld xmlns:p="p"><asvg:svgBlip/>&lt;svg ></p:sld>')
    assert reaches_out("image1.svg", b"what is this")


# --- The command ---------------------------------------------------------------------------------------


def record_of(folder: Path) -> Record:
    ((deck,), _) = find_decks(folder)
    record = deck.versions[0].current_record()
    assert record
    return record


def test_libreoffice_gets_none_of_it_and_the_author_hears_of_all(folder, tmp_path, capsys):
    program(
        tmp_path / "bin", "soffice", f"{OFFICE}\nPath({str(tmp_path)!r}, 'got.pptx').write_bytes(source.read_bytes())"
    )
    linked_deck(folder / "01-a.pptx", SECRET, REMOTE)
    assert run(folder) == 0
    with zipfile.ZipFile(tmp_path / "got.pptx") as package:
        assert not any(b"secret" in package.read(name) for name in package.namelist())
    record = record_of(folder)
    names = ("secret plan.png", "x.png", "image2.png")
    assert record.losses.outside == tuple(Outside(2, name) for name in names)
    assert [link.address for link in record.slides[1].links] == ["https://example.org/kept"]
    told = capsys.readouterr().err
    assert "Outside the deck's file: secret plan.png on slide 2, x.png on slide 2, image2.png on slide 2." in told
    assert "secret plan.png" in loss_sentences(record.losses, "zh")[0]


def test_links_of_layouts_count_for_the_slides_that_use_them_and_videos_are_told_once(folder):
    deck = presentation()
    for layout in (6, 5, 6):
        deck.slides.add_slide(deck.slide_layouts[layout])
    deck.slide_layouts[6].part.rels._add_relationship(RT + "image", SECRET, is_external=True)
    deck.slides[1].part.rels._add_relationship(RT + "video", "film.mp4", is_external=True)
    deck.slides[1].notes_slide.part.rels._add_relationship(RT + "image", SECRET, is_external=True)
    deck.save(str(folder / "01-a.pptx"))
    assert run(folder) == 0
    losses = record_of(folder).losses
    assert losses.outside == (Outside(1, "secret plan.png"), Outside(3, "secret plan.png"))
    assert losses.media == (Media(2, "film.mp4", 0),)


def test_pictures_that_are_not_there_are_told(folder, capsys):
    deck = presentation()
    for _ in range(3):
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        slide.shapes.add_picture(picture(GREEN), *place(0, 0, 9, 9))
    deck.slides[1].shapes[0]._element.find(".//" + qn("a:blip")).set(qn("r:embed"), "rId99")
    deck.save(str(folder / "01-a.pptx"))
    assert run(folder) == 0
    assert record_of(folder).losses.missing == (2,)
    assert "Pictures: slides 2 use pictures that the deck's file does not hold" in capsys.readouterr().err
    rewritten(folder / "01-a.pptx", lambda name, content: b"" if name.startswith("ppt/media/") else content)
    assert run(folder) == 0
    assert record_of(folder).losses.missing == (1, 2, 3)


# --- Zips that swell -----------------------------------------------------------------------------------


def test_a_zip_that_swells_is_refused_before_it_is_unpacked(folder, capsys, monkeypatch):
    with zipfile.ZipFile(small_deck(folder / "01-a.pptx"), "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("ppt/media/zeros.bin", bytes(container.SMALL))
    with zipfile.ZipFile(small_deck(folder / "02-b.pptx"), "a") as package:
        for number in range(container.PARTS):
            package.writestr(f"ppt/media/{number}.bin", b"")
    monkeypatch.setattr(zipfile.ZipFile, "testzip", lambda self: pytest.fail("unpacked"))
    assert run(folder) == 2
    told = capsys.readouterr().err
    assert re.search(r"01-a\.pptx unpacks to 64 MiB in \d+ parts, which no deck needs \(.*100 times its own size", told)
    assert re.search(r"02-b\.pptx unpacks to 0 MiB in 100\d\d parts, .*: open it in PowerPoint, save it again", told)
    monkeypatch.setattr(container, "UNPACKED", 1000)
    small_deck(folder / "03-c.pptx")
    assert run(folder, "03-c") == 2
    assert "03-c.pptx unpacks to 0 MiB" in capsys.readouterr().err


# --- Names that lie ------------------------------------------------------------------------------------

LIE = "\n::error::all is lost\r\x1b[2K\u202e##[error]lost"


def test_no_name_can_pass_for_a_line_of_the_log(folder, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    deck = presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    inside = LIE.replace("\x1b", "")  # which XML cannot hold
    slide.part.rels._add_relationship(RT + "video", f"film{inside}.mp4", is_external=True)
    slide.part.rels._add_relationship(RT + "image", f"plan{inside}.png", is_external=True)
    deck.save(str(folder / "01-a\u202e##[error]x.pptx"))
    (folder / f"02-b{LIE}.pptx").write_bytes(b"no deck")
    assert run(folder) == 2
    assert run(folder, f"03-c{LIE}") == 2
    captured = capsys.readouterr()
    lines = [line for stream in captured for line in stream.split("\n") if line]
    assert len(lines) == 12
    for line in lines:
        assert line.isprintable()
        assert "##[" not in line
        assert re.match(r"::(warning|error)::(?!all)|error: |warning: |/.*01-a", line), line
    assert r"01-a\u202e## [error]x.pptx: 1 slides in" in captured.out
    assert re.search(r"error: .*02-b\\n::error::.*\.pptx has a character in its name that cannot be seen", captured.err)
    assert r"film\n::error::all is lost" in captured.err
    assert r"plan\n::error::all is lost" in captured.err


# --- LibreOffice itself --------------------------------------------------------------------------------


class Remote(http.server.BaseHTTPRequestHandler):
    """Gives the secret to whoever asks, and remembers it."""

    asked: list[str]

    def do_GET(self):
        """Any of the requests with which LibreOffice looks at an address."""
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(picture(RED).read())

    do_HEAD = do_OPTIONS = do_PROPFIND = do_GET

    def log_message(self, *_):
        """Nothing."""


@pytest.mark.slow
@pytest.mark.skipif(not (find_office() and shutil.which("pdftoppm")), reason="LibreOffice and poppler are not here")
def test_no_secret_is_drawn_and_nobody_is_asked(tmp_path):
    """A .pptx and a .ppt: the latter is drawn as it is, with LibreOffice's settings for its only guard."""
    (tmp_path / "secret.png").write_bytes(picture(RED).read())
    Remote.asked = []
    with http.server.HTTPServer(("127.0.0.1", 0), Remote) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        root = tmp_path / "lectures"
        root.mkdir()
        remote = f"http://127.0.0.1:{server.server_port}/x.png"
        deck = linked_deck(root / "01-a.pptx", (tmp_path / "secret.png").as_uri(), remote)
        plain = rewritten(
            Path(shutil.copy(deck, tmp_path / "02-b.pptx")),
            lambda name, content: picture(GREEN).read() if name == "ppt/media/image2.png" else content,
        )
        profile = (tmp_path / "profile").as_uri()  # without settings: it asks, and draws
        run_tool(
            find_office(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "ppt",
            "--outdir", root, plain, seconds=120,
        )  # fmt: skip
        assert "/x.png" in Remote.asked
        Remote.asked.clear()
        lectures(root)
        server.shutdown()
    assert Remote.asked == []
    for name in ("01-a", "02-b"):
        pixels = Image.open(root / name / "slide-02.webp").convert("RGB").getcolors(2**20)
        near = {colour: sum(n for n, p in pixels if max(abs(a - b) for a, b in zip(p, colour, strict=True)) < 60)
                for colour in (RED, GREEN)}  # fmt: skip
        assert near[RED] == 0, name
        assert near[GREEN] > 50_000, name
    assert len(record_of_each(root)[0].losses.outside) == 3


def record_of_each(root: Path) -> list[Record]:
    decks, _ = find_decks(root)
    return [record for deck in decks if (record := deck.versions[0].current_record())]
