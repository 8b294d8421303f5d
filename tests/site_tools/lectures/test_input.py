"""Bad decks: one clear sentence each, status 2, nothing half-written, and the other decks are converted."""

import re
import zipfile
from pathlib import Path

import pytest
import yaml
from pypdf import PdfWriter

from demos.errors import UserError
from site_tools.lectures.converting import container, convert
from site_tools.lectures.converting.container import check_size, deck_kind
from tests.support.decks import blank_pdf, presentation, program, run, small_deck

ROOT = Path(__file__).parents[3]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def ole(*streams: str, more: bytes = b"") -> bytes:
    return OLE + b"".join(name.encode("utf-16-le") + bytes(64) for name in streams) + more


def zipped(path: Path, **parts: str) -> Path:
    with zipfile.ZipFile(path, "w") as package:
        for name, text in parts.items():
            package.writestr(name.replace("__", "/"), text)
    return path


def with_part(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(small_deck(path), "a") as package:
        package.writestr(name, content)
    return path


def retyped(path: Path, before: str, after: str) -> Path:
    """A deck whose content types say something else."""
    source = small_deck(path.with_name("source.pptx"))
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text.replace(before.encode(), after.encode()) if name == "[Content_Types].xml" else text)
    source.unlink()
    return path


def cut(path: Path, share: float) -> Path:
    whole = small_deck(path).read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    return path


def damaged(path: Path) -> Path:
    """One part of the zip no longer fits its checksum."""
    whole = bytearray(small_deck(path).read_bytes())
    with zipfile.ZipFile(path) as package:
        info = package.getinfo("ppt/presentation.xml")
    for index in range(info.header_offset + 60, info.header_offset + 90):
        whole[index] ^= 0xFF
    path.write_bytes(whole)
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


BAD = {
    "empty": (lambda p: written(p, b""), r"is empty \(0 bytes\): its upload broke off; upload it again"),
    "zeros": (lambda p: written(p, bytes(5000)), r"holds nothing but zeros"),
    "lfs": (lambda p: written(p, b"version https://git-lfs.github.com/spec/v1\n"), r"is only a pointer of Git LFS"),
    "text": (lambda p: written(p, b"hello"), r"is neither a PowerPoint nor a PDF file: open it in PowerPoint, save it"),
    "cut off": (lambda p: cut(p, 0.6), r"is damaged or was cut off while uploading \(.*\): open it"),
    "damaged": (damaged, r"is damaged( or was cut off|) .*open it in PowerPoint, save it again"),
    "protected": (lambda p: written(p, ole("EncryptedPackage", "EncryptionInfo")), r"is protected by a password: open"),
    "macros": (lambda p: with_part(p, "ppt/vbaProject.bin", b"x"), r"carries macros, which no lecture page runs"),
    "macro type": (
        lambda p: retyped(p, "openxmlformats-officedocument.presentationml.p", "ms-powerpoint.macroEnabled.p"),
        r"carries macros",
    ),
    "show": (lambda p: retyped(p, "ml.presentation.main", "ml.slideshow.main"), r".* slide show"),
    "template": (lambda p: retyped(p, "ml.presentation.main", "ml.template.main"), r".* templ"),
    "pdf": (lambda p: blank_pdf(p, 1), r"is really a \.pdf file: rename it to 03-x\.pdf"),
    "old": (lambda p: written(p, ole("PowerPoint Document", "Current User")), r"is really a \.ppt file: rename it to"),
    "word": (lambda p: zipped(p, **{"word__document.xml": "x"}), r"is really a Word document, not a deck: export"),
    "excel": (lambda p: zipped(p, **{"xl__workbook.xml": "x"}), r"is really an Excel workbook"),
    "keynote": (lambda p: zipped(p, **{"Index__Document.iwa": "x"}), r"is really a Keynote presentation"),
    "zip": (lambda p: zipped(p, **{"photo.jpg": "x"}), r"is really a zip of something else"),
    "old word": (lambda p: written(p, ole("WordDocument")), r"is really an old Word document, not a deck"),
    "other ole": (lambda p: written(p, ole("Contents")), r"is no PowerPoint file, not a deck"),
    "no slides": (lambda p: presentation().save(str(p)), r"has no slides, or hides them all: show at least one"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_every_bad_deck_has_its_sentence_and_the_others_are_converted(folder, capsys, kind):
    make, words = BAD[kind]
    small_deck(folder / "01-good.pptx")
    blank_pdf(folder / "09-good.pdf", 2)
    make(folder / "03-x.pptx")
    assert run(folder) == 2
    captured = capsys.readouterr()
    errors = [line for line in captured.err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert re.search(rf"03-x\.pptx {words}", errors[0])
    assert errors[0].endswith(".")
    assert not (folder / "03-x").exists()
    assert sorted(path.name for path in folder.iterdir()) == [
        "01-good",
        "01-good.pptx",
        "03-x.pptx",
        "09-good",
        "09-good.pdf",
    ]
    assert (folder / "01-good" / "slides.json").is_file()
    assert len(list((folder / "09-good").glob("slide-*.webp"))) == 2


def test_an_old_deck_with_a_password_is_told(tmp_path):
    path = written(tmp_path / "a.ppt", ole("PowerPoint Document", more=b"\xdf\xc4\xd1\xf3"))
    with pytest.raises(UserError, match="protected by a password"):
        deck_kind(path)
    assert deck_kind(written(path, ole("PowerPoint Document", more=b"\x5f\xc0\x91\xe3 \xdf\xc4\xd1\xf3"))) == "ppt"


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_pdf_with_a_password_is_told_and_one_without_is_read(folder, capsys, algorithm):
    for name, password in (("01-a", "secret"), ("02-b", "")):
        writer = PdfWriter()
        writer.add_blank_page(width=960, height=540)
        writer.encrypt(password, owner_password="owner", algorithm=algorithm)
        writer.write(folder / f"{name}.pdf")
    assert run(folder) == 2
    assert "01-a.pdf is protected by a password: save it without one" in capsys.readouterr().err
    assert (folder / "02-b" / "slides.json").is_file()


def test_a_broken_pdf_is_told(folder, capsys):
    written(folder / "01-a.pdf", b"%PDF-1.7\nnothing\n%%EOF")
    assert run(folder) == 2
    assert re.search(r"error: .*01-a\.pdf is damaged \(.*\): export the PDF again", capsys.readouterr().err)


def test_properties_that_are_none_do_no_harm(folder):
    path = blank_pdf(folder / "01-a.pdf", 1)
    before = path.read_bytes()
    path.write_bytes(re.sub(rb"/Info \d+ 0 R", b"/Info 7", before))
    assert path.read_bytes() != before
    assert run(folder) == 0


def test_a_page_as_long_as_a_scroll_is_told_and_the_next_deck_is_converted(folder, tmp_path, capsys):
    program(tmp_path / "bin", "pdftoppm", "sys.stdout.buffer.write(b'P6 1 15361 255\\n' + bytes(3 * 15361))")
    blank_pdf(folder / "01-a.pdf", 1)
    assert run(folder) == 2
    assert re.search(
        r"Page 1 of .*01-a\.pdf is more than 12 times as high as wide, .*: cut it", capsys.readouterr().err
    )
    program(tmp_path / "bin", "pdftoppm", "sys.stdout.buffer.write(b'P6 20000 20000 255\\n')")
    assert run(folder) == 2
    assert "more than 12 times" in capsys.readouterr().err


def test_what_nobody_thought_of_is_one_sentence_and_the_next_deck_is_converted(folder, monkeypatch, capsys):
    small_deck(folder / "01-a.pptx")
    small_deck(folder / "02-b.pptx")
    known = convert.find_losses

    def stumble(path, *arguments, **options):
        monkeypatch.setattr(convert, "find_losses", known)
        raise RuntimeError("boom")

    monkeypatch.setattr(convert, "find_losses", stumble)
    assert run(folder) == 2
    assert re.search(
        r"error: .*01-a\.pptx could not be converted \(RuntimeError: boom\): open it", capsys.readouterr().err
    )
    assert not (folder / "01-a").exists()
    assert (folder / "02-b" / "slides.json").is_file()


def test_a_slide_of_no_size_is_told(folder, capsys):
    deck = presentation()
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "A"
    deck.part._element.sldSz.set("cx", "0")
    deck.save(str(folder / "01-a.pptx"))
    assert run(folder) == 2
    assert re.search(r"error: .*01-a\.pptx (is damaged|could not)", capsys.readouterr().err)


def test_a_folder_that_is_not_there_is_told(tmp_path, capsys):
    assert run(tmp_path / "lecture") == 2
    assert re.search(
        r"There is no folder .*lecture: make it and put decks there, or name another", capsys.readouterr().err
    )


def test_a_hidden_deck_is_told(folder, capsys):
    deck = presentation()
    deck.slides.add_slide(deck.slide_layouts[6])._element.set("show", "0")
    deck.save(str(folder / "01-a.pptx"))
    assert run(folder) == 2
    assert "01-a.pptx has no slides, or hides them all" in capsys.readouterr().err


def test_parts_that_make_no_sense_are_told(folder, capsys):
    source = small_deck(folder / "source.pptx")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(folder / "01-a.pptx", "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<p:sld" if name == "ppt/slides/slide1.xml" else old.read(name))
    source.unlink()
    assert run(folder) == 2
    assert re.search(r"01-a\.pptx is damaged or of an unknown make \(.*\): open it in", capsys.readouterr().err)


# --- Size ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mib", "words"),
    [
        (26, r"has 26 MiB, more than the 25 MiB of GitHub's upload page: compress its media .* split it by lecture, "
             r"push it with git or GitHub Desktop \(up to 100 MiB\), or attach it to a release\."),
        (25, None),
    ],
)  # fmt: skip
def test_a_large_deck_is_warned_of(tmp_path, mib, words):
    path = tmp_path / "a.pptx"
    with path.open("wb") as file:
        file.truncate(mib * container.MIB)
    warning = check_size(path)
    assert warning is None if words is None else re.search(words, warning)


def test_the_limits_are_those_that_the_pages_name():
    facts = yaml.safe_load((ROOT / "docs" / "facts.yml").read_text(encoding="utf-8"))["github"]
    assert facts["upload_mib"] * container.MIB == container.WEB_UPLOAD
    assert facts["push_limit_mib"] * container.MIB == container.PUSH


def test_a_deck_that_github_refuses_is_an_error(folder, capsys):
    with (folder / "01-a.pptx").open("wb") as file:
        file.truncate(100 * container.MIB + 1)
    assert run(folder) == 2
    assert re.search(
        r"01-a\.pptx has 100 MiB, and GitHub takes no file over 100 MiB: .* instead\.", capsys.readouterr().err
    )
