"""What is up to date stays as it is, and a run that fails, is killed or finds a full disk leaves what was there."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from site_tools.lectures.converting import convert as converter
from site_tools.lectures.decks import find_decks
from tests.support.decks import blank_pdf, program, run, small_deck

ROOT = Path(__file__).parents[3]


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        p.relative_to(folder).as_posix(): (p.stat().st_mtime_ns, p.read_bytes())
        for p in folder.rglob("*")
        if p.is_file()
    }


@pytest.mark.alone
def test_a_second_run_converts_nothing_and_touches_nothing(folder, tmp_path, capsys):
    small_deck(folder / "01-a" / "slides.pptx")
    blank_pdf(folder / "02-b.pdf", 3)
    assert run(folder) == 0
    assert "01-a/slides.pptx: 2 slides in" in capsys.readouterr().out
    before = state(folder)
    shutil.rmtree(tmp_path / "bin")
    started = time.monotonic()
    assert run(folder) == 0
    assert time.monotonic() - started < 1
    assert state(folder) == before
    assert "2 decks, all up to date." in capsys.readouterr().out


def test_nothing_to_do_needs_no_packages(tmp_path):
    blocked = "import sys; sys.modules.update(dict.fromkeys(['pptx', 'PIL', 'pypdf', 'lxml', 'yaml', 'mkdocs'])); "
    work = f"from site_tools.lectures.command import lectures; lectures(Path({str(tmp_path)!r}))"
    code = f"{blocked}from pathlib import Path; {work}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "0 decks, all up to date." in done.stdout


def test_check_names_what_is_not_converted_and_converts_nothing(folder, capsys):
    small_deck(folder / "01-a.pptx")
    assert run(folder, "--check") == 2
    error = capsys.readouterr().err
    assert re.fullmatch(
        r"error: .*01-a\.pptx has no up-to-date outputs: run `python -m site_tools lectures`\.\n", error
    )
    assert [path.name for path in folder.iterdir()] == ["01-a.pptx"]
    assert run(folder) == 0
    assert run(folder, "--check") == 0
    small_deck(folder / "01-a.pptx", "Another")
    assert run(folder, "--check") == 2


def test_only_the_decks_that_are_named(folder, capsys):
    for name in ("01-a", "02-b", "03-c"):
        blank_pdf(folder / f"{name}.pdf", 1)
    assert run(folder, "02-b", f"{folder}/03-c.pdf") == 0
    assert [path.name for path in sorted(folder.iterdir()) if path.is_dir()] == ["02-b", "03-c"]
    assert run(folder, "02-x") == 2
    assert 'There is no deck 02-x; did you mean "02-b"?' in capsys.readouterr().err


def test_fewer_slides_leave_nothing_behind_and_other_files_stay(folder):
    small_deck(folder / "01-a" / "slides.pptx", "One", "Two", "Three")
    (folder / "01-a" / "photo.webp").write_bytes(b"mine")
    assert run(folder) == 0
    small_deck(folder / "01-a" / "slides.pptx", "One")
    assert run(folder) == 0
    assert sorted(path.name for path in (folder / "01-a").iterdir()) == [
        "photo.webp", "slide-01.webp", "slides.json", "slides.pdf", "slides.pptx", "thumb-01.webp",
    ]  # fmt: skip


def test_the_other_language_stays_when_one_changes(folder):
    for language in ("zh", "en"):
        small_deck(folder / "01-a" / f"slides.{language}.pptx")
    assert run(folder) == 0
    before = {name: value for name, value in state(folder).items() if ".zh." in name}
    small_deck(folder / "01-a" / "slides.en.pptx", "One")
    assert run(folder) == 0
    after = state(folder)
    assert {name: after[name] for name in before} == before
    assert "01-a/slide-02.en.webp" not in after


def test_the_authors_pdf_is_shown_if_it_fits(folder, tmp_path):
    small_deck(folder / "01-a" / "slides.pptx", "One", "Two")
    assert run(folder) == 0
    pdf = blank_pdf(folder / "01-a" / "slides.pdf", 2)  # in place of the one that was made
    before = pdf.read_bytes()
    (tmp_path / "bin" / "soffice").unlink()  # not needed any more
    assert run(folder) == 0
    (deck,), _ = find_decks(folder)
    record = deck.versions[0].current_record()
    assert not record.makes_pdf
    assert [slide.title for slide in record.slides] == ["One", "Two"]
    assert pdf.read_bytes() == before


@pytest.mark.parametrize("place", ["01-a/slides", "01-a"])
def test_the_authors_pdf_is_left_alone_if_it_does_not_fit(folder, capsys, place):
    small_deck(folder / f"{place}.pptx", "One", "Two")
    pdf = blank_pdf(folder / f"{place}.pdf", 3)
    before = pdf.read_bytes()
    assert run(folder) == 0
    assert re.search(
        r"warning: .*\.pdf has 3 pages, but .*\.pptx shows 2 slides: it is not used;", capsys.readouterr().err
    )
    assert pdf.read_bytes() == before
    (deck,), _ = find_decks(folder)
    assert len(deck.versions[0].current_record().slides) == 2


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_killed_leaves_the_old_outputs_whole(folder, tmp_path, number):
    deck = small_deck(folder / "01-a" / "slides.pptx", "One", "Two")
    assert run(folder) == 0
    before = {name: content for name, (_, content) in state(folder).items() if not name.endswith("pptx")}
    small_deck(deck, "Another", "Two", "Three")
    started = tmp_path / "started"
    program(tmp_path / "bin", "pdftoppm", f"Path({str(started)!r}).write_text(str(os.getpid())); time.sleep(30)")
    code = (
        "import signal; from pathlib import Path; from site_tools.setup import environment, programs\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job ignores it
        "environment.ensure_packages = lambda extra: None\nprograms.ensure_converters = lambda *, office: None\n"
        f"from site_tools.lectures.command import lectures\nlectures(Path({str(folder)!r}))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 30
    while not (started.is_file() and started.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(number)
    process.communicate(timeout=20)
    if number == signal.SIGKILL:
        os.kill(int(started.read_text()), signal.SIGKILL)  # nobody was left to end it
    else:
        assert not Path(f"/proc/{started.read_text()}").exists()
        assert not list((folder / "01-a").glob(".new-*"))
    now = {name: content for name, (_, content) in state(folder).items()}
    assert {name: now[name] for name in before} == before
    program(tmp_path / "bin", "pdftoppm", "sys.stdout.buffer.write(b'P6 16 9 255\\n' + bytes(432))")
    assert run(folder) == 0
    (decks, _) = find_decks(folder)
    assert len(decks[0].versions[0].current_record().slides) == 3


def test_a_file_that_another_program_holds_leaves_the_old_outputs(folder, monkeypatch, capsys):
    deck = small_deck(folder / "01-a" / "slides.pptx", "One", "Two")
    assert run(folder) == 0
    before = state(folder)
    small_deck(deck, "Another", "Two", "Three")
    rename = os.replace

    def held(source, target):
        if Path(source).parent.name.startswith(".new-") and Path(target).name == "slides.pdf":
            raise PermissionError(13, "Permission denied")
        rename(source, target)

    monkeypatch.setattr(os, "replace", held)
    assert run(folder) == 2
    assert re.search(r"01-a could not be written \(Permission denied\).* or close its files", capsys.readouterr().err)
    assert {name: value for name, value in state(folder).items() if not name.endswith("pptx")} == {
        name: value for name, value in before.items() if not name.endswith("pptx")
    }
    assert not list((folder / "01-a").glob(".new-*"))


def test_a_deck_saved_again_meanwhile_is_not_taken_for_converted(folder, monkeypatch, capsys):
    deck = small_deck(folder / "01-a" / "slides.pptx", "One", "Two")
    draw = converter._draw

    def slow(*arguments):
        small_deck(deck, "One", "Two", "Three")
        return draw(*arguments)

    monkeypatch.setattr(converter, "_draw", slow)
    assert run(folder) == 2
    assert "slides.pptx was saved again while it was being converted: run the command again" in capsys.readouterr().err
    monkeypatch.setattr(converter, "_draw", draw)
    assert run(folder) == 0
    (found,), _ = find_decks(folder)
    assert len(found.versions[0].current_record().slides) == 3


def test_a_deck_that_is_shown_nowhere_is_told_every_time(folder, capsys):
    small_deck(folder / "01-a" / "slides.pptx")
    small_deck(folder / "01-a" / "part2.pptx")
    for _ in range(2):
        assert run(folder) == 0
        assert re.search(
            r"warning: .*part2\.pptx is shown nowhere, for .*slides\.pptx is the deck of that", capsys.readouterr().err
        )


def test_a_disk_that_fills_up_leaves_the_old_outputs(folder, monkeypatch, capsys):
    small_deck(folder / "01-a" / "slides.pptx", "One", "Two")
    assert run(folder) == 0
    before = {name: content for name, (_, content) in state(folder).items() if not name.endswith("pptx")}
    small_deck(folder / "01-a" / "slides.pptx", "Another")

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(converter.Image.Image, "save", full)
    assert run(folder) == 2
    assert "No space left on device" in capsys.readouterr().err
    now = {name: content for name, (_, content) in state(folder).items()}
    assert {name: now[name] for name in before} == before
