"""Fixtures that several tests share."""

from pathlib import Path

import pytest

from site_tools import bootstrap
from tests.decks import fake_programs


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """An empty folder of lectures; `main` runs here, with stand-ins on PATH for LibreOffice and poppler."""
    monkeypatch.setattr(bootstrap, "enter_venv", lambda arguments: None)
    monkeypatch.setattr(bootstrap, "ensure_venv", lambda: None)
    monkeypatch.setattr(bootstrap, "ensure_packages", lambda extra: None)
    monkeypatch.setattr(bootstrap, "ensure_converters", lambda *, office: None)
    fake_programs(tmp_path / "bin", monkeypatch)
    (tmp_path / "lectures").mkdir()
    return tmp_path / "lectures"
