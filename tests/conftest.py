"""Fixtures that several tests share."""

from pathlib import Path

import pytest

from site_tools.setup import environment, programs
from tests.support.decks import fake_programs
from tests.support.notes import HOME, Course, png
from tests.support.sites import make_site


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty folder of lectures; `main` runs here, with stand-ins on PATH for LibreOffice and poppler."""
    monkeypatch.setattr(environment, "enter_venv", lambda arguments: None)
    monkeypatch.setattr(environment, "ensure_venv", lambda: None)
    monkeypatch.setattr(environment, "ensure_packages", lambda extra: None)
    monkeypatch.setattr(programs, "ensure_converters", lambda *, office: None)
    fake_programs(tmp_path / "bin", monkeypatch)
    (tmp_path / "lectures").mkdir()
    return tmp_path / "lectures"


@pytest.fixture
def course(tmp_path, monkeypatch, capsys) -> Course:
    """A site in both languages, and pictures in the folder of notes."""
    monkeypatch.setattr(environment, "in_checkout", lambda: False)  # nothing to install
    make_site(tmp_path / "site", HOME)
    monkeypatch.chdir(tmp_path / "site")
    inbox = tmp_path / "inbox"
    (inbox / "pics").mkdir(parents=True)
    for number, file in enumerate(
        ("a.png", "pics/b c.png", "pics/x(1).png", "pics/50%.png", "pics/图 一.png"), start=1
    ):
        (inbox / file).write_bytes(png(10 * number))
    (inbox / "paper.pdf").write_bytes(b"%PDF")
    (inbox / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    return Course(tmp_path / "site", inbox, capsys)
