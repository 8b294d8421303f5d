"""Bad machines: programs that are missing, hang or die, and folders that cannot be written."""

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from site_tools.lectures.converting import programs
from tests.support.decks import blank_pdf, program, run, small_deck

ROOT = Path(__file__).parents[3]
ONE_PAGE = """
from pypdf import PdfWriter
writer = PdfWriter()
writer.add_blank_page(9, 9)
writer.write(Path(sys.argv[-1]).with_suffix(".pdf"))
"""


@pytest.mark.parametrize(
    ("missing", "deck", "words"),
    [
        ("soffice", "01-a.pptx", r"LibreOffice was not found: install it \(Debian: .*libreoffice-impress-nogui"),
        ("pdftoppm", "01-a.pptx", r"pdftoppm of poppler was not found: install it \(Debian: .*poppler-utils"),
        ("pdftotext", "01-a.pdf", r"pdftotext of poppler was not found"),
    ],
)
def test_a_missing_program_names_its_package(folder, tmp_path, capsys, missing, deck, words):
    small_deck(folder / deck) if deck.endswith("pptx") else blank_pdf(folder / deck, 1)
    (tmp_path / "bin" / missing).unlink()
    assert run(folder) == 2
    assert re.search(rf"error: {words}", capsys.readouterr().err)
    assert [path.name for path in folder.iterdir()] == [deck]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("sys.exit(3)", r"LibreOffice could not convert .*01-a\.pptx \(it ended with status 3\): open it"),
        ("print('boom', file=sys.stderr); sys.exit(1)", r"\(it said: boom\)"),
        ("os.kill(os.getpid(), 9)", r"\(it ended with status -9\)"),
        ("pass", r"LibreOffice could not read .*01-a\.pptx: open it in PowerPoint and save it again"),
        ("time.sleep(60)", r"\(it did not finish within 1 s and was stopped\)"),
        (
            ONE_PAGE,
            r"LibreOffice made 1 pages of the 2 slides of .*01-a\.pptx: export it as PDF",
        ),
    ],
)
def test_libreoffice_that_dies_or_hangs_is_told(folder, tmp_path, monkeypatch, capsys, body, words):
    monkeypatch.setattr(programs, "OFFICE_SECONDS", 1.0)
    program(tmp_path / "bin", "soffice", body)
    small_deck(folder / "01-a.pptx")
    started = time.monotonic()
    assert run(folder) == 2
    assert time.monotonic() - started < 20
    assert re.search(words, capsys.readouterr().err)
    assert [path.name for path in folder.iterdir()] == ["01-a.pptx"]


def test_whatever_libreoffice_started_ends_with_it(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "OFFICE_SECONDS", 1.0)
    child = tmp_path / "child"
    program(
        tmp_path / "bin", "soffice",
        f"import subprocess\np = subprocess.Popen([{sys.executable!r}, '-c', 'import time; time.sleep(60)'])\n"
        f"Path({str(child)!r}).write_text(str(p.pid))\ntime.sleep(60)",
    )  # fmt: skip
    small_deck(folder / "01-a.pptx")
    assert run(folder) == 2
    pid = int(child.read_text())
    for _ in range(50):
        if not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split(")")[1][:3]:
            break
        time.sleep(0.1)
    else:
        os.kill(pid, signal.SIGKILL)
        pytest.fail("the child lives on")


def test_a_page_that_cannot_be_drawn_is_told(folder, tmp_path, capsys):
    program(tmp_path / "bin", "pdftoppm", "print('bad page', file=sys.stderr); sys.exit(1)")
    blank_pdf(folder / "01-a.pdf", 1)
    assert run(folder) == 2
    assert re.search(r"pdftoppm could not draw page 1 of .*01-a\.pdf \(bad page\)", capsys.readouterr().err)
    assert [path.name for path in folder.iterdir()] == ["01-a.pdf"]


def test_a_folder_that_cannot_be_written_is_told(folder, capsys):
    small_deck(folder / "01-a.pptx")
    (folder / "01-a").write_bytes(b"a file where the folder should be")
    assert run(folder) == 2
    assert re.search(r"01-a could not be written \(.*\), where the outputs of .*01-a\.pptx go", capsys.readouterr().err)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_told(folder, capsys):
    small_deck(folder / "01-a" / "slides.pptx")
    (folder / "01-a").chmod(0o555)
    try:
        assert run(folder) == 2
        assert "could not be written (Permission denied)" in capsys.readouterr().err
    finally:
        (folder / "01-a").chmod(0o755)


def test_a_missing_package_is_told(folder, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pptx", None)
    for name in [name for name in sys.modules if name.startswith("site_tools.lectures.")]:
        if name.rpartition(".")[2] in ("convert", "slides_pptx", "slides_pdf", "losses"):
            monkeypatch.delitem(sys.modules, name)
    small_deck(folder / "01-a.pptx")
    assert run(folder) == 2
    assert re.search(
        r"pptx is not installed, .*pip install 'live-generative-models\[lectures\]'", capsys.readouterr().err
    )
